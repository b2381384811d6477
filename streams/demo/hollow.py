"""What a hollow holds: the area under water for each depth, counted on the terrain."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import label

from streams.demo.points import CELL_M
from streams.demo.terrain import Grid, cell

_WINDOW_CELLS = 36  # 180 m to each side
_STEP_M = 0.05
_DEEPEST_M = 2.6


@dataclass(frozen=True)
class Storage:
    """Area under water per depth; at `spill_m` the water runs over the rim."""

    depth_m: NDArray[np.float64]
    area_m2: NDArray[np.float64]
    spill_m: float


def measure(terrain: Grid, x_m: float, y_m: float) -> Storage:
    """Fill the hollow at a place step by step: the cells below the water that hang together with the lowest one."""
    row, column = cell(x_m, y_m)
    top, left = max(0, row - _WINDOW_CELLS), max(0, column - _WINDOW_CELLS)
    window = terrain[top : row + _WINDOW_CELLS + 1, left : column + _WINDOW_CELLS + 1]
    lowest = row - top, column - left
    depths_m, areas_m2 = [0.0], [CELL_M**2]
    while depths_m[-1] < _DEEPEST_M:
        water_m = depths_m[-1] + _STEP_M
        labels, _ = label(window < window[lowest] + water_m)
        under = labels == labels[lowest]
        if under[0].any() or under[-1].any() or under[:, 0].any() or under[:, -1].any():
            break
        depths_m.append(water_m)
        areas_m2.append(float(under.sum()) * CELL_M**2)
    return Storage(np.round(depths_m, 2), np.array(areas_m2), round(depths_m[-1], 2))
