"""Tests of what the starter does before the command."""
