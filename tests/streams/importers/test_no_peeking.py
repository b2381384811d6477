"""Nothing of a flood's end, maximum or length gets through before it happens."""

from pathlib import Path
from typing import Any

import pytest

from tests.streams.importers.tables import SENSOR, flood, observations, run

SENSORS = [SENSOR, {**SENSOR, "sensor_id": "BK-bob"}, {**SENSOR, "sensor_id": "BK-dry"}]
CUT = "2023-09-29T12:30:00Z"  # in the middle of the first flood, the second has begun


def storm(after_cut: str) -> list[dict[str, str]]:
    """Two floods that run alike until 30 min, and then as told."""
    length_min, factor = {"as it was": (61, 1), "deeper": (61, 4), "shorter": (33, 1), "longer": (600, 1), "deeper and longer": (600, 4)}[
        after_cut
    ]
    first = [(60 * minute, min(4, minute / 4) * (1 if minute <= 30 else factor)) for minute in range(1, length_min)]
    second = [(time_s, inches / 2) for time_s, inches in first if time_s > 600]
    longest_s = first[-1][0] + 60
    return [
        flood("2023-09-29T12:00:00", [0, *(t for t, _ in first), longest_s], [0, *(d for _, d in first), 0]),
        flood("2023-09-29T12:00:00", [600, *(t for t, _ in second), longest_s], [0, *(d for _, d in second), 0], sensor_id="BK-bob"),
    ]


def until(folder: Path, time: str) -> list[dict[str, Any]]:
    return [row for row in observations(folder / "out/2023-09-29") if row["time"] <= time]


def city(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folder / "out/2023-09-29/city").iterdir()}


@pytest.mark.parametrize("after_cut", ["deeper", "shorter", "longer", "deeper and longer"])
def test_what_comes_after_a_moment_changes_nothing_before_it(tmp_path: Path, after_cut: str) -> None:
    run(tmp_path / "was", storm("as it was"), SENSORS)
    run(tmp_path / "else", storm(after_cut), SENSORS)
    assert until(tmp_path / "was", CUT) == until(tmp_path / "else", CUT)
    assert city(tmp_path / "was") == city(tmp_path / "else")


@pytest.mark.parametrize("after_cut", ["deeper", "shorter"])
def test_the_end_of_a_storm_does_not_tell_when_the_last_water_went(tmp_path: Path, after_cut: str) -> None:
    was = run(tmp_path / "was", storm("as it was"), SENSORS)
    other = run(tmp_path / "else", storm(after_cut), SENSORS)
    assert was.recordings[0].window == other.recordings[0].window


def test_the_stated_end_maximum_and_onset_are_never_used(tmp_path: Path) -> None:
    lies = {"flood_end_time": "2023-09-30T11:00:00", "max_depth_inches": "77", "onset_time_mins": "1379016.5"}
    run(tmp_path / "was", storm("as it was"), SENSORS)
    run(tmp_path / "lies", [{**row, **lies} for row in storm("as it was")], SENSORS)
    file = "out/2023-09-29/observations.ndjson.gz"
    assert (tmp_path / "was" / file).read_bytes() == (tmp_path / "lies" / file).read_bytes()


def test_observations_hold_nothing_but_station_kind_time_and_value(tmp_path: Path) -> None:
    run(tmp_path, storm("as it was"), SENSORS)
    assert {("station", "kind", "time", "value")} == {tuple(row) for row in observations(tmp_path / "out/2023-09-29")}


def test_the_rhythm_of_zeros_does_not_break_when_a_flood_begins(tmp_path: Path) -> None:
    run(tmp_path, storm("as it was"), SENSORS)
    seconds = {row["time"][-3:-1] for row in until(tmp_path, "2023-09-29T12:00:00Z") if row["station"] == "BK-bob-level"}
    assert {"00"} == seconds
