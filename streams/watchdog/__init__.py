"""The watchdog: a process apart that tells the duty officers when nothing is heard of a district, or of the store."""
