"""Finds out what became of texts whose outcome is unknown, and of those that no receipt came for."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from itertools import count
from typing import TypeVar

from sqlalchemy import Engine

from streams import clock
from streams.delivery.faults import EVACUATE
from streams.delivery.lattice import Said
from streams.observation.moments import SECOND_US
from streams.senders.channel import Channel, Found
from streams.store.attempts import NOT_THERE, Open, Word, hear, looked_at, open_attempts, strangers, taken

log = logging.getLogger(__name__)

AT_ONCE = 16
MOST = 200
LONGEST_OPEN_S = 240.0
SELDOM = 10
"""Receipts are asked for in every so many turns: they are many, and mostly come by themselves."""

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True)
class Patience:
    """How long to wait for what.

    Attributes
    ----------
    callback_s
        For the callback of a text whose post had no clear answer, before the provider is asked; and between two looks.
    looks
        How often the provider must say that it does not know an evacuation's text, before it is posted again; twice as often for others.
    open_s
        After this long an evacuation whose outcome nobody can tell is posted again: twice is better than never. Twice as long each time.
    receipt_s
        For a receipt, before the provider is asked how far the text is.
    """

    callback_s: float = 3.0
    looks: int = 2
    open_s: float = 30.0
    receipt_s: float = 60.0
    every_s: float = 0.5


class Finder:
    """Asks the providers of some channels about what is open."""

    def __init__(
        self, engine: Engine, channels: Sequence[Channel], now_us: Callable[[], int] = clock.now_us, patience: Patience | None = None
    ):
        self._engine, self._now_us, self._patience = engine, now_us, patience or Patience()
        self._every = list(channels)
        self._channels = [channel for channel in channels if not channel.repeatable]

    async def run(self) -> None:
        """Ask for ever."""
        for turn in count():
            for channel in self._channels:
                await self.find_unknown(channel)
                if turn % SELDOM == 0:
                    await self.fetch_receipts(channel)
            if turn % SELDOM == 0:
                await self.judge_strangers()
            await asyncio.sleep(self._patience.every_s)

    async def find_unknown(self, channel: Channel) -> int:
        """Look up what is unknown; of how many something is known now."""
        before_us = self._before(self._patience.callback_s)
        unknown = await asyncio.to_thread(open_attempts, self._engine, channel.name, ["unknown"], before_us, MOST)
        if not unknown:
            return 0
        found = await _each(unknown, lambda one: channel.look_up(one.job, one.posted_us))
        words: list[Word] = []
        bound: set[str] = set()
        for one, listed in zip(unknown, found, strict=True):
            word = await self._judge(one, listed, bound)
            if word is not None:
                words.append(word)
                bound |= {word.provider_id} if word.provider_id else set()
        for told in (True, False):
            these = [one.job.attempt for one, listed in zip(unknown, found, strict=True) if (listed is not None) == told]
            await asyncio.to_thread(looked_at, self._engine, these, self._now_us(), told)
        await asyncio.to_thread(hear, self._engine, words, self._now_us())
        return len(words)

    async def judge_strangers(self) -> int:
        """What is unknown of providers that are no longer in the file, and so cannot be asked; of how many something is known now."""
        names = [channel.name for channel in self._every]
        unknown = await asyncio.to_thread(strangers, self._engine, self._every[0].kind, names, MOST)
        words = [word for one in unknown for word in (self._unanswered(one, self._now_us() - one.posted_us),) if word is not None]
        await asyncio.to_thread(hear, self._engine, words, self._now_us())
        return len(words)

    async def fetch_receipts(self, channel: Channel) -> int:
        """Ask about texts that no receipt came for, each a few times; of how many something new is known."""
        before_us = self._before(self._patience.receipt_s)
        waiting = await asyncio.to_thread(open_attempts, self._engine, channel.name, ["accepted", "sent"], before_us, MOST, 8)
        named = [one for one in waiting if one.provider_id]
        if not named:
            return 0
        found = await _each(named, lambda one: channel.fetch(str(one.provider_id)))
        words = [Word(one.job.attempt, Said(said.state, said.code)) for one, said in zip(named, found, strict=True) if said is not None]
        await asyncio.to_thread(looked_at, self._engine, [one.job.attempt for one in waiting], self._now_us())
        heard = await asyncio.to_thread(hear, self._engine, words, self._now_us())
        return heard.changed

    async def _judge(self, one: Open, listed: list[Found] | None, bound: set[str]) -> Word | None:
        """What a look says; None for wait and look again."""
        attempt, age_us = one.job.attempt, self._now_us() - one.posted_us
        if listed is None:
            return self._unanswered(one, age_us)
        held = bound | await asyncio.to_thread(taken, self._engine, [found.provider_id for found in listed])
        free = next((found for found in listed if found.provider_id not in held), None)
        if free is not None:
            return Word(attempt, Said(free.state, free.code), free.provider_id)
        # a post may hang in between and come late: where minutes do not count, that is worth another look or two
        looks = self._patience.looks * (1 if one.job.level >= EVACUATE else 2)
        return Word(attempt, Said("refused", NOT_THERE)) if one.looks + 1 >= looks else None

    def _unanswered(self, one: Open, age_us: int) -> Word | None:
        # each time later: it may well arrive although nobody can tell
        open_s = min(LONGEST_OPEN_S, self._patience.open_s * 2 ** min(one.job.number - 1, 10))
        if one.job.level >= EVACUATE and age_us > open_s * SECOND_US:
            log.warning("attempt %d of row %d: nobody can tell, and it is an evacuation: posted again", one.job.number, one.job.row_id)
            return Word(one.job.attempt, Said("refused", NOT_THERE))
        if 0 < one.job.expires_us < self._now_us():
            return Word(one.job.attempt, Said("failed", "outcome_unknown"))
        return None

    def _before(self, ago_s: float) -> int:
        return self._now_us() - int(ago_s * SECOND_US)


async def _each(items: Sequence[T], ask: Callable[[T], Awaitable[R]]) -> list[R]:
    """Ask about each, not too many at once."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(item: T) -> R:
        async with gate:
            return await ask(item)

    return list(await asyncio.gather(*map(one, items)))
