"""Danger areas: where the water of a low point stands or may stand, which zones that touches, and how many live inside."""
