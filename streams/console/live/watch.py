"""A thread that looks at the store again and again, and hands on what it saw: one for all clients, however many there are."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from streams import clock
from streams.store.engine import open_store
from streams.store.mark import ChangeMark

log = logging.getLogger(__name__)

REST = 2.0
"""It rests at least so many times as long as a look took: a large city is looked at less often, not at the cost of all else."""

AGAIN_S = 0.5
"""Between two tries while the store is away."""

T = TypeVar("T")


class OpenedOnce:
    """Opens a store when it is first there, for several threads."""

    def __init__(self, url: str):
        self._url = url
        self._engine: Engine | None = None
        self._opening = threading.Lock()

    def __call__(self) -> Engine:
        """The store; an error of the database where it is away."""
        with self._opening:
            if self._engine is None:
                self._engine = open_store(self._url)
            return self._engine

    def close(self) -> None:
        """Let its connections go."""
        with self._opening:
            engine, self._engine = self._engine, None
        if engine is not None:
            engine.dispose()


class Watch(Generic[T]):
    """Looks, and hands on what it saw where anything was written since the last look.

    Parameters
    ----------
    opened
        Gives the store, each time anew if it must.
    ask
        What to ask it.
    take
        Called with each answer, in the thread that looks.
    every_s
        The shortest time between two looks.
    patience_s
        How long a look may take before the store counts as away.
    """

    def __init__(
        self,
        name: str,
        opened: Callable[[], Engine],
        ask: Callable[[Engine], T],
        take: Callable[[T], None],
        every_s: float,
        patience_s: float,
    ):
        self._name, self._opened, self._ask, self._take = name, opened, ask, take
        self._every_s, self._patience_s = every_s, patience_s
        self._mark: ChangeMark | None = None
        self._seen: tuple[int, str] | None = None
        self._failed = False
        self._well_s: float | None = None
        self.looks = 0
        self.asked = 0

    @property
    def away(self) -> bool:
        """Whether the store does not answer: it said so, or it has said nothing for too long, or nothing yet."""
        return self._failed or self._well_s is None or clock.monotonic_s() - self._well_s > self._patience_s

    def start(self, stop: threading.Event) -> threading.Thread:
        """Begin to look, until told to stop."""
        # a daemon: a database that hangs must not keep the process from ending
        thread = threading.Thread(target=self._run, args=(stop,), name=f"live-{self._name}", daemon=True)
        thread.start()
        return thread

    def look(self) -> None:
        """Look once."""
        self.looks += 1
        try:
            self._look()
        except (SQLAlchemyError, OSError) as error:
            self._fail(error)
        else:
            if self._failed:
                log.info("the store answers again (%s)", self._name)
            self._failed, self._well_s = False, clock.monotonic_s()

    def _look(self) -> None:
        engine = self._opened()
        if self._mark is None:
            self._mark = ChangeMark(engine)
        mark = self._mark.read()
        if mark != self._seen:
            self.asked += 1
            self._take(self._ask(engine))
            # only now: what was not handed on is asked for again
            self._seen = mark

    def _fail(self, error: Exception) -> None:
        if not self._failed:
            # the kind alone: its words may quote what was written (law 10)
            log.warning("the store does not answer (%s, %s); trying again", self._name, type(error).__name__)
        self._failed = True
        mark, self._mark = self._mark, None
        if mark is not None:
            mark.close()
        self._seen = None

    def _run(self, stop: threading.Event) -> None:
        while not stop.is_set():
            begun_s = clock.monotonic_s()
            try:
                self.look()
            except Exception:  # this thread must outlive a fault of one look; until one goes well again the store counts as away
                if not self._failed:
                    log.exception("a look at the store failed (%s)", self._name)
                self._failed = True
            rest_s = max(self._every_s, REST * (clock.monotonic_s() - begun_s))
            stop.wait(max(rest_s, AGAIN_S) if self._failed else rest_s)
        if self._mark is not None:
            self._mark.close()
