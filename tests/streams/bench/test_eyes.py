"""Telling floods from what looks like one: the trial itself, small."""

from __future__ import annotations

import numpy as np
import pytest

from models.forecaster import Model, forecast
from streams.bench.eyes import FAR_MIN, Row, judge, tell_apart
from streams.bench.eyes_town import ALL_EYES, make_event, make_town, said_of


@pytest.fixture(scope="module")
def rows() -> dict[tuple[str, bool, str], Row]:
    model: Model = forecast
    return {(row.what, row.rains, row.eyes): row for row in tell_apart(model, 1, 7)}


def test_a_camera_confirms_a_flash_flood_that_a_sensor_alone_never_can(rows: dict[tuple[str, bool, str], Row]) -> None:
    alone, seen = rows["flash flood", False, "sensor alone"], rows["flash flood", False, "and a camera"]
    assert all(one.confirmed_min >= FAR_MIN for one in alone.told)
    assert all(one.confirmed_min <= 5 for one in seen.told)


def test_no_flood_is_missed_with_any_eyes(rows: dict[tuple[str, bool, str], Row]) -> None:
    floods = [one for (what, _, _), row in rows.items() if what == "flash flood" for one in row.told]
    assert all(one.late_min < 5 for one in floods)


@pytest.mark.parametrize("what", ["parked car", "stuck sensor"])
def test_two_cameras_cut_short_what_is_no_water(rows: dict[tuple[str, bool, str], Row], what: str) -> None:
    alone, seen = rows[what, False, "sensor alone"], rows[what, False, "and two cameras"]
    assert sum(one.false_min for one in seen.told) < 0.6 * sum(one.false_min for one in alone.told)


def test_all_eyes_see_the_same_event_and_the_sensor_says_the_same() -> None:
    said = []
    for eyes in ALL_EYES:
        rng = np.random.default_rng(3)
        event = make_event("flash flood", False, rng)
        said.append([one for one in said_of(event, eyes, rng) if one[1] == "S"])
        assert eyes.cameras == sum(station.kind == "camera" for station in make_town(eyes.cameras).stations)
    assert all(said[0] == other for other in said)


def test_an_event_of_which_nothing_is_told_is_missed() -> None:
    event = make_event("flash flood", True, np.random.default_rng(1))
    assert FAR_MIN == judge(event, []).late_min
