"""What nobody needs goes, what somebody needs stays, and what comes at that very moment is not taken from under him."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import Engine, insert, select

from streams.pictures.keep import keep_picture
from streams.pictures.prune import DAY_US, SHARES, prune_pictures
from streams.pictures.public import searched_file
from streams.pictures.shelf import Shelf, write_whole
from streams.project.pruning import EVERY_S, Pruning
from streams.reports.report import Report
from streams.store.engine import reading, writing
from streams.store.reports_schema import PICTURES, REPORTS, STATION_PICTURES
from tests.streams.pictures.made import taken

NOW_US = 1_700_000_000_000_000
MINUTE_US = 60_000_000


def lay(shelf: Shelf, content: bytes, age_days: float) -> str:
    name = shelf.put(content)
    when_s = (NOW_US - age_days * DAY_US) / 1e6
    os.utime(shelf.folder / name[:2] / name[2:4] / f"{name}.jpg", (when_s, when_s))
    return name


def keep(engine: Engine, shelf: Shelf, content: bytes, age_days: float) -> str:
    with writing(engine) as connection:
        keep_picture(connection, shelf, taken(content), "report", round(NOW_US - age_days * DAY_US))
    return lay(shelf, content, age_days)


def searched(shelf: Shelf, name: str) -> Path:
    """The public copy of a picture, as if somebody had looked at it."""
    copy = searched_file(shelf, name)
    write_whole(shelf.folder, copy, b"searched")
    return copy


def report(engine: Engine, picture: str, age_days: float, **more: Any) -> None:
    made_us = round(NOW_US - age_days * DAY_US)
    row = msgspec.structs.asdict(Report(f"r{picture[:9]}{age_days}", made_us, made_us, "en", picture=picture, **more))
    row |= {"card": row["report"], "code": row["report"], "training": int(row["training"])}
    with writing(engine) as connection:
        connection.execute(insert(REPORTS).values(**{name: row[name] for name in REPORTS.c.keys()}))  # noqa: SIM118


def whole_round(engine: Engine, shelf: Shelf, **more: int) -> int:
    """The whole shelf: another part of it each minute."""
    return sum(prune_pictures(engine, shelf, NOW_US + minute * MINUTE_US, **more) for minute in range(SHARES))


def named(engine: Engine) -> set[str]:
    with reading(engine) as connection:
        return set(connection.execute(select(PICTURES.c.picture)).scalars())


def test_a_file_that_no_row_names_goes_after_a_day(engine: Engine, shelf: Shelf) -> None:
    old, young = lay(shelf, b"old", 1.5), lay(shelf, b"young", 0.5)
    assert 1 == whole_round(engine, shelf)
    assert (False, True) == (shelf.has(old), shelf.has(young))


def test_one_that_a_camera_s_reading_or_a_row_names_stays(engine: Engine, shelf: Shelf) -> None:
    camera, kept = lay(shelf, b"camera", 20), keep(engine, shelf, b"kept", 20)
    with writing(engine) as connection:
        seen = {"station": "C", "observed_us": 1, "low_point": "P", "picture": camera, "depth_m": 0.1, "reading": "x"}
        connection.execute(insert(STATION_PICTURES).values(**seen))
    assert 0 == whole_round(engine, shelf)
    assert all(map(shelf.has, (camera, kept)))


@pytest.mark.parametrize("state", ["new", "hidden", "merged", "asked"])
def test_after_thirty_days_a_picture_goes_with_its_copy_and_its_row(engine: Engine, shelf: Shelf, state: str) -> None:
    name = keep(engine, shelf, b"whole", 31)
    copy = searched(shelf, name)
    report(engine, name, 31, state=state)
    assert 2 == whole_round(engine, shelf)
    assert (False, False, set()) == (shelf.has(name), copy.exists(), named(engine))


def test_what_an_accepted_report_shows_stays_with_it(engine: Engine, shelf: Shelf) -> None:
    name = keep(engine, shelf, b"whole", 400)
    copy = searched(shelf, name)
    report(engine, name, 400, state="accepted")
    assert 0 == whole_round(engine, shelf)
    assert (True, True) == (shelf.has(name), copy.exists())


def test_an_old_picture_that_somebody_sent_again_stays_with_his_report(engine: Engine, shelf: Shelf) -> None:
    name = keep(engine, shelf, b"whole", 40)
    report(engine, name, 40)
    report(engine, name, 2)
    assert 0 == whole_round(engine, shelf)
    assert {name} == named(engine)


def test_how_long_is_for_the_city_to_say(engine: Engine, shelf: Shelf) -> None:
    keep(engine, shelf, b"whole", 10)
    assert 0 == whole_round(engine, shelf)
    assert 1 == whole_round(engine, shelf, kept_days=7)


def test_it_goes_in_small_steps(engine: Engine, shelf: Shelf) -> None:
    for number in range(7):
        keep(engine, shelf, b"%d" % number, 31 + number)
    assert [3, 3, 1, 0] == [prune_pictures(engine, shelf, NOW_US, step=3) for _ in range(4)]


def test_one_that_comes_again_between_is_not_taken_away(engine: Engine, shelf: Shelf) -> None:
    name = keep(engine, shelf, b"whole", 31)
    shelf.put(b"whole")  # another has just sent it, whose row is not written yet: on the shelf it is of today
    assert 0 == prune_pictures(engine, shelf, NOW_US)
    assert shelf.has(name)


def test_what_a_crash_left_half_written_and_searched_copies_of_what_is_gone_go(engine: Engine, shelf: Shelf) -> None:
    half = shelf.folder / ".new-abc"
    half.write_bytes(b"half")
    os.utime(half, (1, 1))
    gone, there = lay(shelf, b"gone", 0.1), lay(shelf, b"there", 0.1)
    copies = [searched(shelf, name) for name in (gone, there)]
    assert shelf.drop_before(gone, NOW_US)
    assert 2 == whole_round(engine, shelf)
    assert (False, [False, True]) == (half.exists(), [copy.exists() for copy in copies])


def test_the_key_of_the_reports_and_uploads_stay(engine: Engine, shelf: Shelf) -> None:
    for name in ("key", "uploads/ab/x.jpg", "ab/cd/notes.jpg"):
        file = shelf.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"not a picture")
        os.utime(file, (1, 1))
    assert 0 == whole_round(engine, shelf)
    assert 3 == sum(file.is_file() and file.read_bytes() == b"not a picture" for file in shelf.folder.rglob("*"))


def test_the_projector_prunes_them_where_it_has_the_folder(engine: Engine, shelf: Shelf) -> None:
    keep(engine, shelf, b"whole", 31)
    now_s = [0.0]
    pruning = [Pruning(engine, lambda: now_s[0], where, lambda: NOW_US) for where in (None, shelf)]
    now_s[0] += EVERY_S
    assert [0, 1] == [one.now_and_then() for one in pruning]


def test_the_projector_keeps_them_for_as_long_as_the_city_says(engine: Engine, shelf: Shelf) -> None:
    keep(engine, shelf, b"whole", 10)
    now_s = [0.0]
    pruning = [Pruning(engine, lambda: now_s[0], shelf, lambda: NOW_US, kept_days) for kept_days in (11, 9)]
    now_s[0] += EVERY_S
    assert [0, 1] == [one.now_and_then() for one in pruning]


def test_a_shelf_that_is_away_does_not_stop_the_projector(engine: Engine, shelf: Shelf, caplog: pytest.LogCaptureFixture) -> None:
    keep(engine, shelf, b"whole", 31)
    now_s = [0.0]
    pruning = Pruning(engine, lambda: now_s[0], shelf, lambda: NOW_US)
    now_s[0] += EVERY_S
    guard = shelf.folder / ".guard"
    guard.unlink()
    guard.mkdir()
    assert 0 == pruning.now_and_then()
    assert "IsADirectoryError" in caplog.text


def test_in_a_storm_of_another_day_a_picture_is_as_old_as_its_file(engine: Engine, shelf: Shelf) -> None:
    old = keep(engine, shelf, b"old", 40)
    played = keep(engine, shelf, b"played", 900)
    lay(shelf, b"played", 29)
    report(engine, played, 900)
    assert 1 == whole_round(engine, shelf, step=1)
    assert ({played}, True, False) == (named(engine), shelf.has(played), shelf.has(old))
