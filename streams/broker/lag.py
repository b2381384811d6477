"""How far the readers of a log are behind, as Kafka itself keeps it: the end of each partition less what a group has committed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from kafka import KafkaAdminClient, TopicPartition
from kafka.admin import OffsetSpec
from kafka.errors import KafkaError

from streams.broker.errors import BrokerFailed
from streams.broker.probe import administrator

_NO_OFFSET = -1


class Lag(msgspec.Struct, frozen=True):
    """What one group has left to read of one partition.

    Attributes
    ----------
    first, end
        The offset of the first message that is still kept, and that of the next one to be written.
    committed
        The offset of the next message that the group will read; None where it never committed any.
    """

    group: str
    topic: str
    partition: int
    first: int
    end: int
    committed: int | None

    @property
    def messages(self) -> int:
        """How many wait: a group that committed nothing, or nothing that is still kept, begins at the first."""
        return max(0, self.end - max(self.first, self.committed or 0))


def lags(bootstrap: str, topics_of: Mapping[str, Iterable[str]], timeout_s: float) -> list[Lag]:
    """What groups have left to read, by group, topic and partition; a topic that does not exist has no entry.

    Parameters
    ----------
    topics_of
        The topics that each group reads.
    timeout_s
        How long each of the few questions may take.

    Raises
    ------
    BrokerFailed
        No Kafka answers there in time, or it will not say.
    """
    with administrator(bootstrap, timeout_s) as admin:
        try:
            return _lags(admin, {group: list(topics) for group, topics in topics_of.items()})
        except (KafkaError, OSError) as error:
            raise BrokerFailed(f"Kafka at {bootstrap} does not say how far its readers are ({type(error).__name__}: {error})") from error


def _lags(admin: KafkaAdminClient, topics_of: Mapping[str, list[str]]) -> list[Lag]:
    there = _partitions(admin, sorted({topic for topics in topics_of.values() for topic in topics}))
    places = [TopicPartition(topic, partition) for topic, partitions in there.items() for partition in partitions]
    if not places:
        return []
    # what is committed is asked for first: what comes and is read meanwhile counts as left, and the number is never too small
    committed = admin.list_group_offsets(dict.fromkeys(topics_of))
    first = admin.list_partition_offsets(dict.fromkeys(places, OffsetSpec.EARLIEST))
    end = admin.list_partition_offsets(dict.fromkeys(places, OffsetSpec.LATEST))
    return [
        Lag(group, place.topic, place.partition, first[place].offset, end[place].offset, _known(committed[group].get(place)))
        for group, topics in topics_of.items()
        for place in places
        if place.topic in topics
    ]


def _partitions(admin: KafkaAdminClient, topics: list[str]) -> dict[str, list[int]]:
    if not topics:
        return {}  # Kafka takes an empty list for all
    told = [topic for topic in admin.describe_topics(topics) if not topic["error_code"]]
    return {topic["name"]: sorted(partition["partition_index"] for partition in topic["partitions"]) for topic in told}


def _known(committed: Any) -> int | None:
    return None if committed is None or committed.offset == _NO_OFFSET else int(committed.offset)
