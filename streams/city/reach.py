"""Which zones the water of a low point reaches, and from which level on (DESIGN 4): by terrain, or by distance without one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from streams.city.geometry import distance_to_area_m
from streams.city.model import City, LowPoint, Zone
from streams.city.terrain import Terrain, read_terrain

NEAR_M = 150.0
NEVER = 99
DEEPEST_M = 1.2
"""Level 4 has no upper edge; water twice as deep as its threshold is looked at instead."""


class Reach:
    """Answers from which level on a point endangers a zone, for one city."""

    def __init__(self, city: City):
        file = Path(city.folder) / "dem.tif"
        self._terrain: Terrain | None = read_terrain(file) if city.folder and file.exists() else None

    def from_level(self, zones: tuple[Zone, ...], points: tuple[LowPoint, ...]) -> npt.NDArray[np.int64]:
        """Lowest level at which each point endangers each zone, shape (zones, points); 99 where none does.

        With terrain, a level endangers what water at the *upper* edge of its band would reach, because within the band it
        may stand anywhere; without, every level endangers the zones within 150 m.
        """
        table = np.full((len(zones), len(points)), NEVER, np.int64)
        for column, point in enumerate(points):
            if self._terrain is None:
                near = [distance_to_area_m(point.lon, point.lat, zone.geometry) <= NEAR_M for zone in zones]
                table[near, column] = 1
                continue
            edges_m = [level.depth_m for level in point.levels[1:]] + [max(DEEPEST_M, 2 * point.levels[-1].depth_m)]
            for level, depth_m in reversed(list(enumerate(edges_m, start=1))):
                table[self._terrain.reached(point.lon, point.lat, depth_m, [zone.geometry for zone in zones]), column] = level
        return table
