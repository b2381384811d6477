"""What goes wrong with a broker, said so that an operator can act on it."""

from __future__ import annotations


class BrokerFailed(RuntimeError):
    """A broker that does not start, does not answer or does not do what was asked; the message says why."""


class PortTaken(BrokerFailed):
    """Somebody else listens where our broker was told to."""
