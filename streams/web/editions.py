"""Editions: a board and all that was made of it so far. While the store is away, the last good one, as old as it is."""

from __future__ import annotations

import threading
from collections.abc import Callable

from streams.web.answer import Body, beside
from streams.web.board import Board
from streams.web.past import NO_PAST, Past
from streams.web.source import Boards, Shelf, StoreAway

PAST_S = 5.0
"""How long the past of a road is kept: it grows by a row a minute."""


class Edition:
    """A board and everything that was made of it so far."""

    def __init__(self, board: Board):
        self.board = board
        self._bodies: dict[tuple[str, ...], Body] = {}
        self._locks: dict[tuple[str, ...], threading.Lock] = {}

    def made(self, name: tuple[str, ...]) -> Body | None:
        """What was made before under a name; None where nothing was."""
        return self._bodies.get(name)

    def body(self, name: tuple[str, ...], make: Callable[[Board], bytes]) -> Body:
        """Make something of the board, or take what was made."""
        # one lock a body: the page does not wait until areas are drawn
        with self._locks.setdefault(name, threading.Lock()):
            if name not in self._bodies:
                self._bodies[name] = Body(make(self.board))
            return self._bodies[name]

    async def written(self, name: tuple[str, ...], make: Callable[[Board], bytes]) -> Body:
        """The same, beside the event loop where there is something to make."""
        made = self.made(name)
        return made if made is not None else await beside(lambda: self.body(name, make))


class Editions:
    """The editions of one city, and the past of its roads."""

    def __init__(self, boards: Boards, low_points: tuple[str, ...]):
        self._fresh = Shelf(lambda: Edition(boards.make()))
        # made anew each second too, for it grows older by the second
        self._again = Shelf(lambda: Edition(boards.make_again()))
        self._pasts = {name: Shelf(lambda name=name: boards.make_past(name), keep_s=PAST_S) for name in low_points}  # type: ignore[misc]

    async def fresh(self) -> Edition:
        """What the store says now.

        Raises
        ------
        StoreAway
            Where it does not answer.
        """
        return await self._fresh.latest()

    async def latest(self) -> Edition:
        """What the store says now, or said last.

        Raises
        ------
        StoreAway
            Where it does not answer, and nothing of the last day is kept.
        """
        try:
            return await self._fresh.latest()
        except StoreAway:
            return await self._again.latest()

    async def past(self, low_point: str) -> Past:
        """The last hours of a road; nothing where the store does not answer, for the rest of its page stands without."""
        try:
            return await self._pasts[low_point].latest()
        except StoreAway:
            return NO_PAST
