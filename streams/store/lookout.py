"""Looks at the store again and again in a thread of its own, so that a database that hangs holds up nobody who must act meanwhile."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Generic, NamedTuple, TypeVar

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from streams.store.engine import open_store

log = logging.getLogger(__name__)

T = TypeVar("T")


class Sight(NamedTuple, Generic[T]):
    """What was seen, and the how-manieth answer of the store it was, counted from 1."""

    number: int
    seen: T


class Lookout(Generic[T]):
    """Keeps the store's last answer to one question; whoever reads it decides how old is too old.

    Parameters
    ----------
    url
        The store, which is opened when it is first there.
    ask
        The question.
    every_s
        How long to wait between two looks.
    """

    def __init__(self, url: str, ask: Callable[[Engine], T], every_s: float):
        self._url, self._ask, self._every_s = url, ask, every_s
        self._engine: Engine | None = None
        self._sight: Sight[T] | None = None
        self._away = False
        self._tried = threading.Event()

    def start(self, stop: threading.Event, patience_s: float) -> None:
        """Begin to look, until told to stop; wait for the first try to end, but not for long."""
        # a daemon: a database that hangs must not keep the process from ending
        threading.Thread(target=self._run, args=(stop,), name="lookout", daemon=True).start()
        self._tried.wait(patience_s)

    def latest(self) -> Sight[T] | None:
        """The last answer, None before the first."""
        return self._sight

    def look(self) -> None:
        """Ask once; a store that does not answer changes nothing."""
        try:
            if self._engine is None:
                self._engine = open_store(self._url)
            seen = self._ask(self._engine)
        except (SQLAlchemyError, OSError) as error:
            if not self._away:
                log.warning("the store does not answer (%s); trying again", type(error).__name__)
            self._away = True
        else:
            if self._away:
                log.info("the store answers again")
            self._away = False
            self._sight = Sight(self._sight.number + 1 if self._sight else 1, seen)

    def _run(self, stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                self.look()
            except Exception:  # this thread must outlive a fault of one look: what it saw last only gets older
                log.exception("a look at the store failed")
            self._tried.set()
            stop.wait(self._every_s)
