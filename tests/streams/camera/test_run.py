"""The whole of a camera's reading: observations the project itself accepts, silence where nothing is seen, and a status that says so."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pytest

from streams.camera.keep import Changes, Shelf
from streams.camera.picture import CannotSee, Reading, Why
from streams.camera.run import Camera
from streams.camera.shots import Group
from streams.city.load import load_city
from streams.observation.parse import Parser
from tests.streams.camera.conftest import Site

DEMO = Path(__file__).resolve().parents[3] / "config" / "cities" / "demo"
AT_US = 1_626_769_860_123_000
MINUTE_US = 60_000_000
GREY = np.full((72, 96, 3), 128, np.uint8)


class Said:
    """A waterline that says what it is told to."""

    def __init__(self, *verdicts: Reading | CannotSee):
        self.verdicts, self.before = list(verdicts), list[Reading | None]()

    def read(self, frames: object, before: Reading | None = None) -> Reading | CannotSee:
        self.before.append(before)
        return self.verdicts.pop(0)


def groups(number: int, apart_us: int = MINUTE_US) -> list[Group]:
    return [Group(AT_US + count * apart_us, (GREY,)) for count in range(number)]


def test_a_reading_passes_the_projects_own_parser(site: Site, tmp_path: Path) -> None:
    city = load_city(DEMO)
    station = next((one.station_id for one in city.stations if one.kind == "camera"), None)
    if station is None:
        pytest.fail("the demo city has no camera")
    out = io.BytesIO()
    camera = Camera(station, site.waterline, Changes((0.15,), MINUTE_US), out, shelf=Shelf(tmp_path))
    camera.run([Group(AT_US, tuple(site.frames("day", 0.5, shadow=None)))])
    found = Parser(city, trusted_arrival=True).parse(out.getvalue())
    assert AT_US == found.observed_us
    assert 0.5 == pytest.approx(found.value, abs=0.05)
    assert found.extra is not None
    assert () == found.extra.flags
    assert found.extra.confidence is not None
    assert 0.5 <= found.extra.confidence <= 1
    assert (tmp_path / f"{found.extra.image}.jpg").exists()


def test_what_is_not_seen_is_written_nowhere_and_told_in_the_status(tmp_path: Path) -> None:
    out, status = io.BytesIO(), tmp_path / "status.json"
    blind = CannotSee(Why.GLARE, "headlights")
    waterline = Said(Reading(0.3, 0.9), blind, blind, CannotSee(Why.BLOCKED))
    camera = Camera("LP01-camera", waterline, Changes((0.15,), MINUTE_US), out, status_file=status)  # type: ignore[arg-type]
    camera.run([*groups(4), Group(AT_US + 9 * MINUTE_US, (), ("status 503",))])
    assert 1 == len(out.getvalue().splitlines())
    told = json.loads(status.read_text())
    assert {"glare": 2, "blocked": 1} == told["cannot_see"]
    assert {"glare": 0.5, "blocked": 0.25} == told["cannot_see_share"]
    assert "2021-07-20T08:34:00.123Z" == told["last_frame"]
    assert {"time": "2021-07-20T08:31:00.123Z", "depth_m": 0.3, "confidence": 0.9} == told["last_reading"]
    assert 1 == told["frames_missing"]
    assert "status 503" == told["last_frame_trouble"]


def test_what_was_read_long_ago_says_nothing_about_now() -> None:
    waterline = Said(*[Reading(0.3, 0.9)] * 3)
    camera = Camera("LP01-camera", waterline, Changes((0.15,), MINUTE_US), io.BytesIO())  # type: ignore[arg-type]
    camera.run([*groups(2), Group(AT_US + 60 * MINUTE_US, (GREY,))])
    assert [None, Reading(0.3, 0.9), None] == waterline.before


def test_a_full_disk_does_not_stop_the_reading(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    out = io.BytesIO()
    waterline = Said(Reading(0.3, 0.9), Reading(0.7, 0.9))
    camera = Camera(
        "LP01-camera",
        waterline,
        Changes((0.15, 0.6), MINUTE_US),
        out,
        shelf=Shelf(tmp_path / "file"),
        status_file=tmp_path / "file" / "s",  # type: ignore[arg-type]
    )
    camera.run(groups(2))
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [0.3, 0.7] == [line["value"] for line in lines]
    assert not any("image" in line for line in lines)
