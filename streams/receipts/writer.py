"""Writes what came within a few milliseconds in one transaction, and answers when it stands."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Generic, TypeVar

from streams.store.patience import comes_back

log = logging.getLogger(__name__)

GATHER_S = 0.004
MOST_AT_ONCE = 500
MOST_WAITING = 20_000
PATIENCE_S = 5.0
FIRST_WAIT_S, LONGEST_WAIT_S = 0.1, 1.0

T = TypeVar("T")
R = TypeVar("R")


class NotTaken(Exception):
    """It is not known to be in the store: to send it again does no harm."""


@dataclass
class _Waiting(Generic[T, R]):
    item: T
    done: asyncio.Future[R]


class Writer(Generic[T, R]):
    """A queue before the store. Only for the event loop's own thread.

    Parameters
    ----------
    name
        For the log.
    write
        Writes a group in one transaction and returns one result for each, in their order; it may get the same again.
    store
        The thread to write in.
    most_waiting
        More than these are sent away.
    patience_s
        How long a caller waits for a store that is away. What they brought stays in the queue, and is written when it comes back.
    """

    def __init__(
        self,
        name: str,
        write: Callable[[Sequence[T]], Sequence[R]],
        store: Executor,
        most_waiting: int = MOST_WAITING,
        patience_s: float = PATIENCE_S,
    ):
        self._name, self._write, self._store = name, write, store
        self._most, self._patience_s = most_waiting, patience_s
        self._queue: deque[_Waiting[T, R]] = deque()
        self._hand: list[_Waiting[T, R]] = []
        self._task: asyncio.Task[None] | None = None

    @property
    def waiting(self) -> int:
        """How many are not in the store yet."""
        return len(self._queue) + len(self._hand)

    async def take(self, item: T) -> R:
        """Write something, and return when it is in the store.

        Raises
        ------
        NotTaken
            Where too many wait already, or it took too long, or the store does not take it.
        """
        if self.waiting >= self._most:
            raise NotTaken("too many wait")
        mine: _Waiting[T, R] = _Waiting(item, asyncio.get_running_loop().create_future())
        self._queue.append(mine)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())
        try:
            return await asyncio.wait_for(asyncio.shield(mine.done), self._patience_s)
        except TimeoutError:
            raise NotTaken("the store is away") from None

    def close(self) -> None:
        """Write what is left, once, when the loop has ended."""
        left = [each.item for each in (*self._hand, *self._queue)]
        if not left:
            return
        try:
            self._write(left)
        except Exception as error:
            log.error("%s: %d were not written (%s)", self._name, len(left), _kind(error))

    async def _run(self) -> None:
        while self._queue:
            await asyncio.sleep(GATHER_S)
            self._hand = [self._queue.popleft() for _ in range(min(len(self._queue), MOST_AT_ONCE))]
            await self._write_group(self._hand)
            self._hand = []

    async def _write_group(self, group: Sequence[_Waiting[T, R]]) -> None:
        wait_s = FIRST_WAIT_S
        while True:
            try:
                results = await self._in_thread([each.item for each in group])
            except Exception as error:
                if not comes_back(error):
                    await self._one_by_one(group, error)
                    return
                log.warning("%s: the store does not answer (%s), %d wait; trying again", self._name, _kind(error), self.waiting)
                await asyncio.sleep(wait_s)
                wait_s = min(2 * wait_s, LONGEST_WAIT_S)
            else:
                for each, result in zip(group, results, strict=True):
                    _answer(each, result)
                return

    async def _one_by_one(self, group: Sequence[_Waiting[T, R]], error: Exception) -> None:
        """One that no store will ever take must not keep the others out."""
        if len(group) > 1:
            for each in group:
                await self._write_group([each])
            return
        log.error("%s: one cannot be written (%s)", self._name, _kind(error))
        for each in group:
            if not each.done.done():
                each.done.set_exception(NotTaken("it cannot be written"))
                each.done.exception()  # whoever brought it may have gone

    async def _in_thread(self, items: Sequence[T]) -> Sequence[R]:
        return await asyncio.get_running_loop().run_in_executor(self._store, self._write, items)


def _answer(each: _Waiting[T, R], result: R) -> None:
    if not each.done.done():
        each.done.set_result(result)


def _kind(error: BaseException) -> str:
    """The kind alone: its words may quote what was written (law 10)."""
    return type(getattr(error, "orig", None) or error).__name__
