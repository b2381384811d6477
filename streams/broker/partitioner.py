"""Which partition a district's messages go to: its place in the city's list, so that districts spread evenly over workers.

A hash puts eight of ten districts into five of ten partitions as easily as not. New districts are added at the end of the list; when
their order or the number of partitions changes, workers start from empty states (docs/operators.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kafka.partitioner import DefaultPartitioner


class DistrictPartitioner(DefaultPartitioner):  # type: ignore[misc]
    """Partitions by the district in the key; other keys by their hash, as Kafka's own clients do."""

    def __init__(self, districts: Sequence[str]):
        self._place = {district.encode(): place for place, district in enumerate(districts)}

    def partition(
        self, topic: str, key: Any, serialized_key: bytes | None, value: Any, serialized_value: bytes | None, cluster: Any
    ) -> int:
        """The partition for a key."""
        place = self._place.get(serialized_key or b"")
        if place is None:
            return int(super().partition(topic, key, serialized_key, value, serialized_value, cluster))
        partitions = sorted(cluster.partitions_for_topic(topic) or ())
        if not partitions:
            raise ValueError(f"topic {topic} is not known to the broker: create the topics first")
        return int(partitions[place % len(partitions)])
