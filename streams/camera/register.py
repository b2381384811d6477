"""Finds by how far a picture has moved against the reference: a camera on a pole shakes."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np

from streams.camera.picture import Array, Picture, grey_levels

COARSE_WIDTH_PX = 320
FINE_REACH_PX = 7


class Shift(NamedTuple):
    """Pixels to the right and down, and how well it fits there, -1 to 1."""

    x: float
    y: float
    match: float

    @property
    def pair(self) -> tuple[float, float]:
        """The two numbers of it."""
        return self.x, self.y


class Register:
    """Finds shifts against one reference picture.

    First the whole picture by phase correlation of its edges, then to a part of a pixel by the part of the gauge that water reaches last.

    Parameters
    ----------
    reference
        The dry picture.
    box
        Left, top, right and bottom of the gauge's upper part with the wall beside it.
    """

    def __init__(self, reference: Picture, box: tuple[int, int, int, int]):
        grey = grey_levels(reference)
        self._small = COARSE_WIDTH_PX / grey.shape[1]
        coarse = self._coarse(grey)
        self._window = cv2.createHanningWindow((coarse.shape[1], coarse.shape[0]), cv2.CV_32F)
        self._reference = coarse
        rows, columns = grey.shape
        left, top = max(0, box[0]), max(0, box[1])
        self._box = left, top, min(columns, box[2]), min(rows, box[3])
        self._template = _relief(grey[self._box[1] : self._box[3], self._box[0] : self._box[2]])

    def find(self, picture: Picture) -> Shift:
        """Where the gauge's upper part is now."""
        grey = grey_levels(picture)
        (x, y), _ = cv2.phaseCorrelate(self._reference, self._coarse(grey), self._window)
        starts = {(0, 0), (round(x / self._small), round(y / self._small))}
        best = max((self._fine(grey, start) for start in starts), key=lambda shift: shift.match)
        # one that lies at the end of the reach may go on beyond it
        again = self._fine(grey, (round(best.x), round(best.y)))
        return max(best, again, key=lambda shift: shift.match)

    def _fine(self, grey: Array, start: tuple[int, int]) -> Shift:
        left, top, right, bottom = self._box
        reach = FINE_REACH_PX
        x, y = left + start[0] - reach, top + start[1] - reach
        rows, columns = grey.shape
        if x < -columns or y < -rows or x > columns or y > rows:
            return Shift(0.0, 0.0, -1.0)
        padded = _cut(grey, x, y, right - left + 2 * reach, bottom - top + 2 * reach)
        found = cv2.matchTemplate(_relief(padded), self._template, cv2.TM_CCOEFF_NORMED)
        found = np.nan_to_num(found, nan=-1.0, posinf=-1.0, neginf=-1.0)
        _, best, _, at = cv2.minMaxLoc(found)
        over = _between(found[at[1]], at[0]), _between(found[:, at[0]], at[1])
        return Shift(start[0] - reach + at[0] + over[0], start[1] - reach + at[1] + over[1], float(best))

    def _coarse(self, grey: Array) -> Array:
        small = cv2.resize(grey, None, fx=self._small, fy=self._small, interpolation=cv2.INTER_AREA)
        return _relief(small)


def _relief(grey: Array) -> Array:
    """What stands out from its surroundings, alike in bright and dark pictures."""
    blurred = cv2.GaussianBlur(grey, (0, 0), 1.0)
    detail = blurred - cv2.GaussianBlur(grey, (0, 0), 6.0)
    spread = np.sqrt(cv2.GaussianBlur(detail * detail, (0, 0), 12.0)) + 1.5
    return np.asarray(detail / spread, np.float32)


def _cut(grey: Array, x: int, y: int, width: int, height: int) -> Array:
    """A piece of a picture, its edge gone on where the piece reaches beyond it."""
    rows = np.clip(np.arange(y, y + height), 0, grey.shape[0] - 1)
    columns = np.clip(np.arange(x, x + width), 0, grey.shape[1] - 1)
    return np.asarray(grey[np.ix_(rows, columns)])


def _between(values: Array, at: int) -> float:
    """Where between its neighbours a peak lies: the top of the parabola through three values."""
    if not 0 < at < len(values) - 1:
        return 0.0
    before, top, after = (float(value) for value in values[at - 1 : at + 2])
    curve = before - 2 * top + after
    return 0.0 if curve >= 0 else float(np.clip(0.5 * (before - after) / curve, -0.5, 0.5))
