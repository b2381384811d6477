"""Kafka: a broker of our own on this machine, the topics and their names."""
