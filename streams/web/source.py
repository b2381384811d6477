"""Where boards come from: the store, asked at most once a second however many readers there are, and never by the event loop."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Generic, TypeVar

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from streams import clock
from streams.alerts.alert import Alert
from streams.alerts.current import DAY_US
from streams.city.model import City
from streams.store.engine import open_store
from streams.store.queries import districts_heard
from streams.web.board import Board, make_board
from streams.web.feeds import DAYS
from streams.web.freshness import freshness
from streams.web.kept import Keeper
from streams.web.past import Past, take_past
from streams.web.published import Press, Published
from streams.web.snapshot import take_snapshot

log = logging.getLogger(__name__)

KEEP_S = 1.0
PATIENCE_S = 3.0
MOST_AT_ONCE = 8

T = TypeVar("T")
Q = TypeVar("Q")


class StoreAway(Exception):
    """The store does not answer, or not in time."""


class Shelf(Generic[T]):
    """Keeps what was made for a moment, failures too; whoever asks meanwhile waits for the one making that is under way.

    Parameters
    ----------
    make
        Called in a thread of its own; raises StoreAway where it cannot be made.
    keep_s, patience_s
        How long it is kept, and how long a reader waits.
    """

    def __init__(self, make: Callable[[], T], keep_s: float = KEEP_S, patience_s: float = PATIENCE_S):
        self._make, self._keep_s, self._patience_s = make, keep_s, patience_s
        self._lock = threading.Lock()
        self._made: Future[T] | None = None
        self._good: T | None = None
        self._made_s = self._begun_s = 0.0

    async def latest(self) -> T:
        """What there is, made anew if it is older than it may be.

        Raises
        ------
        StoreAway
            Where it cannot be made, or not in time.
        """
        fresh = self._fresh()
        if fresh is not None:
            return fresh  # nearly always, and with nothing to wait for
        made = self._under_way()
        # counted from when the making began: a store that hangs makes the first readers wait, and not all who come after
        waits_s = max(0.0, self._patience_s - (clock.monotonic_s() - self._begun_s))
        try:
            return await asyncio.wait_for(asyncio.wrap_future(made), waits_s)
        except TimeoutError:
            raise StoreAway("the store does not answer in time") from None

    def peek(self) -> T | None:
        """What was made last, however old, None before the first; what is too old begins to be made anew, and nobody waits."""
        self._under_way()
        return self._good

    def _fresh(self) -> T | None:
        """What was made last, if it is as new as it has to be."""
        with self._lock:
            made, young = self._made, clock.monotonic_s() - self._made_s < self._keep_s
            return made.result() if made is not None and young and made.done() and made.exception() is None else None

    def _under_way(self) -> Future[T]:
        # a future of its own for each reader: one who leaves cancels only that
        mine: Future[T] = Future()
        with self._lock:
            if self._made is None or (self._made.done() and clock.monotonic_s() - self._made_s >= self._keep_s):
                self._made, self._begun_s = Future(), clock.monotonic_s()
                # a daemon: a database that hangs must not keep the process from ending
                threading.Thread(target=self._work, args=(self._made,), name="store", daemon=True).start()
            made = self._made
        made.add_done_callback(lambda done: _hand_on(done, mine))
        return mine

    def _work(self, made: Future[T]) -> None:
        try:
            result = self._make()
        except BaseException as error:
            self._made_s = clock.monotonic_s()
            made.set_exception(error)
        else:
            self._made_s = clock.monotonic_s()
            self._good = result
            made.set_result(result)


class Inquiry(Generic[Q, T]):
    """Asks single questions, each in a thread of its own and only so many at once: a store that hangs costs no more threads than that.

    Parameters
    ----------
    ask
        Raises StoreAway where there is no answer.
    """

    def __init__(self, ask: Callable[[Q], T], most: int = MOST_AT_ONCE, patience_s: float = PATIENCE_S):
        self._ask, self._most, self._patience_s = ask, most, patience_s
        self._lock = threading.Lock()
        self._under_way = 0

    async def answer(self, question: Q) -> T:
        """The answer to a question.

        Raises
        ------
        StoreAway
            Where there is none, or not in time, or too many are waiting.
        """
        with self._lock:
            if self._under_way >= self._most:
                raise StoreAway("too many questions at once")
            self._under_way += 1
        answer: Future[T] = Future()
        answer.set_running_or_notify_cancel()  # who leaves cannot cancel it: the thread must have somewhere to put its answer
        threading.Thread(target=self._work, args=(question, answer), name="inquiry", daemon=True).start()
        try:
            return await asyncio.wait_for(asyncio.wrap_future(answer), self._patience_s)
        except TimeoutError:
            raise StoreAway("the store does not answer in time") from None

    def _work(self, question: Q, answer: Future[T]) -> None:
        try:
            answer.set_result(self._ask(question))
        except BaseException as error:
            answer.set_exception(error)
        finally:
            with self._lock:
                self._under_way -= 1


class Boards:
    """Makes boards from the store, which is opened when it is first there.

    Parameters
    ----------
    cache
        File that keeps the last good edition for a process that starts while the store is away; None keeps it in memory alone.
    """

    def __init__(self, city: City, url: str, now_us: Callable[[], int] = clock.now_us, cache: Path | None = None):
        self._city, self._url, self._now_us = city, url, now_us
        self._keeper = Keeper(city, cache)
        self._press = Press(city)
        self._engine: Engine | None = None
        self._opening = threading.Lock()

    def make(self) -> Board:
        """A board of this moment.

        Raises
        ------
        StoreAway
            Where the store does not answer.
        """
        try:
            snapshot = take_snapshot(self._opened())
        except (SQLAlchemyError, OSError) as error:
            raise _away(error) from error
        now_us = self._now_us()
        self._keeper.keep(snapshot, now_us)
        return make_board(self._city, snapshot, now_us)

    def make_again(self) -> Board:
        """A board of what the store said last, as old as that is at this moment: for who comes while the store is away.

        Raises
        ------
        StoreAway
            Where it said nothing within a day, as far as is known here.
        """
        now_us = self._now_us()
        kept = self._keeper.last(now_us)
        if kept is None:
            raise StoreAway("the store does not answer, and nothing of the last day is kept")
        return make_board(self._city, kept.snapshot, now_us, max(0, now_us - kept.taken_us))

    def make_past(self, low_point: str) -> Past:
        """The last hours of one point.

        Raises
        ------
        StoreAway
            Where the store does not answer.
        """
        try:
            return take_past(self._opened(), low_point)
        except (SQLAlchemyError, OSError) as error:
            raise _away(error) from error

    def make_published(self) -> Published:
        """What is published at this moment; not for several threads at once.

        Raises
        ------
        StoreAway
            Where the store does not answer.
        """
        try:
            engine = self._opened()
            fresh = freshness(self._city, {row.district: row for row in districts_heard(engine)}, self._now_us())
            return self._press.latest(engine, fresh.log_us - DAYS * DAY_US)
        except (SQLAlchemyError, OSError) as error:
            raise _away(error) from error

    def find_alert(self, identifier: str) -> Alert | None:
        """A published alert of whatever age; None where there is none.

        Raises
        ------
        StoreAway
            Where the store does not answer.
        """
        try:
            return self._press.find(self._opened(), identifier)
        except (SQLAlchemyError, OSError) as error:
            raise _away(error) from error

    def close(self) -> None:
        """Close the connections to the store; the next question opens them again."""
        with self._opening:
            if self._engine is not None:
                self._engine.dispose()
            self._engine = None

    def _opened(self) -> Engine:
        with self._opening:
            if self._engine is None:
                self._engine = open_store(self._url)
            return self._engine


def _away(error: Exception) -> StoreAway:
    log.warning("the store does not answer (%s)", type(error).__name__)
    return StoreAway("the store does not answer")


def _hand_on(done: Future[T], mine: Future[T]) -> None:
    if not mine.set_running_or_notify_cancel():
        return
    error = done.exception()
    if error is not None:
        mine.set_exception(error)
    else:
        mine.set_result(done.result())
