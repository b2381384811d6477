"""Straightens the gauge and the wall beside it into a strip whose rows are heights."""

from __future__ import annotations

import cv2
import numpy as np

from streams.camera.calibration import Calibration
from streams.camera.picture import Array, Picture

STEP_M = 0.005
BELOW_M = 0.3
"""So much is looked at below the gauge's foot, along its line: the road before it."""
GAUGE_COLUMNS = 12
FLANK_COLUMNS = 12
FLANK_WIDTHS = (0.75, 4.0)
"""From where to where the wall beside it is looked at, in widths of the gauge from its middle."""


class Strips:
    """Cuts strips out of pictures of one calibrated camera.

    Row 0 is the lowest; `heights_m` says how high each row lies. Columns are the left flank, the gauge, the right flank.
    """

    def __init__(self, calibration: Calibration):
        scale = calibration.scale
        top_m = float(scale.heights_m[-1])
        self.heights_m: Array = np.arange(-BELOW_M, top_m + 0.02, STEP_M)
        centres = scale.pixels(self.heights_m)
        across = _across(calibration, scale.along, self.heights_m, centres)
        flank = np.linspace(*FLANK_WIDTHS, FLANK_COLUMNS)
        offsets = np.concatenate([-flank[::-1], np.linspace(-0.42, 0.42, GAUGE_COLUMNS), flank]) * calibration.gauge_px
        places = centres[:, None] + offsets[None, :, None] * across[:, None]
        self._x, self._y = (np.ascontiguousarray(places[..., axis], np.float32) for axis in (0, 1))
        self._scale, self._slopes = scale, across[:, 1] / np.where(np.abs(across[:, 0]) < 1e-3, 1e-3, across[:, 0])

    def cut(self, picture: Picture, shift: tuple[float, float]) -> Array:
        """The strip, uint8, of a picture that has moved by so many pixels right and down against the reference."""
        return np.asarray(cv2.remap(picture, self._x + shift[0], self._y + shift[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE))

    def line_y(self, height_m: float, x: Array | float) -> Array:
        """Rows of the picture at which a level line of this height runs, at columns x."""
        at = self._scale.pixels(np.array([height_m]))[0]
        slope = float(np.interp(height_m, self.heights_m, self._slopes))
        return np.asarray(at[1] + slope * (x - at[0]))

    def box(self, low_m: float, high_m: float) -> tuple[int, int, int, int]:
        """Left, top, right and bottom of the part between two heights, pixels."""
        rows = (self.heights_m >= low_m) & (self.heights_m <= high_m)
        x, y = self._x[rows], self._y[rows]
        return int(x.min()), int(y.min()), int(x.max()) + 1, int(y.max()) + 1


def _across(calibration: Calibration, along: Array, heights_m: Array, centres: Array) -> Array:
    """Direction of level lines at each height, as (dx, dy) with dx = 1: by the lines that were clicked, else square to the gauge."""
    if not calibration.levels:
        square = np.array([-along[1], along[0]])
        square = square if square[0] > 0 else -square
        return np.repeat(square[None], len(heights_m), 0)
    lines = sorted(_slope_and_row(line.left, line.right, centres) for line in calibration.levels)
    rows, slopes = np.array([row for row, _ in lines]), np.array([slope for _, slope in lines])
    # lines that are level meet in one point: their slope changes evenly along the gauge
    found = np.polyval(np.polyfit(rows, slopes, min(1, len(lines) - 1)), centres[:, 1])
    return np.asarray(np.stack([np.ones_like(found), found], 1) / np.sqrt(1 + found**2)[:, None])


def _slope_and_row(left: tuple[float, float], right: tuple[float, float], centres: Array) -> tuple[float, float]:
    slope = (right[1] - left[1]) / (right[0] - left[0])
    column = float(centres[:, 0].mean())
    return left[1] + slope * (column - left[0]), slope
