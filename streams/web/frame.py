"""The plane of the map: longitude and latitude to units of the drawing."""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, radians

from streams.city.near import M_PER_DEG

WIDTH = 1440
MARGIN = 45
TALLEST = 2
"""Times the width: a city that is a long strip does not fill the page."""

LEAST_DEG = 0.004
"""A city of one point still has something around it."""


class Frame:
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
        """Where a place is in the drawing."""
        x = WIDTH / 2 + (lon - self._lon) * self._narrow * self._scale
        y = self.height / 2 - (lat - self._lat) * self._scale
        return round(x), round(y)

    def place(self, x: float, y: float) -> tuple[float, float]:
        """The longitude and latitude of a place in the drawing."""
        lon = self._lon + (x - WIDTH / 2) / self._scale / self._narrow
        return lon, self._lat - (y - self.height / 2) / self._scale

    @property
    def metres(self) -> float:
        """What a unit of the drawing is on the ground."""
        return M_PER_DEG / self._scale
