"""Asks what answers at an address: an open port is not yet our broker."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager

from kafka import KafkaAdminClient
from kafka.errors import KafkaError

from streams import clock
from streams.broker.errors import BrokerFailed


def answering_cluster(bootstrap: str, timeout_s: float = 5.0) -> str | None:
    """Return the id of the cluster that answers there with a live broker, None if none does (yet)."""
    try:
        _knock(bootstrap, timeout_s)  # at once: who waits for a broker asks often
        with administrator(bootstrap, timeout_s) as admin:
            found = admin.describe_cluster()
    except (OSError, KafkaError, BrokerFailed):
        return None
    return str(found["cluster_id"]) if found["brokers"] else None


@contextmanager
def administrator(bootstrap: str, timeout_s: float = 30.0) -> Iterator[KafkaAdminClient]:
    """Give an admin client, closed at the end.

    Raises
    ------
    BrokerFailed
        Nothing answers there within the time, which a broker that is starting may use.
    """
    _wait_for_port(bootstrap, timeout_s)
    timeout_ms = int(timeout_s * 1000)
    try:
        admin = KafkaAdminClient(bootstrap_servers=bootstrap, bootstrap_timeout_ms=timeout_ms, request_timeout_ms=timeout_ms)
    except (KafkaError, OSError) as error:
        raise BrokerFailed(f"no Kafka answers at {bootstrap} ({error})") from error
    try:
        yield admin
    finally:
        admin.close()


def _wait_for_port(bootstrap: str, timeout_s: float) -> None:
    """Wait for an open port: a client that fails to be made leaves its sockets and its thread behind."""
    deadline_s = clock.monotonic_s() + timeout_s
    while True:
        try:
            _knock(bootstrap, timeout_s)
        except OSError as error:
            if clock.monotonic_s() > deadline_s:
                raise BrokerFailed(f"no Kafka answers at {bootstrap} ({error})") from error
        else:
            return
        clock.sleep_s(0.05)


def _knock(bootstrap: str, timeout_s: float) -> None:
    """Open a connection to the first of the addresses that lets us."""
    refusals: list[OSError] = []
    for address in bootstrap.split(","):
        host, _, port = address.rpartition(":")
        if not port.isdigit():
            raise BrokerFailed(f"not the address of a Kafka, HOST:PORT: {address!r}")
        try:
            socket.create_connection((host.strip("[]"), int(port)), timeout_s).close()
        except OSError as error:
            refusals.append(error)
        else:
            return
    raise refusals[0]
