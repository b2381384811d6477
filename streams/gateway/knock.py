"""Knocks before a Kafka client is made: one of kafka-python 3.0.12 that finds nobody leaves a thread behind."""

from __future__ import annotations

import socket

KNOCK_S = 2.0


def knock(brokers: str, timeout_s: float = KNOCK_S) -> None:
    """Return when somebody listens at one of the addresses (HOST:PORT, several with commas).

    Raises
    ------
    OSError
        Where nobody does.
    """
    error: OSError | None = None
    for broker in brokers.split(","):
        host, _, port = broker.strip().rpartition(":")
        try:
            socket.create_connection((host.strip("[]"), int(port)), timeout_s).close()
        except OSError as failure:
            error = failure
        else:
            return
    raise ConnectionError(f"nobody listens at {brokers}") from error
