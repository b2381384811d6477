"""Threads that work through a queue, and do not keep the process from ending: a database that hangs must not either."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")


class Hands:
    """So many threads, begun with the first work.

    Parameters
    ----------
    count
        How many work at the same time.
    name
        Of the threads.
    """

    def __init__(self, count: int, name: str):
        self._count, self._name = count, name
        self._queue: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._lock, self._begun = threading.Lock(), False

    def give(self, work: Callable[[], T]) -> Future[T]:
        """Have something done; what it returns or raises is in the future. It is done, whoever waits for it."""
        future: Future[T] = Future()
        future.set_running_or_notify_cancel()

        def do() -> None:
            try:
                future.set_result(work())
            except BaseException as error:
                future.set_exception(error)

        self._begin()
        self._queue.put(do)
        return future

    def _begin(self) -> None:
        with self._lock:
            if not self._begun:
                self._begun = True
                for _ in range(self._count):
                    threading.Thread(target=self._work, name=self._name, daemon=True).start()

    def _work(self) -> None:
        while True:
            self._queue.get()()
