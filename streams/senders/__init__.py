"""Senders: they claim rows of the outbox and hand them to a channel."""
