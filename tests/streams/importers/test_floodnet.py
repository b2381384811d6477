"""What becomes of floods and sensors, clean and dirty."""

import tomllib
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from streams.city.load import load_city
from streams.importers.city_folder import Release
from streams.importers.problem import ImportProblem
from tests.streams.importers.tables import FLOOD, SENSOR, flood, observations, run, values

STATION = "BK-ann-level"
DRY = {**SENSOR, "sensor_id": "BK-dry", "sensor_name": "BK - Dry", "latitude": "40.67"}


def test_a_flood_is_told_by_the_second_in_metres(tmp_path: Path) -> None:
    run(tmp_path, [FLOOD])
    told = values(tmp_path / "out/2023-09-29")
    times = [f"2023-09-29T12:0{minute}:00Z" for minute in range(5)]
    assert [0, 0.127, 0.254, 0.108, 0] == [told[STATION, time] for time in times]


def test_the_city_folder_is_one_that_loads(tmp_path: Path) -> None:
    run(tmp_path, [FLOOD], [SENSOR, DRY])
    city = load_city(tmp_path / "out/2023-09-29/city")
    assert ["BK-ann", "BK-dry"] == [point.low_point_id for point in city.low_points]
    assert [STATION, "BK-dry-level"] == [station.station_id for station in city.stations]
    assert ["BK-ann-zone", "BK-dry-zone"] == [zone.zone_id for zone in city.zones]
    assert ("BK0",) == city.districts
    assert {60} == {station.cadence_s for station in city.stations}


def test_an_imported_city_cannot_reach_a_phone_and_leaves_approval_to_the_defaults(tmp_path: Path) -> None:
    run(tmp_path, [FLOOD])
    head = tomllib.loads((tmp_path / "out/2023-09-29/city/city.toml").read_text())
    assert (False, "dry-run", False) == (head["public"]["live"], head["sender"]["kind"], "approval" in head)


def test_automatic_release_is_only_on_request_and_marked(tmp_path: Path) -> None:
    run(tmp_path, [FLOOD], release=Release("drill", automatic=True))
    text = (tmp_path / "out/2023-09-29/city/city.toml").read_text()
    head = tomllib.loads(text)
    assert {"1", "2", "3", "4", "unconfirmed"} == set(head["approval"])
    assert ({"automatic"}, "drill") == (set(head["approval"].values()), head["public"]["cap_issuer"])
    assert "AUTOMATIC RELEASE" in text


def test_before_november_2021_stations_are_slow(tmp_path: Path) -> None:
    run(tmp_path, [{**FLOOD, "flood_start_time": "2021-09-02T00:11:58.000"}])
    assert [300] == [station.cadence_s for station in load_city(tmp_path / "out/2021-09-02/city").stations]


def test_a_dry_sensor_reads_zero_each_minute_all_storm_long(tmp_path: Path) -> None:
    run(tmp_path, [FLOOD], [SENSOR, DRY])
    dry = [row for row in observations(tmp_path / "out/2023-09-29") if row["station"] == "BK-dry-level"]
    assert 5 * 60 == len(dry)  # an hour before, four after
    assert {0} == {row["value"] for row in dry}


def test_observations_are_in_order_of_time(tmp_path: Path) -> None:
    run(tmp_path, [FLOOD], [SENSOR, DRY])
    times = [row["time"] for row in observations(tmp_path / "out/2023-09-29")]
    assert sorted(times) == times


LEFT_OUT: Mapping[str, dict[str, str]] = {
    "sensor_unknown": {**FLOOD, "sensor_id": "nobody"},
    "no_start_time": {**FLOOD, "flood_start_time": "soon"},
    "profile_unreadable": {**FLOOD, "flood_profile_time_secs": "[0, 60"},
    "profile_lists_differ_in_length": {**FLOOD, "flood_profile_time_secs": "[0]"},
    "no_water_in_profile": {**FLOOD, "flood_profile_depth_inches": "[0, 0, 0, 0, 0]"},
    "over_12_h": flood("2023-09-29T12:00:00", [0, 60, 43_201], [0, 2, 0]),
    "sensor_not_standing": {**FLOOD, "flood_start_time": "2019-09-29T12:00:00.000"},
}
OTHER = flood("2023-07-01T12:00:00", [0, 60, 120], [0, 3, 0])  # a clean one, in a storm of its own


@pytest.mark.parametrize("reason", LEFT_OUT)
def test_a_flood_that_cannot_be_used_is_left_out_with_its_reason(tmp_path: Path, reason: str) -> None:
    report = run(tmp_path, [LEFT_OUT[reason], OTHER])
    assert ({reason: 1}, 1, 2) == (report.left_out, report.kept, report.rows_read)


def test_a_repeated_flood_is_left_out(tmp_path: Path) -> None:
    assert {"repeats_another_flood": 1} == run(tmp_path, [FLOOD, FLOOD]).left_out


REMARKS: Mapping[str, dict[str, str]] = {
    "onset_after_the_end": {**FLOOD, "onset_time_mins": "1379016.5"},
    "maximum_is_not_the_profile's": {**FLOOD, "max_depth_inches": "99"},
    "end_is_not_the_profile's": {**FLOOD, "flood_end_time": "2023-09-29T15:00:00.000"},
    "starts_wet": {**FLOOD, "flood_profile_depth_inches": "[1, 5, 10, 4, 0]"},
    "ends_wet": {**FLOOD, "flood_profile_depth_inches": "[0, 5, 10, 4, 3]"},
    "gap_over_10_min": {**FLOOD, "flood_end_time": "2023-09-29T12:20:00.000", "flood_profile_time_secs": "[0, 60, 120, 180, 1200]"},
    "readings_dropped": {**FLOOD, "flood_profile_time_secs": "[0, 60, 120, 120, 240]"},
}


@pytest.mark.parametrize("remark", REMARKS)
def test_dirt_that_does_no_harm_is_kept_and_counted(tmp_path: Path, remark: str) -> None:
    report = run(tmp_path, [REMARKS[remark]])
    expected = {"maximum_is_not_the_profile's"} & set(report.remarks) | {remark}
    assert (1, expected) == (report.kept, set(report.remarks))


def test_nothing_is_made_up_inside_a_gap(tmp_path: Path) -> None:
    run(tmp_path, [REMARKS["gap_over_10_min"]])
    inside = [time for _, time in values(tmp_path / "out/2023-09-29") if "2023-09-29T12:03:00Z" < time < "2023-09-29T12:20:00Z"]
    assert [] == inside


def test_a_point_beside_a_flood_left_out_is_not_called_dry(tmp_path: Path) -> None:
    stuck = flood("2023-09-29T02:00:00", [0, 60, 90_000], [0, 2, 0], sensor_id="BK-dry")
    report = run(tmp_path, [FLOOD, stuck], [SENSOR, DRY])
    assert {"BK-dry": "over_12_h"} == report.recordings[0].low_points_left_out
    assert {STATION} == {station for station, _ in values(tmp_path / "out/2023-09-29")}


def test_only_sensors_that_stand_all_storm_long_are_in_the_city(tmp_path: Path) -> None:
    late = {**DRY, "date_installed": "2023-09-30T00:00:00.000"}
    gone = {**DRY, "sensor_id": "BK-gone", "date_removed": "2023-09-29T00:00:00.000"}
    assert 1 == run(tmp_path, [FLOOD], [SENSOR, late, gone]).recordings[0].low_points


def test_a_sensor_without_a_place_a_date_or_a_district_is_left_out_with_its_reason(tmp_path: Path) -> None:
    broken = [{**DRY, "latitude": ""}, {**DRY, "date_installed": "?"}, {**DRY, "nta": ""}, {**DRY, "tidally_influenced": ""}, SENSOR]
    expected = {"no_dates": 1, "no_id_or_district": 1, "no_place": 1, "repeats_another_sensor": 1, "tidal_or_not_is_unknown": 1}
    assert expected == run(tmp_path, [FLOOD], [SENSOR, *broken]).sensors_left_out


@pytest.mark.parametrize(("tidal", "points"), [("no", {"BK-ann"}), ("yes", {"BK-sea"}), ("all", {"BK-ann", "BK-sea"})])
def test_tidal_sensors_come_only_when_asked_for(tmp_path: Path, tidal: str, points: set[str]) -> None:
    sea = {**DRY, "sensor_id": "BK-sea", "tidally_influenced": "Yes"}
    run(tmp_path, [FLOOD, {**FLOOD, "sensor_id": "BK-sea"}], [SENSOR, sea], tidal=tidal)
    assert points == {point.low_point_id for point in load_city(tmp_path / "out/2023-09-29/city").low_points}


def test_every_row_is_kept_or_left_out_once(tmp_path: Path) -> None:
    report = run(tmp_path, [*LEFT_OUT.values(), OTHER, FLOOD], storm_dates=["2023-07-01"])
    assert report.rows_read == report.kept + sum(report.left_out.values())


def test_storms_can_be_chosen_by_time(tmp_path: Path) -> None:
    report = run(tmp_path, [OTHER, FLOOD], from_time=datetime(2023, 9, 1, tzinfo=UTC), to_time=datetime(2023, 10, 1, tzinfo=UTC))
    assert (["2023-09-29"], {"storm_not_asked_for": 1}) == ([made.name for made in report.recordings], report.left_out)


def test_a_storm_that_is_not_there_is_said_with_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(ImportProblem, match=r"2024-01-01.*2023-09-29"):
        run(tmp_path, [FLOOD], storm_dates=["2024-01-01"])


def test_a_table_of_another_kind_is_refused_with_what_it_lacks(tmp_path: Path) -> None:
    with pytest.raises(ImportProblem, match="lacks the columns sensor_name"):
        run(tmp_path, [FLOOD], [FLOOD])


def test_equal_tables_give_equal_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        run(tmp_path / name, [FLOOD, OTHER], [SENSOR, DRY])
    files = [path.relative_to(tmp_path / "a") for path in sorted((tmp_path / "a").rglob("*")) if path.is_file()]
    assert [(tmp_path / "a" / file).read_bytes() for file in files] == [(tmp_path / "b" / file).read_bytes() for file in files]
