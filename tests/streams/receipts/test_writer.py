"""Groups are written whole, a store that is away is waited for, and nobody waits long."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from sqlite3 import OperationalError as Busy

import pytest
from sqlalchemy.exc import DataError, OperationalError

from streams.receipts.writer import NotTaken, Writer


class Store:
    """Writes numbers down; may be away, or choke on one."""

    def __init__(self) -> None:
        self.groups: list[list[int]] = []
        self.away = threading.Event()
        self.chokes_on = -1
        self.tries = 0

    def write(self, items: Sequence[int]) -> list[int]:
        self.tries += 1
        if self.away.is_set():
            raise OperationalError("x", {}, Busy("+9990000000001"))
        if self.chokes_on in items:
            raise DataError("x", {}, Busy("+9990000000001"))
        self.groups.append(list(items))
        return [2 * item for item in items]

    @property
    def written(self) -> list[int]:
        return [item for group in self.groups for item in group]


@pytest.fixture
def thread() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as pool:
        yield pool


@pytest.fixture
def store() -> Store:
    return Store()


def test_what_comes_together_is_written_together_and_each_gets_its_own_answer(store: Store, thread: ThreadPoolExecutor) -> None:
    async def run() -> list[int]:
        writer = Writer("w", store.write, thread)
        return await asyncio.gather(*(writer.take(number) for number in range(1200)))

    assert [2 * number for number in range(1200)] == asyncio.run(run())
    assert [500, 500, 200] == [len(group) for group in store.groups]
    assert list(range(1200)) == store.written


def test_a_store_that_is_away_is_waited_for(store: Store, thread: ThreadPoolExecutor, caplog: pytest.LogCaptureFixture) -> None:
    async def run() -> int:
        writer = Writer("w", store.write, thread)
        store.away.set()
        task = asyncio.create_task(writer.take(1))
        while not store.tries:
            await asyncio.sleep(0.001)
        store.away.clear()
        return await task

    assert (2, [1]) == (asyncio.run(run()), store.written)
    assert "does not answer (OperationalError)" in caplog.text and "+999" not in caplog.text


def test_nobody_waits_longer_than_promised_and_what_they_brought_is_written_later(store: Store, thread: ThreadPoolExecutor) -> None:
    async def run() -> None:
        writer = Writer("w", store.write, thread, patience_s=0.05)
        store.away.set()
        with pytest.raises(NotTaken, match="the store is away"):
            await writer.take(1)
        assert 1 == writer.waiting
        store.away.clear()
        while writer.waiting:
            await asyncio.sleep(0.001)

    asyncio.run(run())
    assert [1] == store.written


def test_what_is_left_at_the_end_is_written_then(store: Store, thread: ThreadPoolExecutor) -> None:
    async def run() -> Writer[int, int]:
        writer = Writer("w", store.write, thread, patience_s=0.05)
        store.away.set()
        assert [NotTaken, NotTaken] == [type(e) for e in await asyncio.gather(writer.take(1), writer.take(2), return_exceptions=True)]
        return writer

    writer = asyncio.run(run())
    writer.close()  # it is still away: that is told, and no more
    store.away.clear()
    writer.close()
    assert [1, 2] == store.written


def test_a_crowd_is_sent_away_at_once(store: Store, thread: ThreadPoolExecutor) -> None:
    async def run() -> list[int | BaseException]:
        writer = Writer("w", store.write, thread, most_waiting=3)
        return await asyncio.gather(*(writer.take(number) for number in range(5)), return_exceptions=True)

    answers = asyncio.run(run())
    assert [0, 2, 4] == answers[:3]
    assert all(isinstance(answer, NotTaken) for answer in answers[3:])


def test_one_that_cannot_be_written_does_not_keep_the_others_out(
    store: Store, thread: ThreadPoolExecutor, caplog: pytest.LogCaptureFixture
) -> None:
    async def run() -> list[int | BaseException]:
        writer = Writer("w", store.write, thread)
        store.chokes_on = 1
        return await asyncio.gather(*(writer.take(number) for number in range(3)), return_exceptions=True)

    first, second, third = asyncio.run(run())
    assert (0, 4, [0, 2]) == (first, third, store.written)
    assert isinstance(second, NotTaken)
    assert "+999" not in caplog.text
