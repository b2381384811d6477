"""The live gateway: observations come in by HTTP, MQTT and Kafka, and leave as batches of a district or as dead letters."""
