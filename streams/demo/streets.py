"""The roads of the demo city: avenues along the borders of the districts, and streets through every low point."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from shapely.geometry import LineString, Polygon

from streams.demo import geojson
from streams.demo.layout import COLUMNS, DISTRICT_IDS, lonlat
from streams.demo.names import AVENUES, CROSS_AVENUES, DISTRICTS, Name, road_name, side_street_name, street_name
from streams.demo.points import LowPoint

Place = tuple[float, float]

AVENUES_X_M = (15.0, 1200.0, 2430.0, 3600.0, 4830.0, 5985.0)
"""Beside the border by 30 m where a canal runs along it."""
CROSS_AVENUES_Y_M = (185.0, 2000.0, 3985.0)
BRIDGE_X_M, BRIDGE_END_Y_M = 3600.0, -260.0
_TOGETHER_M = 130.0  # points that are no farther apart across lie on one street, which bends
_APART_M = 140.0  # between the ends of two streets
_WIDE_M = 420.0  # a gap between two streets that another one fits into


@dataclass(frozen=True)
class Road:
    """One road in metres from the city's origin; `main` roads lead through the whole city."""

    name: Name
    places: tuple[Place, ...]
    main: bool = False

    @property
    def line(self) -> LineString:
        """Its course."""
        return LineString(self.places)

    @property
    def feature(self) -> geojson.Feature:
        """Itself as GeoJSON."""
        properties = {"name": self.name.zh, "name_en": self.name.en, "class": "main" if self.main else "street"}
        return geojson.line([lonlat(*place) for place in self.places], properties)


def make_avenues() -> list[Road]:
    """Draw the main roads; one crosses the river."""
    (south_m, *_, north_m), (west_m, *_, east_m) = CROSS_AVENUES_Y_M, AVENUES_X_M
    avenues = []
    for name, x_m in zip(AVENUES, AVENUES_X_M, strict=True):
        avenues.append(Road(name, ((x_m, BRIDGE_END_Y_M if x_m == BRIDGE_X_M else south_m), (x_m, north_m)), main=True))
    for name, y_m in zip(CROSS_AVENUES, CROSS_AVENUES_Y_M, strict=True):
        avenues.append(Road(name, ((west_m, y_m), (east_m, y_m)), main=True))
    return avenues


def make_streets(points: Sequence[LowPoint]) -> list[Road]:
    """Draw a road from west to east through every low point, and a street from south to north through every crossing."""
    crossing = {point.low_point_id: points[(index + 7) % len(points)].root for index, point in enumerate(points)}
    roads: list[Road] = []
    for district in DISTRICT_IDS:
        block, here = _Block.of(district), [point for point in points if point.district_id == district]
        east_west = [_Stop(road_name(point.root), point.x_m, point.y_m) for point in here]
        # a road through north and south is the same with x and y changed
        north_south = [_Stop(street_name(crossing[point.low_point_id]), point.y_m, point.x_m) for point in here if point.kind == "sag"]
        roads += [Road(name, places) for name, places in _through(east_west, block)]
        roads += [Road(name, _turned(places)) for name, places in _through(north_south, block.turned)]
    return roads


def make_side_streets(streets: Sequence[Road], lake: Polygon) -> list[Road]:
    """Draw streets that fill the wide gaps; none runs through the lake."""
    found = []
    for number, district in enumerate(DISTRICT_IDS):
        block = _Block.of(district)
        inside = [road.places for road in streets if block.holds(road.places)]
        fill = [*_between(inside, block), *(_turned(places) for places in _between([_turned(p) for p in inside], block.turned))]
        fill = [places for places in fill if not LineString(places).intersects(lake.buffer(10))]
        found += [Road(side_street_name(DISTRICTS[number], place), places) for place, places in enumerate(fill, start=1)]
    return found


@dataclass(frozen=True)
class _Stop:
    """A low point on a street: how far along and how far across it lies."""

    name: Name
    along_m: float
    across_m: float


@dataclass(frozen=True)
class _Block:
    """What the avenues around a district enclose."""

    west_m: float
    south_m: float
    east_m: float
    north_m: float

    @classmethod
    def of(cls, district: str) -> _Block:
        row, column = divmod(DISTRICT_IDS.index(district), COLUMNS)
        return cls(AVENUES_X_M[column], CROSS_AVENUES_Y_M[1 - row], AVENUES_X_M[column + 1], CROSS_AVENUES_Y_M[2 - row])

    @property
    def turned(self) -> _Block:
        return _Block(self.south_m, self.west_m, self.north_m, self.east_m)

    def holds(self, places: Sequence[Place]) -> bool:
        return all(self.west_m <= x_m <= self.east_m and self.south_m <= y_m <= self.north_m for x_m, y_m in places)


def _turned(places: Sequence[Place]) -> tuple[Place, ...]:
    return tuple((y_m, x_m) for x_m, y_m in places)


def _through(stops: Sequence[_Stop], block: _Block) -> Iterator[tuple[Name, tuple[Place, ...]]]:
    """Lead streets from edge to edge through all stops; a street that has several changes its name halfway between two."""
    courses = [sorted(course, key=lambda stop: stop.along_m) for course in _courses(stops)]
    begins_m = _spread([course[0].across_m for course in courses], block.south_m, block.north_m)
    ends_m = _spread([course[-1].across_m for course in courses], block.south_m, block.north_m)
    for course, begin_m, end_m in zip(courses, begins_m, ends_m, strict=True):
        stops_at = [(stop.along_m, stop.across_m) for stop in course]
        changes = [((a[0] + b[0]) / 2, (a[1] + b[1]) / 2) for a, b in pairwise(stops_at)]
        cuts = [(block.west_m, begin_m), *changes, (block.east_m, end_m)]
        for stop, at, (before, after) in zip(course, stops_at, pairwise(cuts), strict=True):
            yield stop.name, (before, at, after)


def _courses(stops: Sequence[_Stop]) -> list[list[_Stop]]:
    """Put stops that lie about equally far across onto one street."""
    courses: list[list[_Stop]] = []
    for stop in sorted(stops, key=lambda stop: stop.across_m):
        if courses and stop.across_m - courses[-1][0].across_m <= _TOGETHER_M:
            courses[-1].append(stop)
        else:
            courses.append([stop])
    return courses


def _spread(wanted_m: Sequence[float], low_m: float, high_m: float) -> list[float]:
    """Move the ends of streets apart, as little as may be, so that no two run beside each other."""
    gap_m = min(_APART_M, (high_m - low_m) / (len(wanted_m) + 1))
    placed: list[float] = []
    for wish_m in wanted_m:
        placed.append(max(wish_m, (placed[-1] if placed else low_m) + gap_m))
    limit_m = high_m
    for place in reversed(range(len(placed))):
        placed[place] = limit_m = min(placed[place], limit_m - gap_m)
    return placed


def _between(streets: Sequence[Sequence[Place]], block: _Block) -> Iterator[tuple[Place, ...]]:
    """Straight streets from west to east, in the middle of gaps that are wide at both ends."""
    lines = [LineString(places) for places in streets]
    begins_m = sorted(y_m for places in streets for x_m, y_m in places if x_m == block.west_m)
    ends_m = sorted(y_m for places in streets for x_m, y_m in places if x_m == block.east_m)
    edges = [(block.south_m, block.south_m), *zip(begins_m, ends_m, strict=True), (block.north_m, block.north_m)]
    for (begin_low_m, end_low_m), (begin_high_m, end_high_m) in pairwise(edges):
        if min(begin_high_m - begin_low_m, end_high_m - end_low_m) < _WIDE_M:
            continue
        places = ((block.west_m, (begin_low_m + begin_high_m) / 2), (block.east_m, (end_low_m + end_high_m) / 2))
        alike = [line for line in lines if _leads_east(line)]
        if not any(line.distance(LineString(places)) < _APART_M / 2 for line in alike):
            yield places


def _leads_east(line: LineString) -> bool:
    west_m, south_m, east_m, north_m = line.bounds
    return bool(east_m - west_m > north_m - south_m)
