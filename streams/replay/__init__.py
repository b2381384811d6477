"""Replays recorded observations through the live code on real Kafka, by the contract of DESIGN 6."""
