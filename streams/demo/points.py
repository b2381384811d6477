"""The 51 low points of the demo city: where each lies, what its hollow looks like and what drains into it."""

import math
from dataclasses import dataclass
from random import Random

from streams.demo.layout import DISTRICT_IDS, WIDTH_M, district_area, is_beside_river
from streams.demo.names import ROOTS, Name, low_point_name

CELL_M = 5.0
COUNT = 51
APART_M = 380.0  # so that no hollow runs into the next one
_MARGIN_M = 190.0  # to the border of the district: what a low point floods stays in it

# The depth each point would reach under the nominal burst below: a few stay dry, half close the road, a good dozen need an evacuation.
_TARGETS_M = (
    0.01, 0.01, 0.01, 0.02, 0.02, 0.02, 0.03, 0.03, 0.03, 0.04, 0.05, 0.06, 0.08, 0.09, 0.10, 0.11, 0.12,
    0.13, 0.14, 0.15, 0.16, 0.17, 0.18, 0.19, 0.20, 0.23, 0.26, 0.29, 0.32, 0.35, 0.38, 0.41, 0.44, 0.46,
    0.48, 0.50, 0.53, 0.57, 0.62, 0.66, 0.70, 0.74, 0.78, 0.82, 0.86, 0.90, 0.94, 0.98, 1.02, 1.06, 1.10,
)  # fmt: skip
_BURST_MM_H, _BURST_H = 240.0, 100 / 60  # a triangle of rain, only to give every point a catchment of a believable size


@dataclass(frozen=True)
class Hollow:
    """A bowl, elliptic and parabolic: `depth_m` below the ground around it, with half axes at that height."""

    depth_m: float
    half_length_m: float
    half_width_m: float
    angle_rad: float

    def reach_m(self, water_m: float, bearing_rad: float) -> float:
        """Return how far water that stands `water_m` deep reaches from the lowest spot in one direction."""
        turn = bearing_rad - self.angle_rad
        per_metre = math.hypot(math.cos(turn) / self.half_length_m, math.sin(turn) / self.half_width_m)
        return math.sqrt(water_m / self.depth_m) / per_metre

    def volume_m3(self, water_m: float) -> float:
        """Return what the bowl holds: the integral of pi a b h / depth."""
        return math.pi * self.half_length_m * self.half_width_m * water_m**2 / (2 * self.depth_m)


@dataclass(frozen=True)
class LowPoint:
    """One low point; x_m and y_m from the city's origin, the catchment as the city's records have it."""

    low_point_id: str
    root: Name
    name: Name
    kind: str
    district_id: str
    x_m: float
    y_m: float
    hollow: Hollow
    catchment_ha: float
    impervious_share: float
    drain_mm_h: float


def make_low_points(random: Random) -> list[LowPoint]:
    """Draw all low points, district by district."""
    kinds = _kinds(random)
    targets_m = list(_TARGETS_M)
    random.shuffle(targets_m)
    roots = list(ROOTS)
    random.shuffle(roots)
    points: list[LowPoint] = []
    for index in range(COUNT):
        district_id = DISTRICT_IDS[index * len(DISTRICT_IDS) // COUNT]
        kind = kinds[district_id].pop()
        x_m, y_m = _place(random, district_id, kind, points)
        name = low_point_name(kind, roots[index], roots[(index + 7) % COUNT])
        hollow = _hollow(random, kind)
        impervious, drain_mm_h, catchment_ha = _catchment(random, hollow, targets_m[index] * (1.4 if kind == "underpass" else 1))
        points.append(
            LowPoint(f"LP{index + 1:02d}", roots[index], name, kind, district_id, x_m, y_m, hollow, catchment_ha, impervious, drain_mm_h)
        )
    return points


def _kinds(random: Random) -> dict[str, list[str]]:
    """Give every district its underpasses and sags, and one or two riverside points where there is a river."""
    kinds: dict[str, list[str]] = {}
    for number, district_id in enumerate(DISTRICT_IDS):
        few = ["underpass"] * (2 if number % 2 else 1) + (["riverside"] * (1 + number % 2) if is_beside_river(district_id) else [])
        rest = few + ["sag"] * (6 - len(few))
        random.shuffle(rest)
        # the districts hold five or six points: what must be there is moved to the end, where it is taken from
        kinds[district_id] = sorted(rest, key=lambda kind: kind != "sag")
    return kinds


def _place(random: Random, district_id: str, kind: str, placed: list[LowPoint]) -> tuple[float, float]:
    """Throw darts until one lands far enough from the others; the centre of a terrain cell, so that the cell is the lowest."""
    west_m, south_m, east_m, north_m = district_area(district_id).bounds
    low_m, high_m = south_m + (_MARGIN_M if south_m > 0 else 480.0), north_m - _MARGIN_M
    if kind == "riverside":
        low_m, high_m = 300.0, 420.0
    apart_m = APART_M
    while apart_m > 0:
        for _ in range(200):
            x_m = _centre(west_m + _MARGIN_M + random.random() * (east_m - west_m - 2 * _MARGIN_M))
            y_m = _centre(low_m + random.random() * (high_m - low_m))
            if all(math.hypot(x_m - other.x_m, y_m - other.y_m) >= apart_m for other in placed):
                return x_m, y_m
        apart_m -= 20
    raise ValueError(f"no room for another low point in {district_id} of a city {WIDTH_M} m wide: lower APART_M")


def _centre(metre: float) -> float:
    return math.floor(metre / CELL_M) * CELL_M + CELL_M / 2


def _hollow(random: Random, kind: str) -> Hollow:
    """Draw the bowl: an underpass is deep and narrow, a sag wide and shallow, land behind a levee wider still."""
    depth_m, length_m, width_m = {"underpass": (3.0, 55, 32), "sag": (2.0, 120, 90), "riverside": (2.1, 130, 90)}[kind]
    scale = 0.85 + 0.3 * random.random()
    return Hollow(depth_m + 0.3 * random.random(), length_m * scale, width_m * scale, random.random() * math.pi)


def _catchment(random: Random, hollow: Hollow, target_m: float) -> tuple[float, float, float]:
    """Draw the drains, and give the point the catchment that fills it to the target under the nominal burst."""
    impervious = round(0.7 + 0.25 * random.random(), 2)
    if target_m < 0.05:  # rebuilt drains: the street gets wet, no more
        return impervious, round(220 + 90 * random.random()), round(0.4 + 2 * random.random(), 2)
    silted = target_m >= 0.1 and random.random() < 0.35  # such a point floods in the first cell already
    low_mm_h, high_mm_h = (10, 24) if silted else (80, 130) if target_m < 0.1 else (40, 85)
    drain_mm_h = round(low_mm_h + (high_mm_h - low_mm_h) * random.random())
    runoff_mm = 0.5 * _BURST_H * (_BURST_MM_H - drain_mm_h) ** 2 / _BURST_MM_H
    return impervious, drain_mm_h, round(max(0.1, hollow.volume_m3(target_m) / (10 * runoff_mm)), 2)
