"""Whether the terrain has a hollow at a place; the terrain is read when it is first asked."""

from __future__ import annotations

from functools import cached_property, lru_cache
from pathlib import Path

from streams.city.hollow import measure_hollow
from streams.city.terrain import Terrain, read_terrain

MOST_PLACES = 4096
_DIGITS = 4
"""Of degrees: ten metres, about a cell of a terrain."""


class Ground:
    """The ground of a city folder."""

    def __init__(self, folder: str):
        self._file = Path(folder) / "dem.tif"
        self._measured = lru_cache(MOST_PLACES)(self._measure)

    def is_hollow(self, lon: float, lat: float) -> bool | None:
        """Whether water would stand there; None where the city has no terrain, or it does not reach the place."""
        return self._measured(round(lon, _DIGITS), round(lat, _DIGITS))

    @cached_property
    def _terrain(self) -> Terrain | None:
        return read_terrain(self._file) if self._file.is_file() else None

    def _measure(self, lon: float, lat: float) -> bool | None:
        terrain = self._terrain
        if terrain is None or terrain.place(lon, lat) is None:
            return None
        return measure_hollow(terrain, lon, lat) is not None
