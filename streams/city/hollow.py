"""The hollow of a low point, measured on the terrain: how deep it fills before it runs over, and what it holds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from pyproj import Transformer
from scipy import ndimage

from streams.city.terrain import Terrain

DEEPEST_M = 3.0
_REACH_M = 180.0
"""Water that stands this far from its low point has run over the rim."""
_LOWER_M = 0.05
"""So has water that stands over ground this much lower than the low point."""
_SHALLOWEST_M = 0.05
_LEAST_M = 0.15
"""A hollow shallower than this is none: the point is off its place, or the terrain too coarse."""
_DEPTHS = 14
_AROUND = np.ones((3, 3))

Heights = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Hollow:
    """Volume is ``hollow_m3 * depth_m ** (1 + shape)`` up to `spill_m`, where it runs over its rim."""

    hollow_m3: float
    shape: float
    spill_m: float

    def volume_m3(self, depth_m: float) -> float:
        """What it holds at a depth."""
        return float(self.hollow_m3 * depth_m ** (1 + self.shape))


def measure_hollow(terrain: Terrain, lon: float, lat: float) -> Hollow | None:
    """Fill the hollow at a place; None where there is none, or no terrain.

    Notes
    -----
    Water is what hangs together with the lowest of the nine cells at the place and lies below its surface. The rim is found by bisection
    to 1 cm; then `hollow_m3` and `shape` are fitted by least squares on the logarithm of volume, at depths evenly spread in logarithm
    from 5 cm to the rim, so that a shallow flood counts as much as a deep one.
    """
    window, lowest = _window(terrain, lon, lat)
    if lowest is None:
        return None
    spill_m = _rim_m(window, lowest)
    if spill_m < _LEAST_M:
        return None
    depths_m = np.geomspace(_SHALLOWEST_M, spill_m, _DEPTHS)
    volumes_m3 = np.array([_volume_m3(window, lowest, float(depth), terrain.cell_m) for depth in depths_m])
    power, log_volume = np.polyfit(np.log(depths_m), np.log(volumes_m3), 1)
    # below 0 the area would shrink with depth, which no pond does: a pit with upright walls is the limit
    return Hollow(float(np.exp(log_volume)), max(float(power) - 1, 0.0), spill_m)


def _window(terrain: Terrain, lon: float, lat: float) -> tuple[Heights, tuple[int, int] | None]:
    """The heights around a place, and where the lowest of its nine cells stands in them; None where the terrain does not reach."""
    x, y = Transformer.from_crs("EPSG:4326", terrain.crs, always_xy=True).transform(lon, lat)
    column, row = (int(np.floor(v)) for v in ~terrain.affine @ (x, y))
    reach = max(int(_REACH_M / terrain.cell_m), 2)
    top, left = max(row - reach, 0), max(column - reach, 0)
    window = terrain.height_m[top : row + reach + 1, left : column + reach + 1]
    inside = 0 <= row < terrain.height_m.shape[0] and 0 <= column < terrain.height_m.shape[1]
    if not inside or not np.isfinite(terrain.height_m[row, column]):
        return window, None
    near = terrain.height_m[max(row - 1, 0) : row + 2, max(column - 1, 0) : column + 2]
    at = np.unravel_index(int(np.nanargmin(near)), near.shape)
    return window, (int(at[0]) + max(row - 1, 0) - top, int(at[1]) + max(column - 1, 0) - left)


def _under(window: Heights, lowest: tuple[int, int], depth_m: float) -> npt.NDArray[np.bool_]:
    labels, _ = ndimage.label(window <= window[lowest] + np.float32(depth_m), structure=_AROUND)
    return np.asarray(labels == labels[lowest], bool)


def _rim_m(window: Heights, lowest: tuple[int, int]) -> float:
    held, over = 0, round(DEEPEST_M * 100)
    while over - held > 1:
        middle = (held + over) // 2
        under = _under(window, lowest, middle / 100)
        at_edge = under[0].any() or under[-1].any() or under[:, 0].any() or under[:, -1].any()
        if at_edge or window[under].min() < window[lowest] - _LOWER_M:
            over = middle
        else:
            held = middle
    return held / 100


def _volume_m3(window: Heights, lowest: tuple[int, int], depth_m: float, cell_m: float) -> float:
    under = _under(window, lowest, depth_m)
    return float((window[lowest] + depth_m - window[under]).sum(dtype=np.float64)) * cell_m**2
