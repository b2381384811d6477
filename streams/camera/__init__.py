"""Cameras: how deep the water stands at a staff gauge, read from pictures."""
