"""What was measured at one low point, and what its water did between the readings."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

MINUTE_US = 60_000_000
WET_M = 0.01
GAP_US = 10 * MINUTE_US
"""What happened in a longer silence is not known."""
CUT_US = 120 * MINUTE_US
"""A record that ends dry is taken to stay dry this long: recordings are cut where the water has gone, and without the cases that
look past the cut every flood would seem longer than it was. One that ends under water says nothing of what came after."""
DOWN_M = 0.03
DOWN_US = 10 * MINUTE_US
"""A spell above a threshold is over after this long at this much below it, as a warning level is."""


@dataclass(frozen=True)
class Flood:
    """One flood of one low point, from its first wet reading to its last; `number` is its own among all that are judged."""

    low_point: str
    number: int
    start_us: int
    end_us: int


@dataclass(frozen=True)
class Spell:
    """Water above a threshold; `crossed` is false where it stood there when the record began."""

    start_us: int
    end_us: int
    crossed: bool


@dataclass(frozen=True)
class Record:
    """Readings of one low point in time order: microseconds since 1970 and depth in m above the road, shape (R,) each."""

    time_us: Ints
    depth_m: Floats

    def at(self, time_us: Ints) -> Floats:
        """Depth in m, straight between readings; nan outside the record and inside a silence of more than ten minutes."""
        if not len(self.time_us):
            return np.full(np.shape(time_us), np.nan)
        depth_m = self._straight(time_us)
        after = np.searchsorted(self.time_us, time_us, side="left").clip(0, len(self.time_us) - 1)
        before = np.maximum(after - 1, 0)
        between = (self.time_us[after] > time_us) & (self.time_us[after] - self.time_us[before] > GAP_US)
        return np.asarray(np.where(between, np.nan, depth_m), float)

    def _straight(self, time_us: Ints) -> Floats:
        depth_m = np.interp(time_us, self.time_us, self.depth_m, left=np.nan, right=np.nan)
        cut = (time_us > self.time_us[-1]) & (time_us <= self.time_us[-1] + CUT_US)
        return np.asarray(np.where(cut & (self.depth_m[-1] < WET_M), 0.0, depth_m), float)

    def known(self, time_us: Ints) -> Floats:
        """What somebody could know at that moment: the newest reading, nan where there is none of the last ten minutes."""
        place = np.searchsorted(self.time_us, time_us, side="right") - 1
        if not len(self.time_us):
            return np.full(np.shape(time_us), np.nan)
        fresh = (place >= 0) & (time_us - self.time_us[np.maximum(place, 0)] <= GAP_US)
        return np.asarray(np.where(fresh, self.depth_m[np.maximum(place, 0)], np.nan), float)

    def rise(self, time_us: Ints, minutes: float) -> Floats:
        """What the newest reading stands above the water of `minutes` before it, in m; 0 where that is not known."""
        place = np.searchsorted(self.time_us, time_us, side="right") - 1
        newest_us = self.time_us[np.maximum(place, 0)] if len(self.time_us) else np.zeros(np.shape(time_us), np.int64)
        before_m = self.at(newest_us - round(minutes * MINUTE_US))
        return np.nan_to_num(self.known(time_us) - before_m)

    def peak(self, from_us: Ints, to_us: Ints) -> Floats:
        """Greatest depth in m over (from, to], shape as given; nan where the record ends before.

        It is that of the readings and, at the end, of the straight line between them, silence or not: many sensors fall
        silent when the water has gone, and to leave those cases out would make every flood look longer than it was.
        """
        if not len(self.time_us):
            return np.full(np.shape(to_us), np.nan)
        firsts = np.searchsorted(self.time_us, from_us, side="right").tolist()
        lasts = np.searchsorted(self.time_us, to_us, side="right").tolist()
        inner = [self.depth_m[a:b].max(initial=0.0) for a, b in zip(firsts, lasts, strict=True)]
        return np.asarray(np.maximum(np.array(inner, float), self._straight(to_us)), float)

    def spells(self, threshold_m: float) -> list[Spell]:
        """Spells at or above a threshold; one is over after ten minutes at 3 cm below it."""
        found: list[Spell] = []
        if self.depth_m.max(initial=0.0) < threshold_m:
            return found
        start, low_since = -1, -1
        for place, (time_us, depth_m) in enumerate(zip(self.time_us.tolist(), self.depth_m.tolist(), strict=True)):
            low_since = -1 if depth_m >= threshold_m - DOWN_M else time_us if low_since < 0 else low_since
            if start < 0 and depth_m >= threshold_m:
                start = place
            elif start >= 0 and 0 <= low_since <= time_us - DOWN_US:
                found.append(Spell(int(self.time_us[start]), int(self.time_us[place - 1]), start > 0))
                start = -1
        if start >= 0:
            found.append(Spell(int(self.time_us[start]), int(self.time_us[-1]), start > 0))
        return found
