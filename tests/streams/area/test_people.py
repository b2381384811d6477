"""Who stands in which polygon, exactly, borders inside."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.area.people import Floats, Points

SIDE = 40


def patchwork(seed: int) -> list[shapely.Geometry]:
    """Polygons of whole coordinates: a hole, one that fills it, a neighbour that shares a border, one of two parts, an empty one."""
    random = np.random.default_rng(seed)
    areas = []
    for _ in range(random.integers(1, 6)):
        corners = random.integers(0, SIDE, (int(random.integers(4, 9)), 2))
        middle = corners.mean(axis=0)
        around = np.argsort(np.arctan2(*(corners - middle).T), kind="stable")
        area = shapely.Polygon(corners[around])
        if area.is_valid and area.area > 0:
            areas.append(area)
    x, y, width = (int(value) for value in random.integers(4, SIDE // 2, 3))
    ring, hole = shapely.box(x, y, x + width, y + width), shapely.box(x + 1, y + 1, x + width - 1, y + width - 1)
    right = shapely.Polygon([(x + width, y), (x + width + 7, y + 3), (x + width, y + width)])
    return [*areas, ring - hole, hole, right, shapely.MultiPolygon([shapely.box(0, 0, 2, 2), shapely.box(2, 2, 3, 5)]), shapely.Polygon()]


def somewhere(seed: int) -> tuple[Floats, Floats]:
    """Points on whole coordinates, where corners and borders are, and between them."""
    random = np.random.default_rng(seed + 1)
    lattice = random.integers(0, SIDE, (2, 400)).astype(float)
    free = random.uniform(0, SIDE, (2, 200))
    lon, lat = np.concatenate([lattice, free], axis=1)
    return lon, lat


def covered_by_hand(area: shapely.Geometry, x: int, y: int) -> bool:
    """In whole numbers: on a border, or with an odd number of borders to its right."""
    odd = False
    for ring in (ring for part in shapely.get_parts(area) for ring in (part.exterior, *part.interiors)):
        for (x0, y0), (x1, y1) in pairwise([(int(a), int(b)) for a, b in ring.coords]):
            turn = (x1 - x0) * (y - y0) - (y1 - y0) * (x - x0)
            if turn == 0 and min(x0, x1) <= x <= max(x0, x1) and min(y0, y1) <= y <= max(y0, y1):
                return True
            if (y0 > y) != (y1 > y):
                odd ^= (turn > 0) == (y1 > y0)
    return odd


@pytest.mark.parametrize("seed", range(100))
def test_inside_is_exact_against_every_point_asked_of_every_polygon(seed: int) -> None:
    areas, (lon, lat) = patchwork(seed), somewhere(seed)
    expected = [[n for n in range(len(lon)) if area.covers(shapely.Point(lon[n], lat[n]))] for area in areas]
    assert expected == [found.tolist() for found in Points(lon, lat).inside(areas)]


@pytest.mark.parametrize("seed", range(100))
def test_inside_is_exact_against_whole_numbers(seed: int) -> None:
    areas = [area for area in patchwork(seed) if area.is_valid]
    lon, lat = (values[:400] for values in somewhere(seed))
    expected = [[n for n in range(400) if covered_by_hand(area, int(lon[n]), int(lat[n]))] for area in areas]
    assert expected == [found.tolist() for found in Points(lon, lat).inside(areas)]


def test_the_random_points_lie_on_borders_as_well() -> None:
    lon, lat = somewhere(3)
    touched = [shapely.intersects_xy(area.boundary, lon, lat).sum() for area in patchwork(3)]
    assert 10 < sum(touched)


def test_whoever_stands_on_a_shared_border_stands_in_both() -> None:
    west, east = shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)
    points = Points(np.array([0.5, 1.0, 1.5, 1.0]), np.array([0.5, 0.5, 0.5, 2.0]))
    assert [[0, 1], [1, 2]] == [found.tolist() for found in points.inside([west, east])]


def test_a_hole_is_outside_and_its_edge_is_not() -> None:
    ring = shapely.box(0, 0, 9, 9) - shapely.box(3, 3, 6, 6)
    assert [[0, 2]] == [found.tolist() for found in Points(np.array([1.0, 4.0, 3.0]), np.array([1.0, 4.0, 4.0])).inside([ring])]


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(-180, 180), st.floats(-90, 90)), max_size=30), st.integers(0, 1000))
def test_two_areas_together_hold_who_either_holds(places: list[tuple[float, float]], seed: int) -> None:
    lon, lat = np.array(places, float).reshape(-1, 2).T
    first, second = (shapely.box(*corners).buffer(1) for corners in np.random.default_rng(seed).uniform(-90, 90, (2, 4)))
    one, other, both = Points(lon, lat).inside([first, second, shapely.MultiPolygon([first])])
    assert one.tolist() == both.tolist()
    assert set(one.tolist()) | set(other.tolist()) >= set(both.tolist())


def test_nobody_and_nowhere() -> None:
    none = np.zeros(0)
    assert [] == Points(none, none).inside([])
    assert [[]] == [found.tolist() for found in Points(none, none).inside([shapely.box(0, 0, 1, 1)])]
    assert [[], [0], []] == [
        found.tolist() for found in Points(np.ones(1), np.ones(1)).inside([shapely.Polygon(), shapely.box(0, 0, 1, 1), shapely.Polygon()])
    ]


def test_a_point_that_is_nowhere_is_refused() -> None:
    with pytest.raises(ValueError, match="finite"):
        Points(np.array([np.nan]), np.array([1.0]))
