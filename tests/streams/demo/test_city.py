"""The committed demo city is what the generator gives, and keeps the contract of a city folder (DESIGN 4 and 8)."""

import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from shapely.geometry import Point, Polygon

from streams.demo import geojson
from streams.demo.city import FOLDER, make_city
from streams.demo.folder import Folder
from streams.demo.layout import DISTRICT_IDS, district_area, metres
from streams.demo.terrain import cell

LAYERS = ("roads.geojson", "water.geojson", "districts.geojson")
TEXT_FILES = ("city.toml", "storm.toml", "low_points.geojson", "stations.geojson", "zones.geojson", "shelters.geojson", *LAYERS)
MOST_BYTES = 1024 * 1024
COLOURS = {1: "#1f77d0", 2: "#ffe45c", 3: "#e0751a", 4: "#8f0d1d"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("city")
    make_city(out)
    return out


@pytest.fixture(scope="module")
def head() -> dict[str, Any]:
    return tomllib.loads((FOLDER / "city.toml").read_text(encoding="utf-8"))


def rows(name: str) -> list[dict[str, Any]]:
    return [feature["properties"] for feature in geojson.read(FOLDER / f"{name}.geojson")]


@pytest.mark.parametrize("name", TEXT_FILES)
def test_a_committed_text_file_equals_what_the_generator_gives(made: Path, name: str) -> None:
    assert (made / name).read_bytes() == (FOLDER / name).read_bytes(), "run `lowpoint make-demo city` and commit the folder"


def test_the_committed_terrain_equals_what_the_generator_gives_cell_by_cell(made: Path) -> None:
    with rasterio.open(made / "dem.tif") as fresh, rasterio.open(FOLDER / "dem.tif") as committed:
        assert (fresh.crs, fresh.transform) == (committed.crs, committed.transform)
        np.testing.assert_array_equal(fresh.read(1), committed.read(1))


def test_another_seed_gives_another_city(made: Path, tmp_path: Path) -> None:
    make_city(tmp_path, seed=52)
    assert (made / "low_points.geojson").read_bytes() != (tmp_path / "low_points.geojson").read_bytes()


def test_every_file_is_small_enough_to_commit() -> None:
    assert {} == {path.name: path.stat().st_size for path in FOLDER.iterdir() if path.stat().st_size >= MOST_BYTES}


def test_the_city_is_marked_a_demo_and_cannot_reach_a_phone(head: dict[str, Any]) -> None:
    assert (True, True) == (head["demo"], head["simulated"])
    assert (False, 3, "lowpoint-demo") == tuple(head["public"][key] for key in ("live", "text_from_level", "cap_issuer"))
    assert {"kind": "dry-run", "name": "演示防汛", "name_en": "Demo Flood Watch"} == head["sender"]
    assert {"1", "2", "3", "4", "unconfirmed"} == set(head["approval"])
    assert ["automatic"] * 4 == [head["approval"][level] for level in "1234"]
    assert "one" == head["approval"]["unconfirmed"]


def test_the_ladder_is_the_default_one(head: dict[str, Any]) -> None:
    assert [0.15, 0.27, 0.40, 0.60] == [level["depth_m"] for level in head["levels"]]
    assert COLOURS == {level["level"]: level["colour"] for level in head["levels"]}
    signals = [(signal["signal"], signal["rain_mm"], signal["hours"]) for signal in head["rain_signals"]]
    assert [("blue", 50, 12), ("yellow", 50, 6), ("orange", 50, 3), ("red", 100, 3)] == signals


def test_fifty_one_low_points_stand_in_ten_districts(head: dict[str, Any]) -> None:
    assert list(DISTRICT_IDS) == head["districts"]
    points = rows("low_points")
    assert 51 == len(points)
    assert set(DISTRICT_IDS) == {point["district_id"] for point in points}
    assert {"underpass", "sag", "riverside"} == {point["class"] for point in points}


@pytest.mark.parametrize(
    ("name", "key"), [("low_points", "low_point_id"), ("stations", "station_id"), ("zones", "zone_id"), ("shelters", "shelter_id")]
)
def test_ids_and_english_names_are_unique(name: str, key: str) -> None:
    ids = [row[key] for row in rows(name)]
    names = [row["name_en"] for row in rows(name) if "name_en" in row]
    assert len(ids) == len(set(ids))
    assert len(names) == len(set(names))


def test_every_station_watches_a_low_point_or_districts_that_exist() -> None:
    points = {point["low_point_id"] for point in rows("low_points")}
    for station in rows("stations"):
        assert station.get("low_point_id") in points or set(station["district_ids"]) <= set(DISTRICT_IDS), station
        assert station["cadence_s"] > 0


def test_there_are_stations_of_every_kind() -> None:
    kinds = Counter(station["kind"] for station in rows("stations"))
    assert {"level", "camera", "rain", "bureau", "stage", "pump", "reports"} == set(kinds)
    assert (51, 17, 12, 1) == tuple(kinds[kind] for kind in ("level", "camera", "rain", "bureau"))
    districts_with_reports = {d for s in rows("stations") if s["kind"] == "reports" for d in s.get("district_ids", ())}
    assert set(DISTRICT_IDS) == districts_with_reports


def test_each_low_point_has_one_level_sensor_of_a_minute_or_less() -> None:
    levels = [station for station in rows("stations") if station["kind"] == "level"]
    assert {1} == set(Counter(station["low_point_id"] for station in levels).values())
    assert {10, 60} == {station["cadence_s"] for station in levels}


def test_a_rain_gauge_serves_one_to_three_districts_and_every_district_has_one() -> None:
    gauges = [station for station in rows("stations") if station["kind"] == "rain"]
    assert all(1 <= len(gauge["district_ids"]) <= 3 for gauge in gauges)
    assert set(DISTRICT_IDS) == {district for gauge in gauges for district in gauge["district_ids"]}


def test_a_zone_lies_inside_its_district_and_apart_from_the_others() -> None:
    shapes: list[Polygon] = []
    for feature in geojson.read(FOLDER / "zones.geojson"):
        ring = feature["geometry"]["coordinates"][0]
        assert ring[0] == ring[-1]
        shape = Polygon([metres(*corner) for corner in ring])
        assert shape.is_valid
        assert district_area(feature["properties"]["district_id"]).contains(shape), feature["properties"]
        assert not any(shape.intersects(other) for other in shapes)
        shapes.append(shape)
    assert 102 == len(shapes)


def test_low_points_and_shelters_lie_inside_their_district() -> None:
    for feature in geojson.read(FOLDER / "low_points.geojson") + geojson.read(FOLDER / "shelters.geojson"):
        place = Point(*metres(*feature["geometry"]["coordinates"]))
        assert district_area(feature["properties"]["district_id"]).contains(place), feature["properties"]


def test_a_low_point_is_the_lowest_spot_of_its_hollow(folder: Folder) -> None:
    for point in folder.points:
        row, column = cell(point.x_m, point.y_m)
        around_m = folder.terrain[row - 5 : row + 6, column - 5 : column + 6]
        assert point.road_elevation_m == pytest.approx(around_m.min(), abs=0.005), point.low_point_id
        assert 1 == (around_m == around_m.min()).sum() or point.kind != "underpass"
