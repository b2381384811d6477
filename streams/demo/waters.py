"""The waters of the demo city: the river along its south, two canals along borders of districts, and a lake in a park."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from random import Random

import shapely
from shapely.geometry import Point, Polygon

from streams.demo import geojson
from streams.demo.layout import HEIGHT_M, WIDTH_M, lonlat, ring
from streams.demo.names import CANALS, LAKE, RIVER, Name

Place = tuple[float, float]

CANALS_X_M = (2400.0, 4800.0)
WATERLINE_Y_M = 90.0
"""Where the bank of the terrain stands as high as the river does between storms."""
_BEYOND_M = 600.0  # the river neither begins nor ends at the edge of the city
_FAR_BANK_Y_M = -150.0
_STEP_M = 150.0
_LARGEST_M, _CLEAR_M = 170.0, 20.0


def make_lake(random: Random, around: Sequence[shapely.Geometry]) -> Polygon:
    """Dig a lake, in metres from the origin, in the north of the city where most room is between roads, houses and low points."""
    shapely.prepare(list(around))
    _, middle = max((_room_m(place, around), place) for place in _places())
    radius_m = min(_room_m(middle, around) - _CLEAR_M, _LARGEST_M)
    first, second = random.random() * 2 * math.pi, random.random() * 2 * math.pi
    corners = []
    for turn in range(48):
        angle = turn * math.pi / 24
        share = 0.84 + 0.1 * math.sin(2 * angle + first) + 0.06 * math.sin(3 * angle + second)
        corners.append((middle[0] + radius_m * share * math.cos(angle), middle[1] + radius_m * share * math.sin(angle)))
    return Polygon(corners)


def make_water(random: Random, lake: Polygon) -> list[geojson.Feature]:
    """Return river and lake as polygons, canals as lines."""
    waves = [random.random() * 2 * math.pi for _ in range(4)]
    near = [(x_m, WATERLINE_Y_M + 4 * math.sin(x_m / 420 + waves[0])) for x_m in _range(-_BEYOND_M, WIDTH_M + _BEYOND_M)]
    far = [(x_m, _FAR_BANK_Y_M + 18 * math.sin(x_m / 700 + waves[1])) for x_m in _range(-_BEYOND_M, WIDTH_M + _BEYOND_M)]
    canals = [
        [(x_m + 4 * math.sin(y_m / 300 + wave), y_m) for y_m in _range(WATERLINE_Y_M - 10, HEIGHT_M)]
        for x_m, wave in zip(CANALS_X_M, waves[2:], strict=True)
    ]
    return [
        geojson.polygon(ring([*near, *reversed(far)]), _named(RIVER)),
        *(geojson.line([lonlat(*place) for place in canal], _named(name)) for canal, name in zip(canals, CANALS, strict=True)),
        geojson.polygon(ring(list(lake.exterior.coords)), _named(LAKE)),
    ]


def _named(name: Name) -> dict[str, str]:
    return {"name": name.zh, "name_en": name.en}


def _range(first_m: float, last_m: float) -> list[float]:
    steps = math.ceil((last_m - first_m) / _STEP_M)
    return [first_m + (last_m - first_m) * step / steps for step in range(steps + 1)]


def _places() -> Iterator[Place]:
    for x_m in range(100, round(WIDTH_M), 25):
        for y_m in range(round(HEIGHT_M / 2) + 100, round(HEIGHT_M), 25):
            yield float(x_m), float(y_m)


def _room_m(place: Place, around: Sequence[shapely.Geometry]) -> float:
    """Distance to the nearest thing; whole decimetres, so that the choice hangs on no last digit."""
    return float(round(shapely.distance(Point(place), list(around)).min(), 1))
