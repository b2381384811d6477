"""The map: places in a plane, and the zones as paths of an inline SVG."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import cos, radians
from typing import Any

import msgspec

from streams.city.model import City

WIDTH = 1440
MARGIN = 45
TALLEST = 2
"""Times the width: a city that is a long strip does not fill the page."""

LEAST_DEG = 0.004
"""A city of one point still has something around it."""

Ring = Sequence[Sequence[float]]


class Drawing(msgspec.Struct, frozen=True):
    """What of the map stays the same: its size, where each point lies, and each zone's outline."""

    height: int
    places: dict[str, tuple[int, int]]
    zones: dict[str, str]
    names: dict[str, tuple[str, str]]

    @property
    def width(self) -> int:
        """Units across."""
        return WIDTH


def draw(city: City) -> Drawing:
    """Draw a city's own GeoJSON; points without coordinates are left out."""
    rings = {zone.zone_id: [ring for ring in _rings(zone.geometry) if len(ring) > 2] for zone in city.zones}
    # 0, 0 is what a point without a geometry has
    points = {point.low_point_id: (point.lon, point.lat) for point in city.low_points if (point.lon, point.lat) != (0.0, 0.0)}
    frame = _Frame([*points.values(), *((at[0], at[1]) for some in rings.values() for ring in some for at in ring)])
    return Drawing(
        height=frame.height,
        places={name: frame.at(*place) for name, place in points.items()},
        zones={name: "".join(_path(frame, ring) for ring in some) for name, some in rings.items() if some},
        names={zone.zone_id: (zone.name, zone.name_en) for zone in city.zones},
    )


class _Frame:
    """Longitude and latitude to units of the map; over a city the earth is flat."""

    def __init__(self, places: Sequence[tuple[float, float]]):
        lons, lats = [lon for lon, _ in places] or [0.0], [lat for _, lat in places] or [0.0]
        self._narrow = cos(radians((min(lats) + max(lats)) / 2))
        across = max((max(lons) - min(lons)) * self._narrow, LEAST_DEG)
        along = max(max(lats) - min(lats), LEAST_DEG)
        inner = WIDTH - 2 * MARGIN
        self._scale = min(inner / across, inner * TALLEST / along)
        self._lon, self._lat = (min(lons) + max(lons)) / 2, (min(lats) + max(lats)) / 2
        self.height = round(along * self._scale) + 2 * MARGIN

    def at(self, lon: float, lat: float) -> tuple[int, int]:
        x = WIDTH / 2 + (lon - self._lon) * self._narrow * self._scale
        y = self.height / 2 - (lat - self._lat) * self._scale
        return round(x), round(y)


def _rings(geometry: dict[str, Any]) -> Iterable[Ring]:
    match geometry.get("type"):
        case "Polygon":
            yield from geometry.get("coordinates", ())
        case "MultiPolygon":
            for polygon in geometry.get("coordinates", ()):
                yield from polygon


def _path(frame: _Frame, ring: Ring) -> str:
    """A closed path in steps, which are shorter to write than places."""
    places = [frame.at(at[0], at[1]) for at in ring]
    if places[0] == places[-1]:
        places.pop()
    steps = [(x - x0, y - y0) for (x0, y0), (x, y) in pairwise(places)]
    return f"M{places[0][0]} {places[0][1]}l" + " ".join(f"{dx} {dy}" for dx, dy in steps) + "z"
