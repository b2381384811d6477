"""What is learned from measured floods on top of the physics: residual quantiles, chances, and their calibration."""
