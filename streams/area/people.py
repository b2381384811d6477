"""Which of many points stand in which polygons."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import shapely
from shapely import Geometry, STRtree

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


class Points:
    """Points that stay where they are while areas change: sorted into a tree once, asked often.

    Parameters
    ----------
    lon, lat
        Degrees, shape (N,).
    """

    def __init__(self, lon: Floats, lat: Floats):
        if not (np.isfinite(lon).all() and np.isfinite(lat).all()):
            raise ValueError("a point without a finite lon and lat stands nowhere")
        self._lon, self._lat = np.asarray(lon, np.float64), np.asarray(lat, np.float64)
        self._tree = STRtree(shapely.points(self._lon, self._lat))
        self._tree.query(shapely.Point(0, 0))  # the tree is put in order by its first question

    def inside(self, areas: Sequence[Geometry]) -> list[Ints]:
        """Say which points stand in each area.

        Parameters
        ----------
        areas
            Polygons or multipolygons in lon and lat, with holes or without; they may overlap and may be empty.

        Returns
        -------
        list of int64 arrays
            Numbers of the points, ascending, one array an area. A point on a border, an inner one too, stands inside: whoever
            lives at the edge of the water is told as well. On a border that two areas share it stands in both.
        """
        every = np.asarray(areas, dtype=object)
        if not len(every):
            return []
        area, point = self._tree.query(every)
        # the tree gives what lies in the boxes around the areas; the rest is asked by coordinates, which takes a fifth of the time
        shapely.prepare(every)
        stands = shapely.intersects_xy(every[area], self._lon[point], self._lat[point])
        area, point = area[stands], point[stands]
        ends = np.searchsorted(area, np.arange(1, len(every)))
        return [np.sort(found).astype(np.int64, copy=False) for found in np.split(point, ends)]
