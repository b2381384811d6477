"""Polygons hold every wet cell and no other, are valid GeoJSON, and without terrain grow with the level."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod, Transformer
from rasterio import Affine
from shapely.geometry import shape

from streams.area.polygons import band_radius_m, disc, geojson, on_earth, outline, under_water, union
from streams.area.water import flooded
from streams.city import defaults
from streams.city.model import Level
from streams.city.terrain import Terrain
from tests.streams.area.grounds import CRS, Bools, middle_of, random_terrain, terrain

LEVELS = defaults.LEVELS
SEEDS = st.integers(0, 10_000)
NORTH_UP = Affine(5.0, 0, 738_000, 0, -5.0, 3_845_000)


def speckles(seed: int) -> Bools:
    """Cells at random: holes, islands in holes, and cells that touch at corners."""
    random = np.random.default_rng(seed)
    return np.asarray(random.random(tuple(random.integers(1, 25, 2))) < random.uniform(0, 1))


def middles(wet: Bools, affine: Affine) -> tuple[np.ndarray, np.ndarray]:
    rows, columns = np.indices(wet.shape)
    x, y = affine @ (columns.ravel() + 0.5, rows.ravel() + 0.5)
    return np.asarray(x), np.asarray(y)


def orientation(part: shapely.Geometry) -> list[bool]:
    """Whether each ring runs counter-clockwise, the outer one first."""
    return [ring.is_ccw for ring in (part.exterior, *part.interiors)]


@settings(deadline=None)
@given(SEEDS)
def test_the_outline_holds_every_wet_cell_and_no_other(seed: int) -> None:
    wet = speckles(seed)
    area = outline(wet, NORTH_UP)
    assert area.is_valid
    assert 25.0 * wet.sum() == pytest.approx(area.area)
    assert wet.ravel().tolist() == shapely.contains_xy(area, *middles(wet, NORTH_UP)).tolist()


@settings(deadline=None)
@given(SEEDS, st.sampled_from([1.0, 5.0, 30.0]))
def test_on_earth_it_still_holds_them_and_is_valid_and_rounded(seed: int, cell_m: float) -> None:
    wet = speckles(seed)
    affine = Affine(cell_m, 0, 738_000, 0, -cell_m, 3_845_000)
    area = on_earth(outline(wet, affine), CRS)
    assert area.is_valid
    lon, lat = Transformer.from_crs(CRS, "EPSG:4326", always_xy=True).transform(*middles(wet, affine))
    assert wet.ravel().tolist() == shapely.contains_xy(area, lon, lat).tolist()
    text = json.dumps(geojson(area))
    assert all(
        len(number.partition(".")[2]) <= 6 for number in text.replace("[", " ").replace("]", " ").replace(",", " ").split() if "." in number
    )
    assert shape(json.loads(text)).equals(area)


@settings(deadline=None)
@given(SEEDS)
def test_outer_rings_run_counter_clockwise_and_holes_clockwise(seed: int) -> None:
    for part in shapely.get_parts(on_earth(outline(speckles(seed), NORTH_UP), CRS)):
        outer, *holes = orientation(part)
        assert outer
        assert not any(holes)


def test_a_hole_is_kept() -> None:
    wet = np.ones((3, 3), bool)
    wet[1, 1] = False
    polygons = geojson(on_earth(outline(wet, NORTH_UP), CRS))["coordinates"]
    assert [2] == [len(rings) for rings in polygons]


@settings(deadline=None)
@given(SEEDS)
def test_the_polygon_is_the_window_at_its_own_place_in_the_terrain(seed: int) -> None:
    ground, row, column = random_terrain(seed)
    inset = Terrain(np.pad(ground.height_m, 180, constant_values=50.0), ground.affine @ Affine.translation(-180, -180), CRS, 5.0)
    place = middle_of(ground, row, column)
    shifted = flooded(inset, *place, (0.5,))
    assert shifted.top > 0
    assert under_water(inset, shifted, 0).equals(under_water(ground, flooded(ground, *place, (0.5,)), 0))


def test_corners_are_saved_along_straight_shores() -> None:
    assert 5 == shapely.get_num_coordinates(on_earth(outline(np.ones((30, 30), bool), NORTH_UP), CRS))


def test_nothing_is_drawn_outside_the_raster() -> None:
    ground = terrain(np.zeros((7, 9)))
    area = under_water(ground, flooded(ground, *middle_of(ground, 3, 3), (9.0,)), 0)
    to_earth = Transformer.from_crs(CRS, "EPSG:4326", always_xy=True).transform
    raster = shapely.transform(shapely.box(738_000, 3_845_000 - 35, 738_045, 3_845_000), to_earth, interleaved=False)
    assert area.within(raster.buffer(1.5e-6))
    assert raster.area == pytest.approx(area.area, rel=0.02)


@settings(deadline=None)
@given(st.lists(SEEDS, max_size=4))
def test_a_union_holds_what_any_part_holds(seeds: list[int]) -> None:
    parts = [on_earth(outline(speckles(seed), NORTH_UP), CRS) for seed in seeds]
    area = union(parts)
    assert area.is_valid
    lon, lat = Transformer.from_crs(CRS, "EPSG:4326", always_xy=True).transform(*middles(np.zeros((25, 25), bool), NORTH_UP))
    expected = np.zeros(625, bool)
    for part in parts:
        expected |= shapely.contains_xy(part, lon, lat)
    assert expected.tolist() == shapely.contains_xy(area, lon, lat).tolist()


def test_a_disc_has_its_radius_in_every_direction() -> None:
    area = disc(113.6, 34.7, 150.0)
    corners = shapely.get_coordinates(area)
    metres = Geod(ellps="WGS84").inv(np.full(len(corners), 113.6), np.full(len(corners), 34.7), *corners.T)[2]
    assert 65 == len(corners)
    np.testing.assert_allclose(metres, 150.0, atol=0.1)
    assert [True] == orientation(shapely.get_parts(area)[0])


def test_a_dry_point_has_no_disc() -> None:
    assert disc(113.6, 34.7, band_radius_m(LEVELS, 0.0)).is_empty
    assert disc(113.6, 34.7, band_radius_m(LEVELS, float("nan"))).is_empty


def test_discs_go_by_the_upper_edge_of_their_band() -> None:
    expected = [150 * math.sqrt(edge_m / 1.2) for edge_m in (0.15, 0.27, 0.40, 0.60, 1.2)]
    assert expected == pytest.approx([band_radius_m(LEVELS, depth_m) for depth_m in (0.01, 0.15, 0.27, 0.59, 0.60)])
    assert 150 == band_radius_m(LEVELS, 9.0)


@given(st.lists(st.floats(0.05, 3.0), min_size=1, max_size=4, unique=True), st.floats(0, 5), st.floats(0, 5))
def test_discs_grow_with_depth_up_to_where_zones_answer(edges_m: list[float], first_m: float, second_m: float) -> None:
    ladder = [Level(number, edge_m) for number, edge_m in enumerate(sorted(edges_m), start=1)]
    low, high = (band_radius_m(ladder, depth_m) for depth_m in sorted((first_m, second_m)))
    assert 0 <= low <= high <= 150


def test_an_empty_area_is_a_multipolygon_too() -> None:
    assert {"type": "MultiPolygon", "coordinates": []} == geojson(on_earth(outline(np.zeros((3, 3), bool), NORTH_UP), CRS))


def test_rounded_to_cells_of_its_own_size_an_area_stays_valid() -> None:
    """Corners that fall together when rounded one by one would make a ring cross itself."""
    wet = np.random.default_rng(5).random((60, 60)) < 0.6
    area = on_earth(outline(wet, Affine(0.06, 0, 738_000, 0, -0.06, 3_845_000)), CRS)
    assert area.is_valid
    assert not area.is_empty
