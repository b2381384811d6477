"""The recording of the simulated storm: same seed, same bytes; sorted by arrival; by the contract; with the faults it tells of."""

import gzip
import json
from collections import defaultdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from streams.demo.city import FOLDER
from streams.demo.faults import CAR_M, CLOCK_AHEAD_S, Fault
from streams.demo.folder import Folder
from streams.demo.moment import DRY_S, DURATION_S
from streams.demo.reading import Reading
from streams.demo.sensors import level_readings
from streams.demo.storm import SEED, Storm, make_storm
from tests.streams.demo.conftest import SHORT_S

Row = dict[str, Any]
KIND_OF = {
    "level": "depth",
    "camera": "camera_depth",
    "rain": "rain",
    "bureau": "rain_forecast",
    "stage": "stage",
    "pump": "pump",
    "reports": "report_depth",
}


@pytest.fixture(scope="module")
def rows(short_storm: Path) -> list[Row]:
    with gzip.open(short_storm / "observations.ndjson.gz", "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def faults_of(storm: Storm, kind: str) -> list[Fault]:
    return [fault for fault in storm.faults if fault.kind == kind]


def said(storm: Storm, fault: Fault) -> list[Reading]:
    station = next(station for station in storm.folder.stations if station.station_id == fault.station_id)
    return list(level_readings(station, storm.flood, fault, SEED, DURATION_S))


def test_the_same_seed_gives_the_same_bytes(short_storm: Path, tmp_path: Path) -> None:
    make_storm(FOLDER, tmp_path, duration_s=SHORT_S)
    for name in ("observations.ndjson.gz", "truth.json", "README.txt"):
        assert (short_storm / name).read_bytes() == (tmp_path / name).read_bytes()


def test_everything_says_simulated(short_storm: Path) -> None:
    assert json.loads((short_storm / "truth.json").read_text(encoding="utf-8"))["simulated"] is True
    assert "SIMULATED" in (short_storm / "README.txt").read_text(encoding="utf-8")


def test_the_truth_tells_the_worst_hour_the_crossings_and_the_faults(short_storm: Path) -> None:
    truth = json.loads((short_storm / "truth.json").read_text(encoding="utf-8"))
    assert 201.9 == truth["rain"]["worst_hour"]["mm"]
    assert 51 == len(truth["low_points"])
    assert {"stuck", "spikes", "silent", "parked_car", "clock_ahead"} == {fault["fault"] for fault in truth["faults"]}
    for point in truth["low_points"].values():
        assert {crossing["level"] for crossing in point["crossings"]} == {
            level for level, depth_m in ((1, 0.15), (2, 0.27), (3, 0.4), (4, 0.6)) if point["peak_m"] >= depth_m
        }


def test_readings_come_in_order_of_arrival(rows: list[Row]) -> None:
    arrivals = [datetime.fromisoformat(row["received_at"]) for row in rows]
    assert sorted(arrivals) == arrivals


def test_no_reading_is_more_than_ten_minutes_ahead_of_its_arrival(rows: list[Row]) -> None:
    ahead = max(datetime.fromisoformat(row["time"]) - datetime.fromisoformat(row["received_at"]) for row in rows)
    assert ahead <= timedelta(minutes=10)


def test_every_reading_is_of_a_station_that_gives_its_kind(rows: list[Row], folder: Folder) -> None:
    kinds = {station.station_id: KIND_OF[station.kind] for station in folder.stations}
    assert [] == [row for row in rows if kinds.get(row["station"]) != row["kind"]]
    assert set(KIND_OF.values()) == {row["kind"] for row in rows}


def test_no_two_readings_have_the_same_identity(rows: list[Row]) -> None:
    identities = [row.get("id", (row["station"], row["kind"], row["time"])) for row in rows]
    assert len(identities) == len(set(identities))


def test_extra_fields_are_by_the_contract(rows: list[Row]) -> None:
    for row in rows:
        if row["kind"] in ("rain", "rain_forecast"):
            assert row["period_s"] > 0
        if row["kind"] == "pump":
            assert row["value"] in (0, 1)
        if row["kind"] == "camera_depth":
            assert 0 < row["confidence"] < 1
            assert row["image"].startswith("simulated:")
        assert row["value"] >= 0


def test_about_one_in_a_hundred_is_lost_and_three_are_late(rows: list[Row], folder: Folder) -> None:
    gauges = len(folder.of_kind("rain"))
    got = sum(row["kind"] == "rain" for row in rows)
    assert 0.99 == pytest.approx(got / (gauges * SHORT_S / 60), abs=0.01)
    delays_s = np.array(
        [
            (datetime.fromisoformat(row["received_at"]) - datetime.fromisoformat(row["time"])).total_seconds()
            for row in rows
            if row["kind"] == "depth"
        ]
    )
    assert 0.03 == pytest.approx((delays_s > 6).mean(), abs=0.01)
    assert delays_s.max() <= 600


def test_a_forecast_comes_whole_and_grows_with_its_period(rows: list[Row]) -> None:
    issues: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row["kind"] == "rain_forecast":
            issues[row["issued_at"]].append(row)
    for issue in issues.values():
        assert list(range(600, 7201, 600)) == [row["period_s"] for row in issue]
        assert sorted(row["value"] for row in issue) == [row["value"] for row in issue]
        assert {row["issued_at"] for row in issue} == {row["time"] for row in issue}


def test_there_are_as_many_faults_as_told_and_no_station_has_two(storm: Storm) -> None:
    assert (2, 3, 2, 1, 1) == tuple(len(faults_of(storm, kind)) for kind in ("stuck", "spikes", "silent", "parked_car", "clock_ahead"))
    assert 9 == len({fault.station_id for fault in storm.faults})


def test_a_stuck_sensor_repeats_itself_while_the_water_moves(storm: Storm) -> None:
    for fault in faults_of(storm, "stuck"):
        during = [reading.value for reading in said(storm, fault) if fault.holds(reading.time_s)]
        assert len(during) > 50
        assert 1 == len(set(during))
        truth_m = storm.flood.depth_m[fault.station_id.removesuffix("-level")]
        inside = (storm.flood.time_s >= fault.from_s) & (storm.flood.time_s < fault.until_s)
        assert np.ptp(truth_m[inside]) > 0.1


def test_a_spike_is_one_reading_and_while_it_rains_it_is_out_of_range(storm: Storm) -> None:
    for fault in faults_of(storm, "spikes"):
        readings = said(storm, fault)
        station = next(station for station in storm.folder.stations if station.station_id == fault.station_id)
        truth_m = storm.flood.depth_m[station.low_point_id]
        spikes = [k for k, reading in enumerate(readings) if reading.value > truth_m[reading.time_s // 10] + 0.3]
        assert 4 == len(spikes)
        assert min(np.diff(spikes)) > 1
        assert 2 == sum(readings[k].time_s < DRY_S for k in spikes)
        assert all(readings[k].value > station.mounting_height_m for k in spikes if readings[k].time_s >= DRY_S)


def test_a_silent_sensor_says_nothing_for_an_hour(storm: Storm) -> None:
    for fault in faults_of(storm, "silent"):
        assert 3600 == fault.until_s - fault.from_s
        readings = said(storm, fault)
        assert not any(fault.holds(reading.time_s) for reading in readings)
        assert any(reading.time_s >= fault.until_s for reading in readings)


def test_the_parked_car_is_a_flat_box_on_a_dry_road(storm: Storm) -> None:
    (fault,) = faults_of(storm, "parked_car")
    during = [reading.value for reading in said(storm, fault) if fault.holds(reading.time_s)]
    assert fault.until_s < DRY_S
    assert CAR_M == pytest.approx(np.mean(during), abs=0.01)
    assert np.ptp(during) < 0.03
    assert {0.0} == {reading.value for reading in said(storm, fault) if reading.time_s < DRY_S and not fault.holds(reading.time_s)}


def test_one_clock_runs_two_minutes_ahead(storm: Storm, rows: list[Row]) -> None:
    (fault,) = faults_of(storm, "clock_ahead")
    delays_s = {
        station: np.median(
            [
                (datetime.fromisoformat(row["received_at"]) - datetime.fromisoformat(row["time"])).total_seconds()
                for row in rows
                if row["station"] == station
            ]
        )
        for station in {row["station"] for row in rows if row["kind"] == "depth"}
    }
    assert [fault.station_id] == [station for station, delay_s in delays_s.items() if delay_s < 0]
    assert -CLOCK_AHEAD_S + 3 == pytest.approx(delays_s[fault.station_id], abs=2)


def test_a_camera_trusts_itself_less_in_heavy_rain(rows: list[Row], storm: Storm) -> None:
    calm = [row["confidence"] for row in rows if row["kind"] == "camera_depth" and row["received_at"] < "2026-07-20T06:30"]
    heavy = [row["confidence"] for row in rows if row["kind"] == "camera_depth" and row["received_at"] > "2026-07-20T07:50"]
    assert np.median(heavy) < np.median(calm) - 0.03


def test_another_city_is_refused_with_a_reason(tmp_path: Path) -> None:
    for name in ("low_points", "stations"):
        text = (FOLDER / f"{name}.geojson").read_text(encoding="utf-8").replace("road_elevation_m", "height")
        (tmp_path / f"{name}.geojson").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match="make-demo city"):
        make_storm(tmp_path, tmp_path / "out")
