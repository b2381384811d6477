"""Where boards come from: the store, asked at most once a second however many readers there are, and never by the event loop."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from streams import clock
from streams.city.model import City
from streams.store.engine import open_store
from streams.web.board import Board, make_board
from streams.web.snapshot import take_snapshot

log = logging.getLogger(__name__)

KEEP_S = 1.0
PATIENCE_S = 3.0

T = TypeVar("T")


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
        self._made_s = 0.0

    async def latest(self) -> T:
        """What there is, made anew if it is older than it may be.

        Raises
        ------
        StoreAway
            Where it cannot be made, or not in time.
        """
        try:
            return await asyncio.wait_for(asyncio.wrap_future(self._under_way()), self._patience_s)
        except TimeoutError:
            raise StoreAway("the store does not answer in time") from None

    def _under_way(self) -> Future[T]:
        # a future of its own for each reader: one who leaves cancels only that
        mine: Future[T] = Future()
        with self._lock:
            if self._made is None or (self._made.done() and clock.monotonic_s() - self._made_s >= self._keep_s):
                self._made = Future()
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
            made.set_result(result)


class Boards:
    """Makes boards from the store, which is opened when it is first there."""

    def __init__(self, city: City, url: str, now_us: Callable[[], int] = clock.now_us):
        self._city, self._url, self._now_us = city, url, now_us
        self._engine: Engine | None = None

    def make(self) -> Board:
        """A board of this moment.

        Raises
        ------
        StoreAway
            Where the store does not answer.
        """
        try:
            if self._engine is None:
                self._engine = open_store(self._url)
            snapshot = take_snapshot(self._engine)
        except (SQLAlchemyError, OSError) as error:
            log.warning("the store does not answer (%s)", type(error).__name__)
            raise StoreAway("the store does not answer") from error
        return make_board(self._city, snapshot, self._now_us())


def _hand_on(done: Future[T], mine: Future[T]) -> None:
    if not mine.set_running_or_notify_cancel():
        return
    error = done.exception()
    if error is not None:
        mine.set_exception(error)
    else:
        mine.set_result(done.result())
