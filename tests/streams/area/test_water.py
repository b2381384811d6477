"""Water stands in the cells at or below its surface that hang together with the low point, and nowhere else."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.area.water import Water, first_reached, flooded
from streams.city.terrain import MARGIN_M, Terrain
from tests.streams.area.grounds import Bools, flooded_by_hand, middle_of, random_terrain, terrain

DEPTHS_M = (0.4, 0.05, 0.0, 0.1, 1.2, 0.4, 0.27, 3.0)


def whole(ground: Terrain, water: Water, number: int) -> Bools:
    """The wet cells of a window in the whole terrain."""
    wet, cells = np.zeros(ground.height_m.shape, bool), water.wet(number)
    wet[water.top : water.top + cells.shape[0], water.left : water.left + cells.shape[1]] = cells
    return wet


@pytest.mark.parametrize("seed", range(100))
def test_no_cell_differs_from_brute_force(seed: int) -> None:
    ground, row, column = random_terrain(seed)
    water = flooded(ground, *middle_of(ground, row, column), DEPTHS_M)
    for number, depth_m in enumerate(DEPTHS_M):
        np.testing.assert_array_equal(flooded_by_hand(ground, row, column, depth_m), whole(ground, water, number), f"{depth_m} m")


@pytest.mark.parametrize("seed", range(100, 120))
def test_the_zones_of_a_city_are_reached_by_the_same_water(seed: int) -> None:
    ground, row, column = random_terrain(seed)
    lon, lat = middle_of(ground, row, column)
    for number, depth_m in enumerate(DEPTHS_M):
        if depth_m > 0:
            np.testing.assert_array_equal(ground.flooded(lon, lat, depth_m)[0], flooded(ground, lon, lat, DEPTHS_M).wet(number))


def test_the_random_terrains_are_neither_all_wet_nor_all_dry() -> None:
    shares = [flooded_by_hand(*random_terrain(seed), 0.4).mean() for seed in range(100)]
    assert 50 < sum(0.01 < share < 0.99 for share in shares)


@settings(deadline=None)
@given(st.integers(0, 10_000), st.lists(st.floats(-0.5, 4.0), min_size=2, max_size=7))
def test_the_area_grows_with_depth(seed: int, depths_m: list[float]) -> None:
    ground, row, column = random_terrain(seed)
    depths_m.sort()
    water = flooded(ground, *middle_of(ground, row, column), depths_m)
    for number in range(len(depths_m) - 1):
        assert not (water.wet(number) & ~water.wet(number + 1)).any()


@settings(deadline=None)
@given(st.integers(0, 10_000), st.floats(0.01, 4.0))
def test_water_has_a_height_and_lies_under_its_surface(seed: int, depth_m: float) -> None:
    ground, row, column = random_terrain(seed)
    wet = whole(ground, flooded(ground, *middle_of(ground, row, column), (depth_m,)), 0)
    nine = ground.height_m[max(row - 1, 0) : row + 2, max(column - 1, 0) : column + 2]
    assert wet.any()
    assert (ground.height_m[wet] <= np.float32(float(np.nanmin(nine)) + depth_m)).all()


def test_several_depths_give_what_each_gives_alone() -> None:
    ground, row, column = random_terrain(4)
    place = middle_of(ground, row, column)
    together = flooded(ground, *place, DEPTHS_M)
    for number, depth_m in enumerate(DEPTHS_M):
        np.testing.assert_array_equal(flooded(ground, *place, (depth_m,)).wet(0), together.wet(number))


def test_water_goes_over_a_corner_but_not_over_a_gap() -> None:
    ground = terrain([[0, 9, 9, 9], [9, 0, np.nan, 0], [9, 9, np.nan, 0]])
    expected = [[True, False, False, False], [False, True, False, False], [False, False, False, False]]
    assert expected == flooded(ground, *middle_of(ground, 0, 0), (0.5,)).wet(0).tolist()


def test_a_point_recorded_beside_the_lowest_ground_still_has_water() -> None:
    ground = terrain([[5, 5, 5], [5, 1.0, 0.0], [5, 5, 0.3]])
    wet = flooded(ground, *middle_of(ground, 1, 1), (0.4,)).wet(0)
    assert [(1, 2), (2, 2)] == [(int(row), int(column)) for row, column in np.argwhere(wet)]


@pytest.mark.parametrize(("row", "column"), [(-0.6, 1), (1, -0.6), (3.1, 1), (1, 3.1), (-5000, 1)])
def test_a_point_outside_the_terrain_has_no_water(row: float, column: float) -> None:
    ground = terrain(np.zeros((3, 3)))
    assert not flooded(ground, *middle_of(ground, row, column), (2.0,)).wet(0).any()
    assert not ground.flooded(*middle_of(ground, row, column), 2.0)[0].any()


@pytest.mark.parametrize(("lon", "lat"), [(0.0, 0.0), (-67.0, -34.7), (200.0, 95.0), (float("nan"), 1.0)])
def test_a_point_on_the_other_side_of_the_earth_has_no_water(lon: float, lat: float) -> None:
    assert not flooded(terrain(np.zeros((3, 3))), lon, lat, (2.0,)).wet(0).any()


def test_a_point_without_a_height_has_no_water() -> None:
    ground = terrain([[0, 0, 0], [0, np.nan, 0], [0, 0, 0]])
    assert not flooded(ground, *middle_of(ground, 1, 1), (2.0,)).wet(0).any()


def test_dry_and_unknown_depths_have_no_water() -> None:
    ground = terrain(np.zeros((3, 3)))
    water = flooded(ground, *middle_of(ground, 1, 1), (0.0, -0.2, float("nan"), 0.001))
    assert [0, 0, 0, 9] == [int(water.wet(number).sum()) for number in range(4)]


def test_water_is_followed_no_further_than_the_margin() -> None:
    ground = terrain(np.zeros((5, 401)))
    wet = whole(ground, flooded(ground, *middle_of(ground, 2, 200), (0.5,)), 0)
    reach = round(MARGIN_M / 5)
    assert (200 - reach, 200 + reach) == (int(np.flatnonzero(wet[2])[0]), int(np.flatnonzero(wet[2])[-1]))


def test_the_lowest_surface_that_reaches_a_cell_is_the_one_over_the_rim_on_the_way() -> None:
    height_m = np.array([[0.0, 0.5, 0.1, 0.9, 0.2]], np.float32)
    surfaces_m = np.array([0.3, 0.6, 1.0], np.float32)
    assert [[0, 1, 1, 2, 2]] == first_reached(height_m, (0, 0), surfaces_m).tolist()
