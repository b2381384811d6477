"""The demo city's map: roads that lead to every low point, water where nobody lives, districts that fill the plain."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest
from shapely import union_all
from shapely.geometry import LineString, Point, Polygon, shape

from streams.demo import geojson
from streams.demo.city import FOLDER
from streams.demo.folder import Folder
from streams.demo.layout import HEIGHT_M, WIDTH_M, metres
from streams.demo.river import BASE_STAGE_M
from streams.demo.terrain import cell

ROUNDING_M = 0.2


def drawn(name: str) -> list[tuple[Any, dict[str, Any]]]:
    """Shapes in metres from the city's origin, with their properties."""
    found = []
    for feature in geojson.read(FOLDER / f"{name}.geojson"):
        kind, places = feature["geometry"]["type"], feature["geometry"]["coordinates"]
        made = LineString([metres(*at) for at in places]) if kind == "LineString" else Polygon([metres(*at) for at in places[0]])
        found.append((made, feature["properties"]))
    return found


def test_every_low_point_lies_on_the_road_that_it_is_named_after() -> None:
    roads = {traits["name_en"]: line for line, traits in drawn("roads")}
    for feature in geojson.read(FOLDER / "low_points.geojson"):
        traits, place = feature["properties"], Point(*metres(*feature["geometry"]["coordinates"]))
        if traits["class"] == "riverside":
            named = [traits["name_en"].removesuffix(" embankment, land side") + " Road"]
        else:
            named = traits["name_en"].removesuffix(" railway underpass").split(" at ")
        assert [True] * len(named) == [roads[name].distance(place) < ROUNDING_M for name in named], traits["name_en"]


def test_every_road_has_both_names_and_no_two_share_one() -> None:
    roads = [traits for _, traits in drawn("roads")]
    for key in ("name", "name_en"):
        assert len(roads) == len({road[key] for road in roads if road[key]})
    assert {"main", "street"} == {road["class"] for road in roads}


def test_nobody_is_cut_off() -> None:
    roads = union_all([line.buffer(1) for line, _ in drawn("roads")])
    assert "Polygon" == roads.geom_type


def test_districts_fill_the_plain_and_do_not_overlap() -> None:
    districts = [area for area, _ in drawn("districts")]
    assert WIDTH_M * HEIGHT_M == pytest.approx(sum(area.area for area in districts), rel=1e-4)
    assert all(one.intersection(other).area < 1e4 * ROUNDING_M for one, other in combinations(districts, 2))


def test_water_lies_where_nobody_lives_and_no_road_runs_through_the_lake() -> None:
    dry = [Polygon([metres(*at) for at in feature["geometry"]["coordinates"][0]]) for feature in geojson.read(FOLDER / "zones.geojson")]
    dry += [
        Point(*metres(*shape(f["geometry"]).coords[0]))
        for name in ("low_points", "shelters")
        for f in geojson.read(FOLDER / f"{name}.geojson")
    ]
    waters = drawn("water")
    assert all(water.distance(place) > 5 for water, _ in waters for place in dry)
    lake = next(water for water, traits in waters if "Lake" in traits["name_en"])
    assert all(line.distance(lake) > 5 for line, _ in drawn("roads"))
    assert lake.area > 3e4


def test_the_river_stands_where_the_terrain_is_as_low_as_its_water(folder: Folder) -> None:
    river = next(water for water, traits in drawn("water") if "River" in traits["name_en"])
    for x_m in range(50, round(WIDTH_M), 100):
        inside_m = [y_m for y_m in range(0, 300, 5) if river.contains(Point(x_m, y_m + 2.5))]
        assert max(folder.terrain[cell(x_m, y_m + 2.5)] for y_m in inside_m) <= BASE_STAGE_M + 1.0
        assert folder.terrain[cell(x_m, max(inside_m) + 25)] > BASE_STAGE_M


def test_canals_end_in_the_river() -> None:
    waters = drawn("water")
    river = next(water for water, traits in waters if "River" in traits["name_en"])
    canals = [water for water, traits in waters if "Canal" in traits["name_en"]]
    assert [True, True] == [canal.intersects(river) for canal in canals]
