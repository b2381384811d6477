"""From pixels along a staff gauge to heights: a straight line seen in perspective."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from streams.camera.picture import Array
from streams.camera.said import Said, t

LEAST_POINTS = 3
"""A line in perspective has three unknowns."""


class ScaleError(ValueError):
    """Points that cannot be those of one straight gauge."""

    def __init__(self, said: Said):
        super().__init__(str(said))
        self.said = said


class Scale:
    """Heights along a gauge by h = (a s + b) / (c s + 1), with s in pixels along the line (the projective map of a line).

    Parameters
    ----------
    pixels
        At least 3 places (x, y) on the gauge.
    heights_m
        Their heights above the road, m.

    Raises
    ------
    ScaleError
        Where they are too few, in one place, not on one line, or not in order.
    """

    def __init__(self, pixels: Sequence[tuple[float, float]], heights_m: Sequence[float]):
        if len(pixels) < LEAST_POINTS:
            raise ScaleError(t("{number} points: at least {least} known heights are needed", number=len(pixels), least=LEAST_POINTS))
        places, heights = np.asarray(pixels, np.float64), np.asarray(heights_m, np.float64)
        if len(np.unique(heights)) < len(heights):
            raise ScaleError(t("two points have the same height: each point needs its own"))
        order = np.argsort(heights)
        places, heights = places[order], heights[order]
        self._middle = places.mean(0)
        along = np.linalg.svd(places - self._middle)[2][0]
        self.along = along if (places[-1] - places[0]) @ along > 0 else -along
        """Direction (x, y) in which heights grow, of length 1."""
        steps = (places - self._middle) @ self.along
        self.length_px = float(steps[-1] - steps[0])
        self._check_order(steps, heights, places)
        self._map = _projective(steps, heights)
        self.residuals_m = self._heights(steps) - heights
        """By how much each point is off, m, from low to high."""
        self.heights_m = heights
        self._check_map(steps)

    def _check_order(self, steps: Array, heights: Array, places: Array) -> None:
        if np.any(np.diff(steps) < 2):
            at = int(np.argmin(np.diff(steps)))
            raise ScaleError(
                t(
                    "the points at {low} m and {high} m are not in order along the gauge, or less than 2 pixels apart: "
                    "look whether a height or a pixel is wrong",
                    low=f"{heights[at]:g}",
                    high=f"{heights[at + 1]:g}",
                )
            )
        aside = np.abs((places - self._middle) @ np.array([-self.along[1], self.along[0]]))
        if aside.max() > max(4.0, 0.04 * self.length_px):
            raise ScaleError(
                t(
                    "the point at {height} m lies {aside} pixels beside the line of the others",
                    height=f"{heights[int(aside.argmax())]:g}",
                    aside=f"{aside.max():.0f}",
                )
            )

    def _check_map(self, steps: Array) -> None:
        a, b, c = self._map
        reach = np.array([steps[0] - 0.3 * self.length_px, steps[-1] + 0.1 * self.length_px])
        if a - b * c <= 0 or np.any(c * reach + 1 <= 0.05):
            raise ScaleError(t("no camera sees these heights at these pixels: look whether a height or a pixel is wrong"))

    def _heights(self, steps: Array) -> Array:
        a, b, c = self._map
        return np.asarray((a * steps + b) / (c * steps + 1))

    def pixels(self, heights_m: Array | Sequence[float]) -> Array:
        """Where heights are seen, (n, 2); below the foot it goes on along the same line."""
        a, b, c = self._map
        heights = np.asarray(heights_m, np.float64)
        steps = (heights - b) / (a - c * heights)
        return np.asarray(self._middle + steps[:, None] * self.along)


def _projective(steps: Array, heights: Array) -> tuple[float, float, float]:
    """Least squares of a s + b - c s h = h, made again with weights so that errors of height count, not of the product."""
    size = float(np.abs(steps).max())
    s, weight = steps / size, np.ones_like(steps)
    a = b = c = 0.0
    for _ in range(6):
        rows = np.stack([s, np.ones_like(s), -s * heights], 1)
        (a, b, c), *_ = np.linalg.lstsq(rows * weight[:, None], heights * weight, rcond=None)
        weight = 1 / np.maximum(np.abs(c * s + 1), 0.05)
    return float(a / size), float(b), float(c / size)
