"""People who asked for texts about a road or a zone on the public page."""
