"""Which topics an installation needs, and how they are kept."""

from __future__ import annotations

from streams.broker.names import TopicNames
from streams.broker.topics import TopicSpec
from streams.city.model import City

LARGEST_MESSAGE = {"max.message.bytes": str(8 * 1024 * 1024)}


def topic_specs(names: TopicNames, partitions: int) -> list[TopicSpec]:
    """All topics that workers read or write; what is missing when Faust starts is never read."""
    compacted = {**LARGEST_MESSAGE, "cleanup.policy": "compact", "segment.ms": "600000"}
    plain = [TopicSpec(name, partitions, LARGEST_MESSAGE) for name in (names.batches, names.outputs, names.orders, names.dead_letters)]
    return [*plain, TopicSpec(names.snapshots, partitions, compacted)]


def open_topic_specs(city: City) -> list[TopicSpec]:
    """The open topic of every owner of a station; one partition each, so that an owner's events stay in the order they were sent in."""
    owners = sorted({station.owner for station in city.stations} - {""})
    return [TopicSpec(TopicNames.observations(owner), 1) for owner in owners]
