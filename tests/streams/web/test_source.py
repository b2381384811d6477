"""Many readers cost one question, and a store that hangs holds nobody up."""

from __future__ import annotations

import asyncio
import threading

import pytest

from streams import clock
from streams.web.source import Shelf, StoreAway


def test_readers_at_the_same_time_share_one_making() -> None:
    made = []

    def make() -> int:
        clock.sleep_s(0.05)
        made.append(1)
        return len(made)

    async def ask() -> list[int]:
        shelf = Shelf(make, keep_s=60)
        return [*await asyncio.gather(*(shelf.latest() for _ in range(50))), await shelf.latest()]

    assert [1] * 51 == asyncio.run(ask())


def test_what_is_too_old_is_made_anew_and_so_is_a_failure() -> None:
    answers: list[int | Exception] = [StoreAway("away"), 2, 3]

    def make() -> int:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def ask() -> list[int]:
        shelf = Shelf(make, keep_s=0)
        with pytest.raises(StoreAway):
            await shelf.latest()
        return [await shelf.latest(), await shelf.latest()]

    assert [2, 3] == asyncio.run(ask())


def test_a_store_that_hangs_is_away_and_one_reader_who_leaves_spoils_nothing() -> None:
    come_back = threading.Event()

    def make() -> str:
        come_back.wait(10)
        return "board"

    async def ask() -> str:
        shelf = Shelf(make, keep_s=60, patience_s=0.05)
        for _ in range(2):
            with pytest.raises(StoreAway):
                await shelf.latest()
        come_back.set()
        shelf._patience_s = 5
        return await shelf.latest()

    assert "board" == asyncio.run(ask())
