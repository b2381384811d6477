"""Terrains for tests, and the slow and plain way to flood them."""

from __future__ import annotations

from collections import deque
from typing import Any

import numpy as np
import numpy.typing as npt
from pyproj import Transformer
from rasterio import Affine
from scipy import ndimage

from streams.city.terrain import Terrain

CRS = "EPSG:32649"
Bools = npt.NDArray[np.bool_]
Heights = npt.NDArray[np.float32]


def terrain(height_m: Any, cell_m: float = 5.0) -> Terrain:
    """Heights north up, near 113.6 E 34.7 N."""
    return Terrain(np.asarray(height_m, np.float32), Affine(cell_m, 0, 738_000, 0, -cell_m, 3_845_000), CRS, cell_m)


def middle_of(ground: Terrain, row: float, column: float) -> tuple[float, float]:
    """Lon and lat of the middle of a cell."""
    x, y = ground.affine @ (column + 0.5, row + 0.5)
    lon, lat = Transformer.from_crs(ground.crs, "EPSG:4326", always_xy=True).transform(x, y)
    return float(lon), float(lat)


def random_terrain(seed: int) -> tuple[Terrain, int, int]:
    """A terrain of up to 60 cells a side, from bowls to noise, one in three with gaps, and a cell with a height in it."""
    random = np.random.default_rng(seed)
    shape = tuple(random.integers(1, 60, 2))
    height_m = random.normal(0, 1, shape)
    height_m = ndimage.gaussian_filter(height_m, random.choice([0.0, 1.0, 3.0])) * random.choice([0.3, 3.0])
    height_m = np.round(height_m, int(random.choice([1, 2])))  # steps, so that many cells stand exactly at a surface
    if seed % 3 == 0:
        height_m[random.random(shape) < random.uniform(0, 0.4)] = np.nan
    row, column = (int(random.integers(0, size)) for size in shape)
    height_m[row, column] = np.nan_to_num(height_m[row, column])
    return terrain(height_m), row, column


def flooded_by_hand(ground: Terrain, row: int, column: int, depth_m: float) -> Bools:
    """Step from cell to cell, from the lowest of the nine at the place, wherever the ground lies at or below the surface."""
    height_m, (rows, columns) = ground.height_m, ground.height_m.shape
    wet = np.zeros((rows, columns), bool)
    if not depth_m > 0:
        return wet

    def around(r: int, c: int) -> list[tuple[int, int]]:
        near = [(r + down, c + across) for down in (-1, 0, 1) for across in (-1, 0, 1)]
        return [(r, c) for r, c in near if 0 <= r < rows and 0 <= c < columns and not np.isnan(height_m[r, c])]

    start = min(around(row, column), key=lambda at: float(height_m[at]))
    surface_m = np.float32(float(height_m[start]) + depth_m)
    wet[start] = True
    left = deque([start])
    while left:
        for at in around(*left.popleft()):
            if not wet[at] and height_m[at] <= surface_m:
                wet[at] = True
                left.append(at)
    return wet
