"""What comes out of the workers gets into the store, whatever comes with it and however often."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace
from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError

from streams import clock
from streams.broker.names import TopicNames
from streams.observation.moments import MINUTE_US, SECOND_US
from streams.project.projector import Projector
from streams.rules.outputs import OutputMessage, Warning
from streams.store.engine import open_store
from streams.store.patience import StoppedWaiting, open_patiently
from streams.store.queries import dead_letter_counts, districts_heard, recent_warnings
from tests.streams.project.records import START_US, Record, content, letter, minute_of, records

NAMES = TopicNames("test")


def projector(engine: Engine, stop: threading.Event | None = None, now_us: int = 0) -> Projector:
    return Projector("nowhere:1", NAMES, engine, stop or threading.Event(), lambda: now_us)


@contextmanager
def away(engine: Engine, times: int, then: threading.Event | None = None) -> Iterator[None]:
    """A database that refuses this many transactions; `then` is set when it has."""
    left = [times]

    def refuse(_: object) -> None:
        if left[0] > 0:
            left[0] -= 1
            raise OperationalError("BEGIN", {}, ConnectionError("away"))
        if then:
            then.set()

    event.listen(engine, "begin", refuse)
    yield
    event.remove(engine, "begin", refuse)


def test_many_messages_at_once_leave_what_they_leave_one_by_one(engine: Engine, tmp_path: Path) -> None:
    some = [*records(NAMES, 9, "A"), *records(NAMES, 9, "B")]
    projector(engine).take(some)
    other = open_store(f"sqlite:///{tmp_path / 'other.db'}")
    for record in some:
        projector(other).take([record])
    assert content(other) == content(engine)
    assert 18 == len(content(engine)["warnings"])
    other.dispose()


def test_messages_that_come_again_change_nothing_and_make_nothing_look_fresh(engine: Engine) -> None:
    projector(engine, now_us=1).take(records(NAMES))
    before = content(engine)
    projector(engine, now_us=2).take(records(NAMES))
    assert before == content(engine)
    assert [1] == [row.written_us for row in districts_heard(engine)]


def test_a_tick_without_anything_new_still_tells_how_far_the_district_has_come(engine: Engine) -> None:
    tick = replace(minute_of("A", 0), outputs=[], up_to_us=START_US + 20 * SECOND_US)
    projector(engine, now_us=7).take([Record(NAMES.outputs, 0, 0, b"A", msgspec.msgpack.encode(tick))])
    assert [("A", START_US + 20 * SECOND_US, 7)] == [(row.district, row.up_to_us, row.written_us) for row in districts_heard(engine)]


@pytest.mark.parametrize("value", [None, b"", b"\xc1", b"secret", msgspec.msgpack.encode({"district": "A"})])
def test_what_cannot_be_read_is_skipped_counted_and_told_by_its_place_alone(
    engine: Engine, caplog: pytest.LogCaptureFixture, value: bytes | None
) -> None:
    mine = projector(engine)
    good = records(NAMES, 2)
    with caplog.at_level(logging.ERROR):
        mine.take([good[0], Record(NAMES.outputs, 3, 41, b"k", value), good[1]])
    assert (1, {"failed_in_processing": 1}) == (mine.skipped, dead_letter_counts(engine))
    assert 2 == len(recent_warnings(engine, 9))
    assert "test.outputs/3/41" in caplog.text
    assert "secret" not in caplog.text


def test_a_row_that_no_database_takes_does_not_hold_up_the_others(engine: Engine) -> None:
    def with_warning(minute: int, **changes: Any) -> OutputMessage:
        message = minute_of("A", minute)
        return replace(message, outputs=[replace(one, **changes) if isinstance(one, Warning) else one for one in message.outputs])

    said = [minute_of("A", 0), with_warning(1, number=2**63), with_warning(2, issued_at="yesterday"), minute_of("A", 3)]
    mine = projector(engine)
    mine.take([Record(NAMES.outputs, 0, offset, b"A", msgspec.msgpack.encode(message)) for offset, message in enumerate(said)])
    assert ({"failed_in_processing": 2}, 2) == (dead_letter_counts(engine), mine.skipped)
    assert [START_US + 3 * MINUTE_US, START_US] == [row.issued_us for row in recent_warnings(engine, 9)]


def test_dead_letters_are_counted_once_with_or_without_a_key(engine: Engine) -> None:
    values = [msgspec.msgpack.encode(letter(number)) for number in range(3)]
    keys = [b"t/0/1", b"t/0/1", None]
    some = [Record(NAMES.dead_letters, 0, offset, key, value) for offset, (key, value) in enumerate(zip(keys, values, strict=True))]
    for _ in range(2):
        projector(engine).take(some)
    assert {"not_finite": 2} == dead_letter_counts(engine)


def test_a_database_that_is_away_is_waited_for_and_nothing_is_skipped(engine: Engine) -> None:
    mine = projector(engine)
    with away(engine, times=3):
        mine.take(records(NAMES, 5))
    assert (5, 0, 5) == (mine.saved, mine.skipped, len(recent_warnings(engine, 9)))


def test_told_to_stop_while_the_database_is_away_it_stops_at_once(engine: Engine) -> None:
    stop = threading.Event()
    threading.Timer(0.3, stop.set).start()
    begun_s = clock.monotonic_s()
    with away(engine, times=10_000), pytest.raises(StoppedWaiting):
        projector(engine, stop).take(records(NAMES))
    assert clock.monotonic_s() - begun_s < 3
    assert [] == recent_warnings(engine, 9)


def test_a_database_that_is_not_there_at_the_start_is_waited_for_until_told_to_stop() -> None:
    stop = threading.Event()
    threading.Timer(0.2, stop.set).start()
    with pytest.raises(StoppedWaiting):
        open_patiently("postgresql+psycopg://nobody@127.0.0.1:1/none?connect_timeout=2", stop)
