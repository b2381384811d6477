"""How far the readers of the log are behind, as the API tells it."""

from __future__ import annotations

from pydantic import BaseModel, Field

from streams.desk.lag import LagWatch, Reader, Told, Unknown
from streams.desk.wire import Moment
from streams.observation.moments import to_text


class PartitionView(BaseModel):
    """What one reader has left of one partition; `committed` is the next offset that it will read, null where it never read any."""

    reader: Reader
    topic: str
    partition: int
    end: int
    committed: int | None
    messages: int


class LagView(BaseModel):
    """How many messages wait in Kafka, as of when it was asked.

    A worker commits what its snapshots cover, twice a second or every 50 messages: what it has handled since then counts as waiting.
    """

    as_of: Moment | None
    messages: int | None = Field(description="in all; null where it is not known")
    unknown: Unknown | None = Field(description="why it is not known; null where it is")
    partitions: list[PartitionView]


def lag_view(watch: LagWatch | None) -> LagView:
    """What a watch was told last; a desk without one has no log that could be asked."""
    told = watch.told() if watch is not None else Told(unknown="no_broker")
    reader_of = watch.readers.groups if watch is not None else {}
    partitions = [
        PartitionView(
            reader=reader_of[one.group],
            topic=one.topic,
            partition=one.partition,
            end=one.end,
            committed=one.committed,
            messages=one.messages,
        )
        for one in told.lags
    ]
    total = sum(one.messages for one in told.lags) if told.unknown is None else None
    as_of = to_text(told.as_of_us) if told.as_of_us is not None else None
    return LagView(as_of=as_of, messages=total, unknown=told.unknown, partitions=partitions)
