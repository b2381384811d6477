"""Work that may be done only so many times at once, beside the event loop; a crowd before it is sent away."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


class Crowded(Exception):
    """So many wait that one more would wait too long."""


class Gate:
    """Lets so many through at once, and so many more wait."""

    def __init__(self, name: str, at_once: int, most_waiting: int):
        self._pool = ThreadPoolExecutor(at_once, thread_name_prefix=name)
        self._most = at_once + most_waiting
        self._inside = 0

    async def run(self, work: Callable[[], T]) -> T:
        """Do something in a thread, when it is its turn.

        Raises
        ------
        Crowded
            Where too many wait already.
        """
        if self._inside >= self._most:
            raise Crowded
        self._inside += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, work)
        finally:
            self._inside -= 1

    def close(self) -> None:
        """End its threads; what waits is given up."""
        self._pool.shutdown(wait=False, cancel_futures=True)
