"""Frames of a playback: what was known at each moment of the history; what was not known is told as such, never as dry (law 12)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from models.verify.record import Floats, Ints
from streams.observation.moments import MINUTE_US

HOLDS_US = 11 * MINUTE_US
"""A row is written every 10 min at least: one that is older says nothing any more, for nothing came after it."""
UNKNOWN = "?"


class Levels:
    """A point's levels over time.

    Parameters
    ----------
    at_us
        When each was written, in order, shape (R,).
    level
        0 to 4, below 0 for unknown, shape (R,).
    """

    def __init__(self, at_us: Ints, level: Ints):
        self._at_us, self._level = at_us, level

    def at(self, moments_us: Ints) -> Ints:
        """What was known at each moment, -1 for nothing."""
        if not len(self._at_us):
            return np.full(len(moments_us), -1, np.int64)
        place = np.searchsorted(self._at_us, moments_us, side="right") - 1
        seen = np.maximum(place, 0)
        fresh = (place >= 0) & (moments_us - self._at_us[seen] <= HOLDS_US)
        return np.asarray(np.where(fresh, np.maximum(self._level[seen], -1), -1), np.int64)


def level_frames(points: Sequence[str], levels: Mapping[str, Levels], moments_us: Sequence[int]) -> list[str]:
    """One text per moment with a character per point, in the order given: 0 to 4, or ? for unknown."""
    moments = np.array(moments_us, np.int64)
    nothing = Levels(np.zeros(0, np.int64), np.zeros(0, np.int64))
    columns = [levels.get(point, nothing).at(moments).tolist() for point in points]
    return ["".join(UNKNOWN if level < 0 else str(level) for level in row) for row in zip(*columns, strict=True)] or [""] * len(moments_us)


def rain_frames(at_us: Ints, rain_mm: Floats, moments_us: Sequence[int]) -> list[float | None]:
    """Rain of a district at each moment, mm in 30 min; None where nothing was known."""
    moments = np.array(moments_us, np.int64)
    place = np.searchsorted(at_us, moments, side="right") - 1
    return [
        round(float(rain_mm[row]), 2) if row >= 0 and moment - int(at_us[row]) <= HOLDS_US else None
        for row, moment in zip(place.tolist(), moments.tolist(), strict=True)
    ]
