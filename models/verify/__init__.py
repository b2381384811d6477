"""Verification of forecasts: cases, simple rules to compare with, scores and their intervals; knows nothing of Kafka."""
