"""Looks beside the gauge: where the dry wall and road are still seen, no water stands; a parked car hides the gauge but not the road."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np

from streams.camera.calibration import Calibration
from streams.camera.picture import Array, Picture, grey_levels
from streams.camera.strip import Strips

BLOCK_PX = 16
_REACH = 1.2
"""How far to the sides is looked, in lengths of the gauge."""
_MARGIN = 0.05
_LEAST_VARIANCE = 1.5
_ALIKE, _PLAINLY = 0.55, 0.75
_LEAST_STRENGTH = 0.5


class Covered(NamedTuple):
    """Share of blocks that look like the dry picture below the supposed waterline and above it."""

    below: float
    above: float
    broken: float
    """Share of the picture's width in which the wall just below the supposed line is still seen: water is level, a car is not."""


class Around:
    """Compares blocks of the picture with the dry reference on both sides of a supposed waterline."""

    def __init__(self, calibration: Calibration, reference: Picture, strips: Strips):
        self._scale = calibration.scale
        self._strips = strips
        self._area = _area(calibration, strips)
        grey = grey_levels(reference)
        self._dry = _detail(grey)
        self._variance = _blocks(self._dry**2)
        rows, columns = self._variance.shape
        x, y = np.meshgrid((np.arange(columns) + 0.5) * BLOCK_PX, (np.arange(rows) + 0.5) * BLOCK_PX)
        self._x, self._y = x, y
        box = strips.box(0.0, float(strips.heights_m[-1]))
        reach = _REACH * calibration.scale.length_px
        self._near = (x > box[0] - reach) & (x < box[2] + reach) & (y > box[1])
        self._rich = self._variance > max(_LEAST_VARIANCE, float(np.median(self._variance)) * 0.5)
        self._length = calibration.scale.length_px

    def alike(self, pictures: Sequence[Picture], shifts: Sequence[tuple[float, float]]) -> Array:
        """Which blocks are seen as in the dry picture, by the middle of the first, middle and last frame.

        A mirror image in water may be like what it covers (a course of tiles is like its neighbour), but it is fainter.
        """
        chosen = sorted({0, len(pictures) // 2, len(pictures) - 1})
        greys = [_back(grey_levels(pictures[number]), shifts[number]) for number in chosen]
        now = _detail(_middle(greys))
        both = _blocks(now * self._dry)
        likeness = both / np.sqrt(_blocks(now * now) * self._variance + 1e-6)
        strength = both / (self._variance + 1e-6)
        plain = strength[self._rich & (likeness > _PLAINLY)]
        usual = float(np.percentile(plain, 60)) if len(plain) else 0.0
        return np.asarray((likeness > _ALIKE) & (strength > _LEAST_STRENGTH * usual))

    def covered(self, alike: Array, depth_m: float) -> Covered:
        """What speaks against water that stands so deep."""
        line = self._strips.line_y(max(depth_m, 0.0), self._x)
        margin = _MARGIN * self._length + BLOCK_PX / 2
        below = self._near & self._rich & (self._y > line + margin) & self._area_mask()
        above = self._near & self._rich & (self._y < line - margin)
        return Covered(
            float(alike[below].mean()) if below.any() else 0.0,
            float(alike[above].mean()) if above.any() else 0.0,
            self._broken(alike, line, margin, depth_m),
        )

    def _broken(self, alike: Array, line: Array, margin: float, depth_m: float) -> float:
        """Column by column, the wall from the supposed line down to its foot, or 30 cm."""
        low_m = max(0.0, depth_m - 0.3)
        foot = self._strips.line_y(low_m, self._x)
        wall = self._rich & (self._y > line + 0.5 * margin) & (self._y < foot - 2)
        blocks, seen = wall.sum(0), (wall & alike).sum(0)
        known = blocks >= 1
        return float((seen[known] >= 0.5 * blocks[known]).mean()) if known.any() else 0.0

    def _area_mask(self) -> Array:
        return self._area[: self._y.shape[0], : self._y.shape[1]]


def _area(calibration: Calibration, strips: Strips) -> Array:
    """Blocks that lie in the outline of the water's area, or all; what stands above the road's edge is always in."""
    rows, columns = calibration.height_px // BLOCK_PX, calibration.width_px // BLOCK_PX
    if not calibration.water_area:
        return np.ones((rows, columns), bool)
    mask = np.zeros((calibration.height_px, calibration.width_px), np.uint8)
    cv2.fillPoly(mask, [np.round(np.asarray(calibration.water_area)).astype(np.int32)], 1)
    box = strips.box(0.0, float(strips.heights_m[-1]))
    mask[: box[3]] = 1
    return np.asarray(_blocks(mask.astype(np.float32)) > 0.5)


def _back(grey: Array, shift: tuple[float, float]) -> Array:
    """A picture moved back onto the reference."""
    moved = np.array([[1, 0, -shift[0]], [0, 1, -shift[1]]], np.float32)
    return np.asarray(cv2.warpAffine(grey, moved, (grey.shape[1], grey.shape[0]), borderMode=cv2.BORDER_REPLICATE))


def _middle(greys: list[Array]) -> Array:
    """The middle of three pictures: what stands in one only, as a wiper does, is gone."""
    if len(greys) < 3:
        return greys[0]
    one, other, third = greys
    return np.asarray(np.maximum(np.minimum(one, other), np.minimum(np.maximum(one, other), third)))


def _detail(grey: Array) -> Array:
    return np.asarray(cv2.GaussianBlur(grey, (0, 0), 1.2) - cv2.GaussianBlur(grey, (0, 0), 7.0))


def _blocks(values: Array) -> Array:
    """Means of blocks, (rows // 16, columns // 16)."""
    rows, columns = values.shape[0] // BLOCK_PX, values.shape[1] // BLOCK_PX
    cut = values[: rows * BLOCK_PX, : columns * BLOCK_PX]
    return np.asarray(cv2.resize(cut, (columns, rows), interpolation=cv2.INTER_AREA))
