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


@dataclass(frozen=True)
class Terrain:
    """Heights in m above datum, shape (rows, columns), nan where unknown; `affine` leads from pixel to map."""

    height_m: npt.NDArray[np.float32]
    affine: Any
    crs: str
    cell_m: float

    def flooded(self, lon: float, lat: float, depth_m: float) -> tuple[npt.NDArray[np.bool_], int, int]:
        """Cells connected to the place and below the water surface, as a window with its first row and column."""
        x, y = Transformer.from_crs("EPSG:4326", self.crs, always_xy=True).transform(lon, lat)
        column, row = (int(v) for v in ~self.affine @ (x, y))
        reach = int(MARGIN_M / self.cell_m)
        top, left = max(row - reach, 0), max(column - reach, 0)
        window = self.height_m[top : row + reach + 1, left : column + reach + 1]
        if not (0 <= row < self.height_m.shape[0] and 0 <= column < self.height_m.shape[1]) or not np.isfinite(self.height_m[row, column]):
            return np.zeros(window.shape, bool), top, left
        ground_m = float(np.nanmin(self.height_m[max(row - 1, 0) : row + 2, max(column - 1, 0) : column + 2]))
        labels, _ = ndimage.label(window <= ground_m + depth_m, structure=np.ones((3, 3)))
        own = labels[row - top, column - left]
        return (labels == own) & (own > 0), top, left

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
