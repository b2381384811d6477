"""Follows the partitions of a topic without a gap, whatever the consumer underneath does.

Faust acknowledges messages that it skips while partitions are handed out anew, so what Kafka holds for committed can lie past messages that
nobody has handled. What was handled is known better here: a gap is noticed, and the partition is set back to where it begins.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping

from streams import clock

log = logging.getLogger(__name__)

AGAIN_S = 5.0
"""After a seek, messages that were under way already may still come for this long."""

Seek = Callable[[int, int], Awaitable[int]]
ResumeAt = Callable[[int], int | None]


class Follower:
    """Positions in one topic.

    Parameters
    ----------
    resume_at
        The offset from which a partition must be read after it was assigned; None where any is right.
    seek
        Sets a partition back to an offset, or to the first that is still kept, and says which.
    """

    def __init__(self, resume_at: ResumeAt, seek: Seek):
        self._resume_at, self._seek = resume_at, seek
        self._next: dict[int, int] = {}
        self._sought_s: dict[int, float] = {}
        self._moved_s: dict[int, float] = {}

    def forget(self) -> None:
        """Partitions are being handed out anew."""
        self._next.clear()
        self._sought_s.clear()
        self._moved_s.clear()

    def position(self, partition: int) -> int | None:
        """The next offset that is to come; None where nothing is known."""
        return self._next.get(partition, self._resume_at(partition))

    async def follows(self, partition: int, offset: int) -> bool:
        """Whether this message is the next of its partition, or an older one; if some are missing before it, goes back for them."""
        expected = self.position(partition)
        if expected is None or offset <= expected:
            self._next[partition] = max(offset + 1, expected or 0)
            self._moved_s[partition] = clock.monotonic_s()
            return True
        await self._go_back(partition, expected, f"offset {offset} came")
        return False

    async def look_after(self, partitions: Iterable[int], ends: Mapping[int, int]) -> float:
        """Go back in partitions that stand still although there is more; returns for how long the worst has stood still, in s."""
        worst_s, now_s = 0.0, clock.monotonic_s()
        for partition in partitions:
            expected = self.position(partition) or 0
            if ends.get(partition, 0) <= expected:
                self._moved_s[partition] = now_s
                continue
            still_s = now_s - self._moved_s.setdefault(partition, now_s)
            worst_s = max(worst_s, still_s)
            if still_s > AGAIN_S:
                await self._go_back(partition, expected, f"nothing came up to {ends[partition]}")
        return worst_s

    async def _go_back(self, partition: int, expected: int, why: str) -> None:
        if clock.monotonic_s() - self._sought_s.get(partition, -AGAIN_S) < AGAIN_S:
            return
        log.warning("partition %d: %s where %d was next: going back", partition, why, expected)
        self._sought_s[partition] = clock.monotonic_s()
        self._next[partition] = await self._seek(partition, expected)
        if self._next[partition] > expected:
            log.error("partition %d: offsets %d to %d are no longer kept", partition, expected, self._next[partition] - 1)
