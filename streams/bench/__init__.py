"""Benchmarks: generated recordings and measured figures, by committed commands, never by timed tests."""
