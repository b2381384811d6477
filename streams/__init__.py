"""Kafka and Faust: the gateway, the agents and the pure rules they call, the store, the web page and the command line."""
