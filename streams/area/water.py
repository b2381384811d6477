"""Which cells of the terrain stand under water, for several depths at a low point at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from streams.city.terrain import Terrain, connected

Bools = npt.NDArray[np.bool_]
Surfaces = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Water:
    """Cells under water at each depth that was asked for, as a window of the terrain.

    Attributes
    ----------
    first
        Number of the lowest surface that reaches a cell, counted from 0; as many as there are surfaces where none does.
        Shape (rows, columns).
    surfaces
        How many of the surfaces stand no higher than each depth, shape (depths,); 0 where there is no water.
    top, left
        The terrain's row and column that the window begins with.
    """

    first: npt.NDArray[np.int16]
    surfaces: npt.NDArray[np.int64]
    top: int
    left: int

    def wet(self, number: int) -> Bools:
        """Cells under water at the depth of this number, in the order they were asked for; shape (rows, columns)."""
        return np.asarray(self.first < self.surfaces[number], bool)


def flooded(terrain: Terrain, lon: float, lat: float, depths_m: Sequence[float]) -> Water:
    """Lay the water surface of each depth at a place on the terrain.

    Parameters
    ----------
    depths_m
        Depths above the lowest of the nine cells at the place, m, in any order; 0, less and nan are dry.

    Returns
    -------
    Water
        With no cells at all where the terrain does not reach the place.

    Notes
    -----
    Water stands in every cell at or below its surface that hangs together with the lowest of the nine cells at the place, over eight
    neighbours and up to `MARGIN_M` away. Flow is not modelled. Cells without a height are never water. Surface and heights are compared
    as the terrain stores them, in single precision.
    """
    asked_m = np.asarray(depths_m, np.float64)
    distinct_m = np.unique(asked_m[asked_m > 0])
    surfaces = np.where(asked_m > 0, np.searchsorted(distinct_m, asked_m, "right"), 0)
    place = terrain.place(lon, lat)
    if place is None:
        return Water(np.zeros((0, 0), np.int16), surfaces, 0, 0)
    levels_m = (place.ground_m + distinct_m).astype(np.float32)
    return Water(first_reached(place.height_m, place.start, levels_m), surfaces, place.top, place.left)


def first_reached(height_m: npt.NDArray[np.float32], start: tuple[int, int], surfaces_m: Surfaces) -> npt.NDArray[np.int16]:
    """Say which surface first reaches each cell from the start.

    Parameters
    ----------
    height_m
        Heights, nan where unknown, shape (rows, columns).
    start
        Row and column that the water comes from.
    surfaces_m
        Heights of the water surfaces, lowest first, shape (S,).

    Returns
    -------
    array of int16, shape (rows, columns)
        From 0 to S - 1; S where none does.
    """
    first = np.full(height_m.shape, len(surfaces_m), np.int16)
    top, left, heights_m = 0, 0, height_m
    # from the highest down: water of a lower surface lies within that of the higher one, so each look is at a smaller window
    for number in range(len(surfaces_m) - 1, -1, -1):
        wet = connected(heights_m <= surfaces_m[number], (start[0] - top, start[1] - left))
        if not wet.any():
            break
        rows, columns = span(wet)
        wet, heights_m = wet[rows, columns], heights_m[rows, columns]
        top, left = top + rows.start, left + columns.start
        first[top : top + wet.shape[0], left : left + wet.shape[1]][wet] = number
    return first


def span(wet: Bools) -> tuple[slice, slice]:
    """Rows and columns between the first and the last that hold water; there must be some."""
    rows, columns = np.flatnonzero(wet.any(axis=1)), np.flatnonzero(wet.any(axis=0))
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)
