"""The map: places in a plane, and the zones as paths of an inline SVG."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec

from streams.city.layers import load_layers
from streams.city.model import City
from streams.city.near import placed
from streams.web.frame import WIDTH, Frame
from streams.web.ground import ground

Ring = Sequence[Sequence[float]]


class Drawing(msgspec.Struct, frozen=True):
    """What of the map stays the same: its size, where each point and shelter lies, each zone's outline, and what else the city draws."""

    height: int
    places: dict[str, tuple[int, int]]
    zones: dict[str, str]
    shelters: dict[str, tuple[int, int]] = {}
    layers: dict[str, str] = {}

    @property
    def width(self) -> int:
        """Units across."""
        return WIDTH


def draw(city: City) -> Drawing:
    """Draw a city's own GeoJSON; points without coordinates are left out.

    Raises
    ------
    CityError
        Where a layer of its folder cannot be read.
    """
    frame = frame_of(city)
    rings = {zone.zone_id: [ring for ring in _rings(zone.geometry) if len(ring) > 2] for zone in city.zones}
    points = {point.low_point_id: (point.lon, point.lat) for point in city.low_points if placed(point)}
    shelters = {shelter.shelter_id: (shelter.lon, shelter.lat) for shelter in city.shelters if placed(shelter)}
    return Drawing(
        height=frame.height,
        places={name: frame.at(*place) for name, place in points.items()},
        zones={name: "".join(_path(frame, ring) for ring in some) for name, some in rings.items() if some},
        shelters={name: frame.at(*place) for name, place in shelters.items()},
        layers=ground(load_layers(Path(city.folder)), frame) if city.folder else {},
    )


def frame_of(city: City) -> Frame:
    """The plane that a city is drawn in: it holds all of its low points, shelters and zones."""
    points = [(point.lon, point.lat) for point in city.low_points if placed(point)]
    shelters = [(shelter.lon, shelter.lat) for shelter in city.shelters if placed(shelter)]
    rings = (ring for zone in city.zones for ring in _rings(zone.geometry) if len(ring) > 2)
    return Frame([*points, *shelters, *((at[0], at[1]) for ring in rings for at in ring)])


def _rings(geometry: dict[str, Any]) -> Iterable[Ring]:
    match geometry.get("type"):
        case "Polygon":
            yield from geometry.get("coordinates", ())
        case "MultiPolygon":
            for polygon in geometry.get("coordinates", ()):
                yield from polygon


def _path(frame: Frame, ring: Ring) -> str:
    """A closed path in steps, which are shorter to write than places."""
    places = [frame.at(at[0], at[1]) for at in ring]
    if places[0] == places[-1]:
        places.pop()
    steps = [(x - x0, y - y0) for (x0, y0), (x, y) in pairwise(places)]
    return f"M{places[0][0]} {places[0][1]}l" + " ".join(f"{dx} {dy}" for dx, dy in steps) + "z"
