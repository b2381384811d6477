"""The terrain of the demo city: a plain that falls to a river, with a bowl at every low point."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import rasterio
from numpy.typing import NDArray

from streams.demo.layout import EPSG, HEIGHT_M, ORIGIN_E_M, ORIGIN_N_M, WIDTH_M
from streams.demo.points import CELL_M, LowPoint

Grid = NDArray[np.float64]
RIVER_BED_M = 92.0


def make_terrain(points: Sequence[LowPoint]) -> Grid:
    """Return heights in m above datum, one per cell of 5 m, the first row in the north; whole centimetres."""
    x_m = (np.arange(round(WIDTH_M / CELL_M)) + 0.5) * CELL_M
    y_m = HEIGHT_M - (np.arange(round(HEIGHT_M / CELL_M)) + 0.5) * CELL_M
    x_m, y_m = np.meshgrid(x_m, y_m)
    ground_m = _plain(x_m, y_m)
    height_m = ground_m.copy()
    for point in points:
        _dig(height_m, ground_m, x_m, y_m, point)
    return np.round(height_m, 2)


def _plain(x_m: Grid, y_m: Grid) -> Grid:
    """Return a fall of 0.2 % to the south with two long waves, a levee, and the river bed."""
    waves_m = 0.25 * np.sin(x_m / 310 + y_m / 540) + 0.2 * np.sin(y_m / 260 - x_m / 700)
    ground_m = 100.0 + 0.002 * y_m + waves_m
    levee_m = 102.5 - np.abs(y_m - 150) / 25
    bank_m = np.maximum(RIVER_BED_M, RIVER_BED_M + (y_m - 60) / 9)
    return np.where(y_m < 150, np.minimum(bank_m, levee_m), np.maximum(ground_m, levee_m))


def _dig(height_m: Grid, ground_m: Grid, x_m: Grid, y_m: Grid, point: LowPoint) -> None:
    """Lower the terrain to the bowl of one point, in place."""
    hollow = point.hollow
    east_m, north_m = x_m - point.x_m, y_m - point.y_m
    along_m = east_m * np.cos(hollow.angle_rad) + north_m * np.sin(hollow.angle_rad)
    across_m = north_m * np.cos(hollow.angle_rad) - east_m * np.sin(hollow.angle_rad)
    share = (along_m / hollow.half_length_m) ** 2 + (across_m / hollow.half_width_m) ** 2
    lowest_m = ground_m[cell(point.x_m, point.y_m)] - hollow.depth_m
    np.minimum(height_m, lowest_m + hollow.depth_m * share, out=height_m)


def cell(x_m: float, y_m: float) -> tuple[int, int]:
    """Return row and column of the cell that holds a place given in metres from the origin."""
    return int((HEIGHT_M - y_m) // CELL_M), int(x_m // CELL_M)


def write_terrain(path: Path, height_m: Grid) -> None:
    """Write heights as a GeoTIFF in m; whole centimetres pack well, so it stays a third of a megabyte."""
    profile = {
        "driver": "GTiff",
        "width": height_m.shape[1],
        "height": height_m.shape[0],
        "count": 1,
        "dtype": "float32",
        "crs": f"EPSG:{EPSG}",
        "transform": rasterio.Affine(CELL_M, 0.0, ORIGIN_E_M, 0.0, -CELL_M, ORIGIN_N_M + HEIGHT_M),
        "compress": "deflate",
        "predictor": 3,
        "zlevel": 9,
        "tiled": True,
    }
    with rasterio.open(path, "w", **profile) as file:
        file.write(height_m.astype(np.float32), 1)
        file.update_tags(note="simulated terrain of a made-up city")


def read_terrain(path: Path) -> Grid:
    """Read heights in m above datum."""
    with rasterio.open(path) as file:
        return np.asarray(file.read(1), dtype=np.float64)
