"""Tests of the broker, on a real Kafka."""
