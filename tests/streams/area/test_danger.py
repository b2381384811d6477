"""The danger area now and in half an hour, with the zones and the people in it."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs
from shapely.geometry import shape

from streams.area.addresses import Addresses
from streams.area.danger import Area, DangerAreas, Outlook, feature_collection
from streams.city.load import load_city
from streams.city.model import City, Zone
from streams.city.reach import Reach
from streams.rules.outputs import LEAD_MIN, QUANTILES
from tests.streams.area.grounds import middle_of, terrain
from tests.streams.towns import METRES, square, town

DEMO = Path(__file__).resolve().parents[3] / "config" / "cities" / "demo"
AHEAD = Outlook(0.2, LEAD_MIN, {"0.5": (0.25, 0.3, 0.28, 0.9, 0.9, 0.9), "0.9": (0.3, 0.5, 0.7, 1.5, 1.5, 1.5)})
LON, LAT = 113.6, 34.7


def addresses_at(*places: tuple[float, float], people: tuple[int, ...] = ()) -> Addresses:
    lon, lat = np.array(places, float).reshape(-1, 2).T
    counts = np.array(people or (1,) * len(places), np.int64)
    return Addresses(tuple(f"A{n}" for n in range(len(places))), lon, lat, counts, np.full(len(places), np.nan))


def north_m(metres: float) -> tuple[float, float]:
    return LON, LAT + metres * METRES


def depths(areas: tuple[Area, ...]) -> list[tuple[str, str | None, float]]:
    return [(area.when, area.quantile, area.depth_m) for area in areas]


# which water


def test_now_and_the_highest_of_the_next_half_hour() -> None:
    assert [("now", None, 0.2), ("30 min", "0.5", 0.3), ("30 min", "0.9", 0.7)] == depths(DangerAreas(town()).of("P0", AHEAD))


def test_water_that_falls_is_still_to_be_left() -> None:
    falling = Outlook(0.6, (5, 15, 30), {"0.5": (0.5, 0.4, 0.3), "0.9": (0.7, 0.6, 0.5)})
    assert [0.6, 0.6, 0.7] == [depth_m for _, _, depth_m in depths(DangerAreas(town()).of("P0", falling))]


def test_unknown_is_not_dry() -> None:
    unknown = Outlook(None, AHEAD.lead_min, AHEAD.depth_m)
    assert [("30 min", "0.5", 0.3), ("30 min", "0.9", 0.7)] == depths(DangerAreas(town()).of("P0", unknown))
    assert [("now", None, 0.2)] == depths(DangerAreas(town()).of("P0", Outlook(0.2)))
    assert () == DangerAreas(town()).of("P0", Outlook(None))


def test_a_dry_point_has_an_empty_area() -> None:
    (area,) = DangerAreas(town(), addresses_at((LON, LAT))).of("P0", Outlook(0.0))
    assert (True, 0, ()) == (area.geometry.is_empty, area.people, area.zones)


@settings(deadline=None)
@given(st.lists(st.floats(0, 2), min_size=7, max_size=7))
def test_each_quantile_may_be_asked_for_and_its_area_grows_with_it(depth_m: list[float]) -> None:
    forecast = {name: [value] * len(LEAD_MIN) for name, value in zip(QUANTILES, sorted(depth_m), strict=True)}
    areas = DangerAreas(town()).of("P0", Outlook(None, LEAD_MIN, forecast), QUANTILES)
    assert list(QUANTILES) == [area.quantile for area in areas]
    for lower, higher in pairwise(areas):
        assert lower.geometry.is_empty or higher.geometry.covers(lower.geometry)


# without terrain


def test_without_terrain_people_are_counted_in_a_disc_of_their_band() -> None:
    here = addresses_at(north_m(50), north_m(80), north_m(140), north_m(160), people=(1, 20, 300, 4000))
    now, likely, reckoned = DangerAreas(town(), here).of("P0", AHEAD)
    # bands up to 0.27, 0.40 and 1.2 m: 71, 87 and 150 m
    assert (1, 21, 321) == (now.people, likely.people, reckoned.people)
    assert {"distance"} == {now.basis, likely.basis, reckoned.basis}
    assert reckoned.addresses is not None
    assert [0, 1, 2] == reckoned.addresses.tolist()


def test_a_city_without_addresses_does_not_say_that_nobody_is_inside() -> None:
    areas = DangerAreas(town()).of("P0", AHEAD)
    assert {None} == {area.people for area in areas} | {zone.people for area in areas for zone in area.zones}
    assert DangerAreas(town()).people_in(areas) is None


def test_zones_of_the_own_district_are_cut_with_the_area() -> None:
    zones = (Zone("far", "D1", square(LON, LAT + 1000 * METRES)), Zone("near", "D1", square(LON, LAT + 90 * METRES)))
    other = Zone("other", "D2", square(LON, LAT))
    city = structs.replace(town(), zones=(*zones, other), districts=("D1", "D2"))
    here = addresses_at(north_m(20), north_m(60), north_m(100), people=(1, 20, 300))
    reckoned = DangerAreas(city, here).of("P0", AHEAD)[2]
    (touched,) = reckoned.zones
    assert ("near", 320) == (touched.zone_id, touched.people)
    assert 321 == reckoned.people
    assert 0.95 < touched.share < 1.0
    small = DangerAreas(city, here).of("P0", AHEAD)[0].zones[0]
    assert 0.2 < small.share < 0.35
    assert 20 == small.people


def test_a_zone_that_the_area_only_touches_has_no_share() -> None:
    area = shapely.get_parts(DangerAreas(town()).of("P0", Outlook(0.2))[0].geometry)[0]
    west, _, east, north = area.bounds
    beside = shapely.box(west, north, east, north + 0.001)
    city = structs.replace(town(), zones=(Zone("beside", "D1", shapely.geometry.mapping(beside)),))
    assert [("beside", 0.0)] == [(zone.zone_id, zone.share) for zone in DangerAreas(city).of("P0", Outlook(0.2))[0].zones]


def test_a_zone_drawn_as_a_bow_tie_does_not_stop_the_rest() -> None:
    d = 30 * METRES
    ring = [(LON - d, LAT - d), (LON + d, LAT + d), (LON + d, LAT - d), (LON - d, LAT + d), (LON - d, LAT - d)]
    city = structs.replace(town(), zones=(Zone("tie", "D1", {"type": "Polygon", "coordinates": [ring]}),))
    (touched,) = DangerAreas(city).of("P0", Outlook(0.2))[0].zones
    assert 1.0 == pytest.approx(touched.share)


def test_a_zone_without_ground_has_no_share() -> None:
    line = {"type": "LineString", "coordinates": [north_m(0), north_m(500)]}
    city = structs.replace(town(), zones=(Zone("line", "D1", line),))
    assert [0.0] == [zone.share for zone in DangerAreas(city).of("P0", Outlook(0.2))[0].zones]


def test_people_in_several_areas_are_counted_once() -> None:
    here = addresses_at(north_m(0), north_m(100), people=(1, 20))
    danger = DangerAreas(town(2, apart_m=100.0), here)
    areas = [danger.of(name, Outlook(0.7))[0] for name in ("P0", "P1")]
    assert [21, 21] == [area.people for area in areas]
    assert 21 == danger.people_in(areas)
    assert 0 == danger.people_in([])


# with terrain


def stepped_town(folder: Path) -> City:
    """A terrain whose ground rises to the north by 0.1 m every row of 5 m, with the low point in its last row."""
    heights = np.repeat(np.linspace(2.0, 0.0, 21)[:, None], 21, axis=1)
    ground = terrain(heights)
    profile = {"driver": "GTiff", "width": 21, "height": 21, "count": 1, "dtype": "float32", "crs": ground.crs, "transform": ground.affine}
    with rasterio.open(folder / "dem.tif", "w", **profile) as file:
        file.write(ground.height_m, 1)
    lon, lat = middle_of(ground, 20, 10)
    point = structs.replace(town().low_points[0], lon=lon, lat=lat)
    return structs.replace(town(), folder=str(folder), low_points=(point,), zones=(Zone("Z", "D1", square(lon, lat, 12.0)),))


def test_with_terrain_people_are_counted_in_the_cells_under_water(tmp_path: Path) -> None:
    city, ground = stepped_town(tmp_path), terrain(np.zeros((21, 21)))
    here = addresses_at(*(middle_of(ground, row, 3) for row in range(21)))
    areas = DangerAreas(city, here).of("P0", Outlook(0.25, (5, 15, 30), {"0.5": (0.3, 0.55, 0.4), "0.9": (0.3, 0.75, 0.95)}))
    # rows at 0, 0.1, 0.2 m and so on
    assert [3, 6, 10] == [area.people for area in areas]
    assert {"terrain"} == {area.basis for area in areas}
    ids = [[] if area.addresses is None else area.addresses.tolist() for area in areas]
    assert [list(range(18, 21)), list(range(15, 21)), list(range(11, 21))] == ids


def test_the_share_of_a_zone_is_that_of_its_ground(tmp_path: Path) -> None:
    (touched,) = DangerAreas(stepped_town(tmp_path)).of("P0", Outlook(0.15))[0].zones
    # two rows of cells and all that lies south of the terrain is dry: 10 m of a zone of 24 m
    assert 10 / 24 == pytest.approx(touched.share, abs=0.02)


def test_a_point_off_the_terrain_falls_back_to_a_disc(tmp_path: Path) -> None:
    city = stepped_town(tmp_path)
    away = structs.replace(city.low_points[0], lon=113.9)
    (area,) = DangerAreas(structs.replace(city, low_points=(away,))).of("P0", Outlook(0.7))
    assert "distance" == area.basis
    assert not area.geometry.is_empty


@pytest.fixture(scope="module")
def demo() -> City:
    return load_city(DEMO)


def test_in_the_demo_city_water_touches_the_zones_that_its_level_warns(demo: City) -> None:
    """A warning answers to the upper edge of a level's band, so it has every zone that the water of the band touches."""
    danger, reach = DangerAreas(demo), Reach(demo)
    touched_at_all = 0
    for point in demo.low_points:
        zones = tuple(zone for zone in demo.zones if zone.district_id == point.district_id)
        from_level = dict(zip((zone.zone_id for zone in zones), reach.from_level(zones, (point,))[:, 0].tolist(), strict=True))
        for level, depth_m in ((1, 0.26), (2, 0.39), (3, 0.59), (4, 1.19)):
            touched = {zone.zone_id for zone in danger.of(point.low_point_id, Outlook(depth_m))[0].zones}
            assert touched <= {name for name, least in from_level.items() if least <= level}
            touched_at_all += len(touched)
    assert touched_at_all > 100


# GeoJSON


def test_it_is_written_as_a_feature_collection(tmp_path: Path) -> None:
    here = addresses_at(*(middle_of(terrain(np.zeros((21, 21))), row, 10) for row in range(21)), people=(2,) * 21)
    areas = DangerAreas(stepped_town(tmp_path), here).of("P0", AHEAD)
    document: dict[str, Any] = json.loads(json.dumps(feature_collection(areas), allow_nan=False))
    assert "FeatureCollection" == document["type"]
    first, _, last = (feature["properties"] for feature in document["features"])
    assert {"low_point": "P0", "quantile": None, "when": "now", "depth_m": 0.2, "people": 6, "basis": "terrain"}.items() <= first.items()
    assert {"low_point": "P0", "quantile": 0.9, "when": "30 min", "depth_m": 0.7, "people": 16}.items() <= last.items()
    assert [{"zone_id": "Z", "share": pytest.approx(0.597, abs=0.02), "people": 6}] == last["zones"]
    assert "A1" not in json.dumps(document)


def test_who_counts_the_people_in_the_written_polygon_finds_the_same(demo: City) -> None:
    random = np.random.default_rng(7)
    near = [(point.lon + dx, point.lat + dy) for point in demo.low_points for dx, dy in random.normal(0, 0.001, (200, 2))]
    here = addresses_at(*near)
    danger = DangerAreas(demo, here)
    for point in demo.low_points[:10]:
        areas = danger.of(point.low_point_id, AHEAD)
        for area, feature in zip(areas, feature_collection(areas)["features"], strict=True):
            written = shape(json.loads(json.dumps(feature["geometry"])))
            assert shapely.intersects_xy(written, here.lon, here.lat).sum() == area.people == feature["properties"]["people"]
        assert (areas[2].people or 0) > 0
