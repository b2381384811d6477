"""Threads that work through what waits, in fair turns, and do not keep the process from ending: a database that hangs must not either."""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")


class Hands:
    """So many threads, begun with the first work.

    Sources take turns: whoever has given much waits for what it gave itself, and whoever gives one thing has the next turn but those of
    the others.

    Parameters
    ----------
    count
        How many work at the same time.
    name
        Of the threads.
    most_of_source
        How many of them may work for one source: what it gave may take long. None for all.
    """

    def __init__(self, count: int, name: str, most_of_source: int | None = None):
        self._count, self._name, self._most = count, name, most_of_source or count
        self._waiting: dict[str, deque[Callable[[], None]]] = {}
        """By source, in the order of their turns."""
        self._working: Counter[str] = Counter()
        self._changed, self._begun = threading.Condition(), False

    def give(self, work: Callable[[], T], source: str = "") -> Future[T]:
        """Have something done; what it returns or raises is in the future. It is done, whoever waits for it."""
        future: Future[T] = Future()
        future.set_running_or_notify_cancel()

        def do() -> None:
            try:
                future.set_result(work())
            except BaseException as error:
                future.set_exception(error)

        with self._changed:
            self._begin()
            self._waiting.setdefault(source, deque()).append(do)
            self._changed.notify()
        return future

    def _begin(self) -> None:
        if not self._begun:
            self._begun = True
            for _ in range(self._count):
                threading.Thread(target=self._work, name=self._name, daemon=True).start()

    def _work(self) -> None:
        while True:
            with self._changed:
                while (source := self._next()) is None:
                    self._changed.wait()
                do = self._taken(source)
            do()
            with self._changed:
                self._working[source] -= 1
                if not self._working[source]:
                    del self._working[source]
                self._changed.notify()

    def _next(self) -> str | None:
        """Whose turn it is; None where nothing waits, or only of those for whom enough hands work."""
        return next((source for source in self._waiting if self._working[source] < self._most), None)

    def _taken(self, source: str) -> Callable[[], None]:
        """The first thing of a source, which goes to the end of the turns."""
        of_source = self._waiting.pop(source)
        do = of_source.popleft()
        if of_source:
            self._waiting[source] = of_source
        self._working[source] += 1
        return do
