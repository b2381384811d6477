from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from streams import clock
from streams.gateway.buffer import Buffer, Full, Letter
from streams.gateway.packer import Packed, Packer
from streams.gateway.producer import LogFailed
from streams.gateway.pump import QUIET_US, Pump, Stopped
from streams.observation.batch import decode
from streams.observation.dead_letter import DeadLetter
from streams.observation.moments import SECOND_US
from streams.observation.observation import Observation
from tests.streams.gateway.site import eventually, write_town

NOW_US = 1_784_016_000 * SECOND_US


class FakeLog:
    """Keeps what it is sent; takes only the first message of what it is sent while it is to fail."""

    def __init__(self) -> None:
        self.messages: list[Packed] = []
        self.letters: list[Letter] = []
        self.failing = threading.Event()
        self.failures = 0
        self.closed = False

    def send(self, messages: Sequence[Packed]) -> None:
        if self.failing.is_set():
            self.failures += 1
            self.messages += messages[:1]
            raise LogFailed("away", messages[1:] or messages, True)
        self.messages += messages

    def dead_letters(self, letters: Sequence[Letter]) -> None:
        if self.failing.is_set():
            raise LogFailed("away", letters, True)
        self.letters += letters

    def close(self) -> None:
        self.closed = True


class Clock:
    """A wall clock that stands until it is set."""

    def __init__(self) -> None:
        self.us = NOW_US

    def __call__(self) -> int:
        return self.us


@pytest.fixture
def buffer(tmp_path: Path) -> Buffer:
    return Buffer(Packer(write_town(tmp_path)), patience_s=0.2)


@pytest.fixture
def log() -> FakeLog:
    return FakeLog()


def observation(row: int) -> Observation:
    return Observation(4, row, NOW_US, 0.1)


def rows(messages: Sequence[Packed]) -> list[int]:
    return [row for message in messages for row in decode(message.data, {"SA": 0}).observed_us.tolist()]


def ticks(messages: Sequence[Packed]) -> list[int]:
    return [tick for message in messages if message.district == "A" for tick in decode(message.data, {"SA": 0}).ticks_us.tolist()]


def test_whoever_brought_something_is_told_when_it_is_written(buffer: Buffer, log: FakeLog) -> None:
    pump = Pump(buffer, log, Clock())
    written = buffer.put([observation(1)], [Letter("k", DeadLetter("r", "f", 1, ""))])
    assert not written.done()
    pump.start()
    written.result(5)
    assert ([1], ["k"]) == (rows(log.messages), [letter.key for letter in log.letters])
    pump.stop()


def test_while_the_log_is_away_nothing_is_claimed_and_nothing_overtakes(buffer: Buffer, log: FakeLog) -> None:
    pump = Pump(buffer, log, Clock())
    log.failing.set()
    pump.start()
    first = buffer.put([observation(1)], [])
    eventually(lambda: log.failures, "a failure")
    second = buffer.put([observation(2)], [])
    eventually(lambda: buffer.silent_s > 0.2, "the patience to end")
    with pytest.raises(Full, match="has not answered"):
        buffer.put([observation(3)], [])
    assert not first.done() and not second.done()
    log.failing.clear()
    second.result(5)
    assert first.done()
    assert [1, 2] == list(dict.fromkeys(rows(log.messages)))
    eventually(lambda: buffer.silent_s == 0 or buffer.silent_s < 0.2, "room")
    buffer.put([observation(3)], []).result(5)
    pump.stop()


def test_what_the_log_took_before_it_failed_is_not_sent_again(buffer: Buffer, log: FakeLog) -> None:
    now = Clock()
    pump = Pump(buffer, log, now)
    now.us += SECOND_US
    log.failing.set()
    written = buffer.put([observation(1)], [])
    pump.start()
    eventually(lambda: log.failures, "a failure")
    log.failing.clear()
    written.result(5)
    pump.stop()
    assert [1] == rows(log.messages)
    assert {"A", "B"} == {message.district for message in log.messages}


def test_there_is_one_tick_for_every_whole_second(buffer: Buffer, log: FakeLog) -> None:
    now = Clock()
    pump = Pump(buffer, log, now)
    pump.start()
    for second in (1, 2, 3):
        now.us = NOW_US + second * SECOND_US + 400_000
        eventually(lambda: ticks(log.messages)[-1:] == [now.us - 400_000], "a tick")
    pump.stop()
    assert [NOW_US + second * SECOND_US for second in (1, 2, 3)] == ticks(log.messages)


def test_the_ticks_end_when_nothing_came_for_two_hours_and_begin_again(buffer: Buffer, log: FakeLog) -> None:
    now = Clock()
    pump = Pump(buffer, log, now)
    pump.start()
    now.us = NOW_US + QUIET_US + SECOND_US
    buffer.put([], [Letter("k", DeadLetter("r", "f", 1, ""))]).result(5)
    assert [] == ticks(log.messages)
    buffer.put([Observation(4, 1, now.us, 0.1)], []).result(5)
    now.us += SECOND_US
    eventually(lambda: ticks(log.messages), "a tick")
    pump.stop()


def test_a_stop_writes_what_is_left(buffer: Buffer, log: FakeLog) -> None:
    pump = Pump(buffer, log, Clock())
    pump.start()
    written = buffer.put([observation(1)], [])
    pump.stop()
    assert written.done() and log.closed
    assert [1] == rows(log.messages)


def test_a_stop_without_a_log_says_so_to_whoever_waits(buffer: Buffer, log: FakeLog) -> None:
    log.failing.set()
    pump = Pump(buffer, log, Clock())
    written = buffer.put([observation(1)], [])
    pump.start()
    begun_s = clock.monotonic_s()
    pump.stop(timeout_s=0.5)
    assert isinstance(written.exception(1), Stopped)
    assert clock.monotonic_s() - begun_s < 5
