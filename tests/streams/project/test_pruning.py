"""The projector takes old rows out now and then, and a store that is away does not stop it."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

from streams.observation.moments import HOUR_US
from streams.pictures.shelf import Shelf
from streams.project.pruning import EVERY_S, Pruning
from streams.rules.outputs import OutputMessage
from streams.store.projection import rows_of, save
from streams.store.prune import DAY_US
from tests.streams.pictures.test_prune import NOW_US, keep
from tests.streams.project.records import START_US, minute_of
from tests.streams.project.test_projector import away


def old_store(engine: Engine) -> None:
    """Three rows of the history that are too old: three warnings."""
    save(engine, [rows_of(minute_of("A", minute)) for minute in range(3)], 1)
    save(engine, [rows_of(OutputMessage("A", START_US + 30 * DAY_US + HOUR_US, [], []))], 1)


def test_at_most_once_a_minute_and_not_before_the_first_one_is_over(engine: Engine) -> None:
    old_store(engine)
    now_s = [100.0]
    pruning = Pruning(engine, lambda: now_s[0])
    assert 0 == pruning.now_and_then()
    now_s[0] += EVERY_S
    assert 0 < pruning.now_and_then()
    old_store(engine)
    now_s[0] += EVERY_S - 1
    assert 0 == pruning.now_and_then()
    now_s[0] += 1
    assert 0 < pruning.now_and_then()


def test_a_store_that_is_away_is_asked_again_a_minute_later(engine: Engine, caplog: pytest.LogCaptureFixture) -> None:
    old_store(engine)
    now_s = [0.0]
    pruning = Pruning(engine, lambda: now_s[0])
    now_s[0] += EVERY_S
    with away(engine, times=1):
        assert 0 == pruning.now_and_then()
    assert "OperationalError" in caplog.text
    now_s[0] += EVERY_S
    assert 0 < pruning.now_and_then()


def unreadable(shelf: Shelf) -> Shelf:
    """The same shelf on a disk that gives nothing away."""
    guard = shelf.folder / ".guard"
    guard.unlink()
    guard.mkdir()
    return shelf


def test_a_shelf_that_cannot_be_read_leaves_rows_to_be_taken_out(engine: Engine, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    shelf, now_s = Shelf(tmp_path / "shelf"), [0.0]
    old_store(engine)
    keep(engine, shelf, b"whole", 31)
    pruning = Pruning(engine, lambda: now_s[0], unreadable(shelf), lambda: NOW_US)
    now_s[0] += EVERY_S
    assert 0 < pruning.now_and_then()
    assert ["old pictures could not be taken out (IsADirectoryError): trying again in a minute"] == caplog.messages


def test_rows_that_cannot_be_taken_out_leave_pictures_to_be(engine: Engine, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    shelf, now_s = Shelf(tmp_path / "shelf"), [0.0]
    picture = keep(engine, shelf, b"whole", 31)
    pruning = Pruning(engine, lambda: now_s[0], shelf, lambda: NOW_US)
    now_s[0] += EVERY_S
    with away(engine, times=1):
        assert 1 == pruning.now_and_then()
    assert not shelf.has(picture)
    assert ["old rows could not be taken out (OperationalError): trying again in a minute"] == caplog.messages
