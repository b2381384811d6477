"""The ground: a GeoTIFF of heights, and where water of a given depth at a place would stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import rasterio
import rasterio.features
from pyproj import Transformer
from scipy import ndimage
from shapely import transform
from shapely.geometry import shape

from streams.city.model import CityError

MARGIN_M = 800.0
"""Water is followed this far from its low point."""
_AROUND = np.ones((3, 3))


def connected(low: npt.NDArray[np.bool_], start: tuple[int, int]) -> npt.NDArray[np.bool_]:
    """Low cells that hang together with the one at the start over eight neighbours; none where that one is not low. Shape as `low`."""
    labels, _ = ndimage.label(low, structure=_AROUND)
    own = labels[start]
    return np.asarray(labels == own, bool) if own > 0 else np.zeros(low.shape, bool)


@dataclass(frozen=True)
class Place:
    """Where a place lies in a terrain.

    Attributes
    ----------
    height_m
        Heights as far around it as water is followed, shape (rows, columns).
    top, left
        The terrain's row and column that `height_m` begins with.
    start
        Row and column in `height_m` of the lowest of the nine cells at the place: water stands there first, and a point that was
        recorded one cell beside the lowest ground is no reason to see none.
    """

    height_m: npt.NDArray[np.float32]
    top: int
    left: int
    start: tuple[int, int]

    @property
    def ground_m(self) -> float:
        """Height that a depth at the place is counted from."""
        return float(self.height_m[self.start])


@dataclass(frozen=True)
class Terrain:
    """Heights in m above datum, shape (rows, columns), nan where unknown; `affine` leads from pixel to map."""

    height_m: npt.NDArray[np.float32]
    affine: Any
    crs: str
    cell_m: float

    def place(self, lon: float, lat: float) -> Place | None:
        """Where a place lies in the terrain; None where the terrain does not reach it."""
        x, y = Transformer.from_crs("EPSG:4326", self.crs, always_xy=True).transform(lon, lat)
        across, down = ~self.affine @ (x, y)
        rows, columns = self.height_m.shape
        # written so that nan and infinity, which a projection gives far off its zone, are outside as well
        if not (0 <= down < rows and 0 <= across < columns):
            return None
        row, column = int(down), int(across)
        if not np.isfinite(self.height_m[row, column]):
            return None
        up, before = max(row - 1, 0), max(column - 1, 0)
        nine = self.height_m[up : row + 2, before : column + 2]
        lowest = np.unravel_index(int(np.nanargmin(nine)), nine.shape)
        reach = max(int(MARGIN_M / self.cell_m), 1)
        top, left = max(row - reach, 0), max(column - reach, 0)
        window = self.height_m[top : row + reach + 1, left : column + reach + 1]
        return Place(window, top, left, (up + int(lowest[0]) - top, before + int(lowest[1]) - left))

    def flooded(self, lon: float, lat: float, depth_m: float) -> tuple[npt.NDArray[np.bool_], int, int]:
        """Cells connected to the place and below the water surface, as a window with its first row and column."""
        place = self.place(lon, lat)
        if place is None:
            return np.zeros((0, 0), bool), 0, 0
        return connected(place.height_m <= place.ground_m + depth_m, place.start), place.top, place.left

    def reached(self, lon: float, lat: float, depth_m: float, areas: Sequence[dict[str, Any]]) -> list[bool]:
        """Whether water of this depth at the place stands in each area."""
        wet, top, left = self.flooded(lon, lat, depth_m)
        if not wet.any():
            return [False] * len(areas)
        to_map = Transformer.from_crs("EPSG:4326", self.crs, always_xy=True).transform
        affine = self.affine @ self.affine.translation(left, top)
        return [bool((self._cells(transform(shape(area), to_map, interleaved=False), wet.shape, affine) & wet).any()) for area in areas]

    @staticmethod
    def _cells(area: Any, size: tuple[int, ...], affine: Any) -> npt.NDArray[np.bool_]:
        cells = rasterio.features.geometry_mask([area], size, affine, all_touched=True, invert=True)
        return np.asarray(cells, bool)


def read_terrain(file: Path) -> Terrain:
    """Read the first band of a GeoTIFF; integers are taken as the file's scale says.

    Raises
    ------
    CityError
        Where it cannot be read or has no coordinate system.
    """
    try:
        with rasterio.open(file) as source:
            band = source.read(1, masked=True).astype(np.float32).filled(np.nan) * source.scales[0] + source.offsets[0]
            if source.crs is None:
                raise CityError(f"{file} has no coordinate system: write one into the GeoTIFF")
            cell = abs(source.transform.a) * (111_320 if source.crs.is_geographic else 1)
            return Terrain(band.astype(np.float32), source.transform, source.crs.to_string(), cell)
    except rasterio.errors.RasterioError as error:
        raise CityError(f"{file} is no readable GeoTIFF: {error}") from None
