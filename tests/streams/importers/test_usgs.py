"""A creek's gauges become one riverside low point."""

import gzip
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from streams.city.load import load_city
from streams.importers.problem import ImportProblem
from streams.importers.report import ImportReport
from streams.importers.usgs import import_usgs
from tests.streams.importers.tables import observations

RAIN, STAGE, FLOW = "Rain_Gage_354546078422045.csv.gz", "Creek_0208735460.csv.gz", "Creek_02087337.csv.gz"
FILES: Mapping[str, Sequence[str]] = {
    RAIN: ["2024-07-01 04:00:00,0.01", "2024-07-01 04:05:00,0.0"],
    STAGE: ["2024-07-01 04:00:00,2.0", "2024-07-01 04:05:00,6.0"],
    FLOW: ["2024-07-01 04:00:00,0.44"],
}
LEVEL_STATION, STAGE_STATION, RAIN_STATION = "usgs-0208735460-level", "usgs-0208735460-stage", "usgs-354546078422045-rain"


def write(folder: Path, files: Mapping[str, Sequence[str]]) -> list[Path]:
    for name, rows in files.items():
        (folder / name).write_bytes(gzip.compress("\n".join(["datetime,value", *rows, ""]).encode()))
    return [folder / name for name in files]


def run(folder: Path, files: Mapping[str, Sequence[str]] = FILES, road_stage_m: float | None = 1.0) -> ImportReport:
    return import_usgs(write(folder, files), folder / "out", road_stage_m=road_stage_m)


def told(folder: Path, station: str) -> list[tuple[str, float]]:
    return [(row["time"][11:16], row["value"]) for row in observations(folder / "out") if row["station"] == station]


def test_inches_of_rain_become_millimetres_of_a_period_of_five_minutes(tmp_path: Path) -> None:
    run(tmp_path)
    row = next(row for row in observations(tmp_path / "out") if row["kind"] == "rain")
    assert {"station": RAIN_STATION, "kind": "rain", "time": "2024-07-01T04:00:00Z", "value": 0.254, "period_s": 300} == row


def test_stage_stays_above_its_datum_and_depth_begins_at_the_road(tmp_path: Path) -> None:
    run(tmp_path)
    assert [("04:00", 0.6096), ("04:05", 1.8288)] == told(tmp_path, STAGE_STATION)
    assert [("04:00", 0), ("04:05", 0.8288)] == told(tmp_path, LEVEL_STATION)


def test_discharge_has_no_kind_and_is_left_out_in_counts(tmp_path: Path) -> None:
    report = run(tmp_path)
    assert ({"discharge_has_no_kind": 1}, 4, 5) == (report.left_out, report.kept, report.rows_read)


def test_the_city_is_one_riverside_point_that_loads(tmp_path: Path) -> None:
    run(tmp_path)
    city = load_city(tmp_path / "out/city")
    assert [("usgs-0208735460", "riverside")] == [(point.low_point_id, point.point_class) for point in city.low_points]
    kinds = {station.station_id: station.kind for station in city.stations}
    assert {LEVEL_STATION: "level", STAGE_STATION: "stage", RAIN_STATION: "rain"} == kinds


def test_a_rain_gauge_stands_where_its_site_number_says(tmp_path: Path) -> None:
    run(tmp_path)
    rain = next(station for station in load_city(tmp_path / "out/city").stations if station.kind == "rain")
    assert (-78.705556, 35.762778) == (rain.lon, rain.lat)


DIRT = {
    "no_value": "2024-07-01 04:10:00,",
    "time_goes_back_or_stands": "2024-07-01 04:05:00,2.2",
    "no_time": "later,2.2",
}


@pytest.mark.parametrize("reason", DIRT)
def test_dirty_rows_are_left_out_with_their_reason(tmp_path: Path, reason: str) -> None:
    report = run(tmp_path, {STAGE: [*FILES[STAGE], DIRT[reason]]})
    assert ({reason: 1}, 2) == (report.left_out, report.kept)


def test_the_code_for_a_gauge_that_is_out_is_no_value(tmp_path: Path) -> None:
    assert {"no_value": 1} == run(tmp_path, {STAGE: [*FILES[STAGE], "2024-07-01 04:10:00,-999999"]}).left_out


def test_rain_below_zero_is_left_out(tmp_path: Path) -> None:
    report = run(tmp_path, {STAGE: FILES[STAGE], RAIN: ["2024-07-01 04:00:00,-0.01"]})
    assert {"rain_below_zero": 1} == report.left_out


def test_missing_rows_are_not_filled(tmp_path: Path) -> None:
    run(tmp_path, {STAGE: ["2024-07-01 04:00:00,2.0", "2024-07-01 05:00:00,2.0"]})
    assert [("04:00", 0), ("05:00", 0)] == told(tmp_path, LEVEL_STATION)


def test_the_road_is_put_at_a_quantile_of_the_record_if_nothing_is_said(tmp_path: Path) -> None:
    rows = [f"2024-07-01 {hour:02}:{minute:02}:00,{10 if hour == 9 else 2}" for hour in range(10) for minute in range(0, 60, 5)]
    run(tmp_path, {STAGE: rows}, road_stage_m=None)
    text = json.loads((tmp_path / "out/city/low_points.geojson").read_text())
    assert 3.05 == text["features"][0]["properties"]["road_stage_m"]


def test_an_unknown_site_asks_what_it_measures(tmp_path: Path) -> None:
    with pytest.raises(ImportProblem, match="--kind 99999999="):
        run(tmp_path, {"Brook_99999999.csv": []})


def test_several_stage_files_ask_which_is_the_low_point(tmp_path: Path) -> None:
    files = write(tmp_path, {STAGE: FILES[STAGE], "Brook_99999999.csv.gz": FILES[STAGE]})
    with pytest.raises(ImportProblem, match="--low-point-file"):
        import_usgs(files, tmp_path / "out", kinds={"99999999": "stage"})
    report = import_usgs(files, tmp_path / "out", kinds={"99999999": "stage"}, low_point_file=STAGE, road_stage_m=1.0)
    assert (6, 1) == (report.recordings[0].readings, report.recordings[0].low_points)


def test_two_files_of_one_site_are_refused(tmp_path: Path) -> None:
    files = write(tmp_path, {STAGE: FILES[STAGE], "Other_0208735460.csv.gz": FILES[STAGE]})
    with pytest.raises(ImportProblem, match="twice"):
        import_usgs(files, tmp_path / "out", low_point_file=STAGE, road_stage_m=1.0)
