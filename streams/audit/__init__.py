"""The audit: who did what and when, in a chain of hashes that shows tampering (law 8). It counts people and names no resident (law 10)."""
