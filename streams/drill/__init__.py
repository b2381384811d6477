"""Drills: a recorded storm in Exercise, with people at the desk. Nothing here can reach a real telephone (law 7)."""
