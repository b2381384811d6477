"""Where a report is of: a low point of the city, or a place, and then the low point that is near enough to be meant."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np

from streams.city.model import City, LowPoint
from streams.city.near import M_PER_DEG, distances_to_m, placed
from streams.reports.codes import plates_in, plates_of, typed
from streams.reports.grouping import NEAR_M

AROUND_M = 5_000.0
"""How far outside of the city's outermost things a place may be: people drive in from there."""


class Near(msgspec.Struct, frozen=True):
    """A low point and how far it is."""

    point: LowPoint
    distance_m: float


class Places:
    """The places of a city."""

    def __init__(self, city: City):
        self.city = city
        self._points = {point.low_point_id: point for point in city.low_points}
        self.plates = plates_of(self._points)
        self._placed = [point for point in city.low_points if placed(point)]
        self._lon = np.array([point.lon for point in self._placed])
        self._lat = np.array([point.lat for point in self._placed])
        self._around = _box(city)

    def point(self, low_point: str) -> LowPoint | None:
        """A low point by its id."""
        return self._points.get(low_point)

    def of_plate(self, plate: str) -> LowPoint | None:
        """A low point by what somebody typed or scanned of its plate."""
        code = typed(plate, 6)
        return self._points.get(self.plates.get(code or "", ""))

    def in_text(self, text: str) -> LowPoint | None:
        """The one low point that a text names, by the code of its plate or its id; None where it names none, or several."""
        named = {self.plates[plate] for plate in plates_in(text) if plate in self.plates}
        named |= {word for word in text.replace(",", " ").replace("，", " ").split() if word in self._points}
        return self._points[named.pop()] if len(named) == 1 else None

    def nearest(self, lon: float, lat: float) -> Near | None:
        """The nearest low point within 150 m."""
        if not self._placed:
            return None
        metres = distances_to_m(lon, lat, self._lon, self._lat)
        at = int(np.argmin(metres))
        return Near(self._placed[at], float(metres[at])) if metres[at] <= NEAR_M else None

    def is_around(self, lon: float, lat: float) -> bool:
        """Whether a place is in the city or its surroundings; a city that has no places knows of none that is not."""
        if self._around is None:
            return -180 <= lon <= 180 and -90 <= lat <= 90
        west, south, east, north = self._around
        return west <= lon <= east and south <= lat <= north


def _box(city: City) -> tuple[float, float, float, float] | None:
    """West, south, east and north of all that the city has, and as much more as counts as around it."""
    places = [(point.lon, point.lat) for point in city.low_points if placed(point)]
    places += [(shelter.lon, shelter.lat) for shelter in city.shelters if placed(shelter)]
    for zone in city.zones:
        places += _corners(zone.geometry.get("coordinates", ()))
    if not places:
        return None
    lons, lats = np.array(places, float).T
    tall = AROUND_M / M_PER_DEG
    wide = tall / max(0.05, float(np.cos(np.radians(np.mean(lats)))))
    return float(lons.min()) - wide, float(lats.min()) - tall, float(lons.max()) + wide, float(lats.max()) + tall


def _corners(coordinates: Any) -> list[tuple[float, float]]:
    """All places of a GeoJSON geometry, however deep they lie."""
    if not coordinates:
        return []
    if isinstance(coordinates[0], int | float):
        return [(float(coordinates[0]), float(coordinates[1]))]
    return [corner for part in coordinates for corner in _corners(part)]
