"""What reports are worth: whose they are, which say the same, whether they can be true, and a score with its reasons. Pure."""
