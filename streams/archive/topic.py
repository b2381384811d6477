"""Reads the inner topic from where it is asked to the end that it had at the start, and knows what retention has taken."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError, NoOffsetForPartitionError, OffsetOutOfRangeError

from streams import clock
from streams.archive.errors import ArchiveError
from streams.broker.errors import BrokerFailed
from streams.broker.probe import administrator
from streams.observation.moments import HOUR_US

STILL_S = 60.0
"""So long without a message where some are left: Kafka does not answer."""
ANSWER_MS = 30_000
PATIENCE_S = 10.0
"""How long a Kafka that is starting is waited for."""
EARLY_US = HOUR_US
"""Reading begins with what was sent so long before the time asked for, as clocks may be set back."""


@dataclass(frozen=True)
class Span:
    """What is to be read of a partition, from offset to offset; `cut` where retention took what came before it."""

    partition: int
    start: int
    end: int
    cut: bool


@contextmanager
def reading(broker: str) -> Iterator[KafkaConsumer]:
    """Give a consumer without a group: it leaves no trace.

    Raises
    ------
    BrokerFailed
        No Kafka there, or one that stopped answering.
    """
    with administrator(broker, PATIENCE_S):
        pass  # says it better than a consumer would, which leaves a thread behind
    consumer = None
    try:
        consumer = KafkaConsumer(
            bootstrap_servers=broker,
            group_id=None,
            enable_auto_commit=False,
            # "none" of the choices: what is no longer there is an error, not a silent jump
            auto_offset_reset="none",
            allow_auto_create_topics=False,
            bootstrap_timeout_ms=int(1000 * PATIENCE_S),
            max_poll_records=2000,
            max_partition_fetch_bytes=8 * 1024 * 1024,
        )
        yield consumer
    except (OffsetOutOfRangeError, NoOffsetForPartitionError) as error:
        raise ArchiveError("retention took messages away while they were being read: begin again, with a later --from") from error
    except (KafkaError, OSError) as error:
        raise BrokerFailed(f"Kafka at {broker} stopped answering: {error!r}") from error
    finally:
        if consumer is not None:
            consumer.close(autocommit=False)


def spans(consumer: KafkaConsumer, topic: str, since_us: int | None) -> list[Span]:
    """What there is to read of a topic that may hold something which arrived since a moment; None for all.

    Raises
    ------
    ArchiveError
        There is no such topic, or nothing in it.
    """
    places = [TopicPartition(topic, number) for number in sorted(_partitions(consumer, topic))]
    begins, ends = consumer.beginning_offsets(places, timeout_ms=ANSWER_MS), consumer.end_offsets(places, timeout_ms=ANSWER_MS)
    if all(begins[place] == ends[place] for place in places):
        raise ArchiveError(_why_empty(topic, gone=any(ends.values())))
    starts = dict(begins)
    if since_us is not None:
        # a message is stamped when it is sent, which is after everything in it has arrived
        asked = consumer.offsets_for_times({place: max(0, (since_us - EARLY_US) // 1000) for place in places}, timeout_ms=ANSWER_MS)
        starts = {place: found.offset if (found := asked[place]) else ends[place] for place in places}
    return [Span(place.partition, starts[place], ends[place], 0 < begins[place] == starts[place]) for place in places]


def messages(consumer: KafkaConsumer, topic: str, wanted: list[Span]) -> Iterator[tuple[Span, bytes | None]]:
    """Every message of the spans; those of a partition in their order.

    Raises
    ------
    BrokerFailed
        Where none comes for a minute.
    """
    left = {TopicPartition(topic, span.partition): span for span in wanted if span.start < span.end}
    consumer.assign(list(left))
    for place, span in left.items():
        consumer.seek(place, span.start)
    moved_s = clock.monotonic_s()
    while left:
        found: dict[TopicPartition, list[Any]] = consumer.poll(timeout_ms=500)
        for place, records in found.items():
            moved_s = clock.monotonic_s()
            yield from ((left[place], record.value) for record in records if place in left and record.offset < left[place].end)
        for place in [place for place, span in left.items() if consumer.position(place) >= span.end]:
            del left[place]
            consumer.pause(place)  # what goes on arriving is not ours
        if clock.monotonic_s() - moved_s > STILL_S:
            raise BrokerFailed(f"nothing more of {topic} came for {STILL_S:.0f} s, though there is more")


def _partitions(consumer: KafkaConsumer, topic: str) -> set[int]:
    there = consumer.topics()
    if topic not in there:
        others = sorted(name.removesuffix(".batches") for name in there if name.endswith(".batches"))
        known = f"those there are: {', '.join(others)}" if others else "there is none at all, so this may be another Kafka"
        raise ArchiveError(f"there is no topic {topic}: check --prefix and --broker; as for prefixes, {known}")
    partitions: set[int] = consumer.partitions_for_topic(topic)
    return partitions


def _why_empty(topic: str, gone: bool) -> str:
    if gone:
        return f"{topic} is empty: retention has removed everything that was in it; keep it longer (docs/archive.md)"
    return f"{topic} is empty: no observation has come in yet, or --prefix or --broker is another installation's"
