"""A line to a provider as one sender sees it: its pace, its breaker, and the posts under way."""

from __future__ import annotations

import asyncio
import threading

from streams import clock
from streams.delivery.breaker import Breaker
from streams.delivery.pace import Pace
from streams.senders.channel import Channel

LOOK_S = 0.2
JOIN_S = 2.2
"""The others look once a second, and what they sent in the second before still counts."""


class Line:
    """One channel, with what is known of it."""

    def __init__(self, channel: Channel):
        self.channel = channel
        self.breaker = Breaker()
        self.pace = Pace(channel.segments_per_s)
        self._room = asyncio.Semaphore(channel.at_once)

    def join(self, senders: int) -> None:
        """Take our part for the first time: where others were before us, once they have had the time to make room."""
        self.share(senders)
        if senders > 1:
            self.pace.pause(clock.monotonic_s() + JOIN_S)

    def share(self, senders: int) -> None:
        """Take our part of the line's pace."""
        self.pace.segments_per_s = self.channel.segments_per_s / max(1, senders)

    async def wait(self, segments: int, stop: threading.Event) -> None:
        """Wait for a place, then for the pace; a place is taken when this returns."""
        await self._room.acquire()
        while not stop.is_set() and (wait_s := self.pace.wait_s(segments, clock.monotonic_s())):
            await asyncio.sleep(min(wait_s, LOOK_S))

    def begin(self, segments: int) -> None:
        """A text leaves now."""
        now_s = clock.monotonic_s()
        self.pace.take(segments, now_s)
        self.breaker.begin(now_s)

    def leave(self) -> None:
        """A place is free again."""
        self._room.release()
