"""Sends the messages of a replay into the inner topic, as fast as asked."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kafka import KafkaProducer

from streams import clock
from streams.broker.partitioner import DistrictPartitioner
from streams.replay.schedule import Message

DELIVERY_MS = 600_000
"""A broker that is away comes back: messages wait for it, in order."""


@dataclass
class Sent:
    """What has been sent so far."""

    messages: int = 0
    readings: int = 0
    first_us: int = 0
    log_us: int = 0


def make_producer(broker: str, districts: Sequence[str]) -> KafkaProducer:
    """A producer that neither loses, doubles nor reorders, also when the broker goes away for a while."""
    return KafkaProducer(
        bootstrap_servers=broker,
        acks="all",
        partitioner=DistrictPartitioner(districts),
        enable_idempotence=True,
        max_request_size=8 * 1024 * 1024,
        delivery_timeout_ms=DELIVERY_MS,
        request_timeout_ms=30_000,
        linger_ms=0,
    )


def send_messages(
    producer: KafkaProducer, topic: str, messages: Iterable[Message], speed: float | None, sent: Sent, stop: threading.Event
) -> None:
    """Send messages when they are due.

    Parameters
    ----------
    speed
        Log seconds per second; None for as fast as can be.
    sent
        Counts on the way, for whoever watches.
    stop
        Breaks off.
    """
    start_s, origin_us = clock.monotonic_s(), None
    for message in messages:
        origin_us = message.due_us if origin_us is None else origin_us
        if speed is not None:
            wait_s = (message.due_us - origin_us) / 1e6 / speed - (clock.monotonic_s() - start_s)
            if wait_s > 0 and stop.wait(wait_s):
                return
        if stop.is_set():
            return
        now_us = clock.now_us()
        sent.first_us = sent.first_us or now_us
        producer.send(topic, key=message.district.encode(), value=message.data, headers=[("sent_us", str(now_us).encode())])
        sent.messages += 1
        sent.readings += message.readings
        sent.log_us = message.due_us
    producer.flush()
