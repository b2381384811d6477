"""The archive: what was observed, read back out of Kafka into files that a replay takes."""
