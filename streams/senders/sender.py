"""The sender: claims rows durably, posts them at the pace of the line, stores how they ended, and finds out what it could not know.

A row is claimed, and its attempt on record, before its post leaves. Whoever finds a claim of a sender that died calls it unknown;
`Finder` then asks the provider, and only what the provider does not know is posted again.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar
from uuid import uuid4

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from streams import clock
from streams.delivery.faults import fault_of
from streams.delivery.job import Job
from streams.delivery.lattice import Said
from streams.senders.channel import Channel, Posted
from streams.senders.finder import Finder
from streams.senders.line import Line
from streams.store.attempts import NOT_BEGUN, Heard, Word, claims_of, hear, orphans
from streams.store.claims import Claimed, claim
from streams.store.patience import comes_back
from streams.store.senders import ALIVE_US, beat, gone

log = logging.getLogger(__name__)

BATCH = 500
AHEAD_S = 0.5
"""What is claimed ahead of its time: whatever is more urgent waits no longer than this."""
IDLE_S, FLUSH_S, BEAT_S = 0.1, 0.03, 1.0
AWAY_S = 0.5
NO_LINE, NO_STORE = -1, -2
FRESH_US = 1_000_000
"""How long after its claim a text may still leave: long before anybody takes us for dead, and no later after it was called off."""
LOST_US = 20_000_000
"""A claim of ours that is older, and that we know nothing of, was made by a transaction whose answer got lost."""

T = TypeVar("T")


def _nothing(_: str) -> None:
    pass


class Sender:
    """Sends what is due by the first of its channels that works; several may run at once, in several processes.

    Parameters
    ----------
    engine
        The store.
    channels
        Where to, the preferred first; all of one kind.
    owner
        A name that no other running sender has; a sender that comes back under its old name takes up its own claims at once.
    batch
        The most rows in one claim.
    expires
        Whether texts whose alert has ended by the clock are dropped.
    now_us
        Gives the time, in microseconds since 1970 UTC.
    finder
        Finds out what is unknown; None for one with the usual patience.
    passes
        Is told each point that a text passes, by name; a trial may end the process there.
    spares_actual
        Leave alone what is for real: for a dry run that knows no city.
    """

    def __init__(
        self,
        engine: Engine,
        channels: Sequence[Channel],
        owner: str = "",
        batch: int = BATCH,
        expires: bool = True,
        now_us: Callable[[], int] = clock.now_us,
        finder: Finder | None = None,
        passes: Callable[[str], None] = _nothing,
        spares_actual: bool = False,
    ):
        self._engine, self._batch, self._expires, self._now_us, self._passes = engine, batch, expires, now_us, passes
        self._lines = [Line(channel) for channel in channels]
        self._kind = channels[0].kind
        self._owner = owner or f"{channels[0].name}-{uuid4().hex}"
        self._finder = finder or Finder(engine, channels, now_us)
        self._words: list[Word] = []
        self._posts: set[asyncio.Task[None]] = set()
        self._spares_actual = spares_actual
        self._held: set[str] = set()
        self._returned = False
        self._posted = 0

    def run(self, stop: threading.Event) -> None:
        """Send until told to stop; an unreachable store is tried again, and nothing is lost by it."""
        asyncio.run(self._run(stop, until_empty=False))

    def drain(self, stop: threading.Event | None = None) -> int:
        """Send what is due now and end; how many were posted."""
        return asyncio.run(self._run(stop or threading.Event(), until_empty=True))

    async def _run(self, stop: threading.Event, until_empty: bool) -> int:
        self._store = ThreadPoolExecutor(1, thread_name_prefix="store")
        # the beats have a thread of their own: a sender at full load is not one that died
        self._pulse = ThreadPoolExecutor(1, thread_name_prefix="pulse")
        await self._beat()
        beside = [asyncio.create_task(self._keep(stop, work)) for work in (self._flushing, self._beating)]
        beside += [] if until_empty else [asyncio.create_task(self._keep(stop, self._finder.run))]
        before = self._posted
        try:
            settled = False
            while not stop.is_set():
                count = await self._turn(stop)
                if until_empty and count in (0, NO_LINE):
                    if settled:
                        break
                    # what was given back is due again, once that is stored
                    await asyncio.gather(*self._posts, return_exceptions=True)
                    settled = await self._flushed()
                    continue
                settled = False
                if count <= 0:
                    await asyncio.sleep(IDLE_S)
        finally:
            await asyncio.gather(*self._posts, return_exceptions=True)
            for task in beside:
                task.cancel()
            await asyncio.gather(*beside, return_exceptions=True)
            await self._leave()
        return self._posted - before

    async def _keep(self, stop: threading.Event, work: Callable[[], object]) -> None:
        """Work beside the posts goes on whatever happens to it."""
        while True:
            try:
                await work()  # type: ignore[misc]
            except Exception as error:
                _tell(self._owner, error)
            await asyncio.sleep(AWAY_S)

    async def _turn(self, stop: threading.Event) -> int:
        """Claim what a line can take soon, and begin its posts; how many were due, -1 where no line takes any."""
        now_s = clock.monotonic_s()
        line = next((line for line in self._lines if line.breaker.lets(now_s)), None)
        if line is None:
            return NO_LINE
        self._passes("before_claim")
        most = 1 if line.breaker.open else min(self._batch, max(1, int(line.pace.segments_per_s * AHEAD_S)))
        try:
            claimed = await self._with_store(lambda: self._claim(line, most))
        except Exception as error:
            _tell(self._owner, error)
            return NO_STORE
        if claimed.jobs:
            self._passes("after_claim")
        self._held.update(job.attempt for job in claimed.jobs)
        claimed_us = self._now_us()
        for job in claimed.jobs:
            await self._begin(line, job, claimed_us, stop)
        return len(claimed.jobs) or claimed.dropped

    def _claim(self, line: Line, most: int) -> Claimed:
        now_us, name = self._now_us(), line.channel.name
        options = {"expires": self._expires, "spares_actual": self._spares_actual}
        return claim(self._engine, self._kind, self._owner, name, now_us, most, **options)

    async def _begin(self, line: Line, job: Job, claimed_us: int, stop: threading.Event) -> None:
        """Begin one post when the line has room.

        What its provider can no longer take is given back, and so is what was claimed too long ago: a process that stood still may have
        been taken for dead, and another may be at it.
        """
        await line.wait(job.segments, stop)
        # by the wall clock: the other stands still while a machine is suspended
        stale = abs(self._now_us() - claimed_us) > FRESH_US
        if stop.is_set() or stale or not line.breaker.lets(clock.monotonic_s()):
            line.leave()
            self._words.append(Word(job.attempt, Said("refused", NOT_BEGUN)))
            return
        # before the pace notes it, so that whoever stops the time here finds no two nearer than the pace let them
        self._passes("let_go")
        line.begin(job.segments)
        self._posted += 1
        task = asyncio.create_task(self._post(line, job))
        self._posts.add(task)
        task.add_done_callback(self._posts.discard)

    async def _post(self, line: Line, job: Job) -> None:
        self._passes("before_post")
        begun_s = clock.monotonic_s()
        try:
            posted = await line.channel.post(job)
        except Exception as error:  # whatever one text does, the others go out
            log.error("%s: row %d: %s", self._owner, job.row_id, type(error).__name__)  # its words could hold a number
            posted = Posted("unknown", code=type(error).__name__)
        finally:
            line.leave()
        self._passes("after_post")
        if posted.asked:
            self._weigh(line, posted, begun_s)
        elif fault_of(posted.code).cure == "stop":
            line.breaker.stop(clock.monotonic_s())
            log.error("%s: %s: nothing goes out by %s until that is mended", self._owner, posted.code, line.channel.name)
        self._words.append(_word(job, posted))

    def _weigh(self, line: Line, posted: Posted, begun_s: float) -> None:
        """What an answer says of the provider, rather than of the text."""
        now_s, fault = clock.monotonic_s(), fault_of(posted.code)
        if posted.ended in ("away", "unknown"):
            was_open = line.breaker.open
            line.breaker.failed(now_s, begun_s)
            if line.breaker.open and not was_open:
                log.error(
                    "%s: %s does not answer (%s): it is left alone and tried now and then", self._owner, line.channel.name, posted.code
                )
        elif posted.ended == "refused" and fault.cure == "stop":
            line.breaker.stop(now_s)
            log.error(
                "%s: %s refuses the account (%s): nothing goes out by it until that is mended", self._owner, line.channel.name, posted.code
            )
        else:
            if line.breaker.open:
                log.warning("%s: %s answers again", self._owner, line.channel.name)
            line.breaker.worked(now_s)
        if posted.ended == "refused" and fault.cure == "slower":
            line.pace.pause(now_s + (posted.retry_after_s or min(fault.wait_s, 1.0)))

    async def _flushing(self) -> None:
        while True:
            await asyncio.sleep(FLUSH_S)
            await self._flush()

    async def _flushed(self) -> bool:
        try:
            await self._flush()
        except Exception as error:
            _tell(self._owner, error)
            await asyncio.sleep(IDLE_S)
        return not self._words

    async def _flush(self) -> None:
        words, self._words = self._words, []
        if not words:
            return
        self._passes("before_storing")
        try:
            heard = await self._with_store(lambda: self._hear(words))
        except BaseException:
            self._words = words + self._words  # the store comes back, and they are still known
            raise
        self._held.difference_update(word.attempt for word in words)
        for code in heard.faults:
            log.error("%s: the provider refuses texts with %s: somebody has to look (docs/sending.md)", self._owner, code)

    def _hear(self, words: list[Word]) -> Heard:
        """Store what was said; what the store will never take is told, and must not keep the rest from it."""
        try:
            return hear(self._engine, words, self._now_us())
        except SQLAlchemyError as error:
            if comes_back(error):
                raise
            log.error("%s: %s in one of %d answers: stored one by one", self._owner, type(error).__name__, len(words))
        faults: list[str] = []
        for word in words:
            try:
                faults += hear(self._engine, [word], self._now_us()).faults
            except SQLAlchemyError as error:
                if comes_back(error):
                    raise
                hear(self._engine, [Word(word.attempt, Said(word.said.state))], self._now_us())
        return Heard(len(words), len(words), tuple(sorted(set(faults))))

    async def _beating(self) -> None:
        while True:
            await asyncio.sleep(BEAT_S)
            await self._beat()

    async def _beat(self) -> None:
        """Show that we live, see who shares the lines, and take up what the dead have left."""
        try:
            for line in self._lines:
                sharing = await self._with_pulse(lambda line=line: beat(self._engine, self._owner, line.channel.line, self._now_us()))  # type: ignore[misc]
                (line.share if self._returned else line.join)(sharing)
            own = None if self._returned else self._owner
            left = await self._with_pulse(lambda: orphans(self._engine, self._kind, self._now_us() - ALIVE_US, own))
            lost = await self._with_pulse(lambda: claims_of(self._engine, self._owner, self._now_us() - LOST_US))
            left += [(attempt, provider) for attempt, provider in lost if attempt not in self._held]
            repeatable = {line.channel.name for line in self._lines if line.channel.repeatable}
            words = [Word(attempt, _left_behind(provider in repeatable)) for attempt, provider in left]
            if words:
                log.warning("%s: %d texts of a sender that died are taken up", self._owner, len(words))
                await self._with_pulse(lambda: hear(self._engine, words, self._now_us()))
            self._returned = True
        except Exception as error:
            _tell(self._owner, error)

    async def _leave(self) -> None:
        try:
            await self._flush()
            await self._with_pulse(lambda: gone(self._engine, self._owner))
        except Exception as error:
            _tell(self._owner, error)
        for line in self._lines:
            await line.channel.close()
        self._store.shutdown()
        self._pulse.shutdown()

    async def _with_store(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._store, work)

    async def _with_pulse(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._pulse, work)


def _word(job: Job, posted: Posted) -> Word:
    code = _plain(posted.code)
    if posted.ended == "away":
        return Word(job.attempt, Said("refused", code))
    return Word(job.attempt, Said(posted.ended, code), _plain(posted.provider_id) if posted.provider_id else None)


def _plain(text: str) -> str:
    """What a provider answers as any database takes it."""
    return "".join(sign if sign.isascii() and sign.isprintable() else "?" for sign in text[:128])


def _left_behind(repeatable: bool) -> Said:
    return Said("refused", NOT_BEGUN) if repeatable else Said("unknown", "sender_died")


def _tell(owner: str, error: BaseException) -> None:
    """The kind alone: its words may quote what was written (law 10)."""
    kind = type(getattr(error, "orig", None) or error).__name__
    if comes_back(error):
        log.warning("%s: the store does not answer (%s); trying again", owner, kind)
    else:
        log.error("%s: %s", owner, kind, exc_info=None)
