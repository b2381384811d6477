"""What the learner looks at: for each point of a district, figures of its own water, its neighbours, the rain and the core's forecast.

All of it comes from one `Situation`, so nothing in it arrived after the issue (law 11).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from models.core.predict import CoreOutlook
from models.core.rain import filled
from models.core.site import CLASSES
from models.situation import Situation

Floats = npt.NDArray[np.float64]

WET_M = 0.01
BACK_MIN = (1.0, 2.0, 3.0, 5.0, 10.0, 15.0, 30.0)
RAIN_BACK_MIN = (5, 15, 30, 60, 120, 180)
COMING_AHEAD_MIN = (15, 30, 60, 120)
UNKNOWN = -1.0
"""Stands for what is not known; every known figure of rain is at or above 0."""

NAMES = (
    "depth_m",
    "level_m",
    "age_min",
    *(f"rise_{m:g}_m" for m in BACK_MIN),
    *(f"rise_{m:g}_share" for m in BACK_MIN),
    "rate_m_min",
    "cadence_min",
    "spell_max_m",
    "spell_min",
    "since_max_min",
    "of_max",
    "max_3h_m",
    "points",
    "near_wet",
    "near_depth_m",
    "near_peak_m",
    "near_rise_m",
    "near_past_peak",
    "close_depth_m",
    *(f"rain_{m}_mm" for m in RAIN_BACK_MIN),
    *(f"coming_{m}_mm" for m in COMING_AHEAD_MIN),
    *(f"core_{q}_{lead}" for q in ("q50", "q90") for lead in (15, 30, 60)),
    "underpass",
    "riverside",
)

_LONG_AGO_MIN = 240.0
_CLOSE_KM = 2.0
_OTHERS = 64


def features(now: Situation, core: CoreOutlook) -> Floats:
    """One row for each point, shape (P, F); the columns are `NAMES`."""
    own = _own(now)
    columns = [own, _near(now, own), _rain(now), _core(core, own[:, 0]), _place(now)]
    return np.hstack(columns)


def level_ago(now: Situation, minutes: float) -> Floats:
    """Level so many minutes ago, on a straight line between the readings beside it; the oldest one before all of them. Shape (P,)."""
    ago = now.history_min
    after = ago <= minutes  # newest last, so these are the right-hand columns
    column = ago.shape[1] - after.sum(axis=1)
    right = np.minimum(column, ago.shape[1] - 1)
    left = np.maximum(column - 1, 0)
    rows = np.arange(len(ago))
    there = np.isfinite(ago[rows, left]) & np.isfinite(ago[rows, right])
    older_min, newer_min = np.where(there, ago[rows, left], 1.0), np.where(there, ago[rows, right], 0.0)
    wide = older_min - newer_min
    share = np.clip(np.where(there, (minutes - newer_min) / np.where(wide > 0, wide, 1.0), 0.0), 0.0, 1.0)
    newer, older = now.history_m[rows, right], np.where(there, now.history_m[rows, left], 0.0)
    value = newer + share * (older - newer)
    return np.where(np.isfinite(ago[rows, right]), value, 0.0)


def _own(now: Situation) -> Floats:
    depth = np.where(np.isfinite(now.depth_m), now.depth_m, 0.0)
    newest = np.where(np.isfinite(now.history_min[:, -1]), now.history_m[:, -1], 0.0)
    level = np.where(depth >= WET_M, depth, np.minimum(newest, depth))
    age = np.minimum(now.age_min, _LONG_AGO_MIN)
    rises = [level - level_ago(now, minutes) for minutes in BACK_MIN]
    shares = [rise / (np.abs(level) + 0.02) for rise in rises]
    wet = (now.history_m >= WET_M) & np.isfinite(now.history_min)
    dry_after = np.cumsum((~wet)[:, ::-1], axis=1)[:, ::-1] == 0  # readings of the present spell: no dry one after them
    spell = wet & dry_after
    spell_max = np.maximum(np.where(spell, now.history_m, 0.0).max(axis=1), np.where(depth >= WET_M, depth, 0.0))
    began = np.where(spell, now.history_min, 0.0).max(axis=1)
    at_max = np.where(spell & (now.history_m >= spell_max[:, None] - 1e-9), now.history_min, np.inf).min(axis=1)
    recent = np.where(now.history_min <= 180, now.history_m, 0.0).max(axis=1)
    return np.column_stack(
        [
            depth,
            level,
            age,
            *rises,
            *shares,
            _last_rate(now),
            _cadence_min(now),
            spell_max,
            np.minimum(began, _LONG_AGO_MIN),
            np.where(np.isfinite(at_max), np.minimum(at_max, _LONG_AGO_MIN), 0.0),
            np.minimum(depth / np.maximum(spell_max, WET_M), 1.0),
            np.maximum(recent, depth),
        ]
    )


def _last_rate(now: Situation) -> Floats:
    """Slope between the last two readings, m/min, shape (P,)."""
    last_but_one = np.where(np.isfinite(now.history_min[:, -2]), now.history_min[:, -2], -1.0)
    apart = last_but_one - np.where(np.isfinite(now.history_min[:, -1]), now.history_min[:, -1], 0.0)
    known = (last_but_one >= 0) & (apart > 0)
    rise = now.history_m[:, -1] - now.history_m[:, -2]
    return np.asarray(np.where(known, rise / np.maximum(np.where(known, apart, 1.0), 0.25), 0.0), float)


def _cadence_min(now: Situation) -> Floats:
    """How far apart the last readings lie, min, as the median of up to six; 1 where there are none. Shape (P,)."""
    ago = now.history_min[:, -7:]
    with np.errstate(invalid="ignore"):
        apart = ago[:, :-1] - ago[:, 1:]
    known = np.isfinite(apart)
    median = np.median(np.where(known, apart, 1.0), axis=1)
    return np.asarray(np.clip(median, 0.25, 60.0), float)


def _near(now: Situation, own: Floats) -> Floats:
    """Of the other points of the district: how many were wet within the hour, how deep, and whether it is getting less there."""
    depth, rise = own[:, 0], own[:, NAMES.index("rise_5_m")]
    hour = now.history_min <= 60
    peak = np.maximum(np.where(hour, now.history_m, 0.0).max(axis=1), np.where(now.age_min <= 60, depth, 0.0))
    fresh = now.age_min <= 15
    standing = np.where(fresh, depth, 0.0)
    rising = np.where(fresh, np.maximum(rise, 0.0), 0.0)
    past = (peak >= WET_M) & (standing < 0.8 * peak)
    wet = peak >= WET_M
    count = len(depth)
    return np.column_stack(
        [
            np.full(count, float(count)),
            wet.sum() - wet,
            _others_max(standing),
            _others_max(peak),
            _others_max(rising),
            past.sum() - past,
            _close_max(now.apart_km, peak),
        ]
    )


def _close_max(apart_km: Floats, peak: Floats) -> Floats:
    """The greatest peak of the other points within 2 km, 0 where none was wet; shape (P,).

    The others are looked through from the deepest on, some at a time, by those that have found none yet: the distances of thousands of
    points fill no cache, and most points have a deep one near.
    """
    deepest = np.argsort(-peak, kind="stable")
    deepest = deepest[peak[deepest] > 0]
    found, seeking = np.zeros(len(peak)), np.arange(len(peak))
    for first in range(0, len(deepest), _OTHERS):
        others = deepest[first : first + _OTHERS]
        close = (apart_km[np.ix_(seeking, others)] < _CLOSE_KM) & (others[None, :] != seeking[:, None])
        has = close.any(axis=1)
        found[seeking[has]] = peak[others[close[has].argmax(axis=1)]]
        seeking = seeking[~has]
        if not len(seeking):
            break
    return found


def _others_max(values: Floats) -> Floats:
    """The greatest of all but one's own, shape (P,)."""
    if len(values) < 2:
        return np.zeros(len(values))
    first, second = np.partition(values, -2)[-1], np.partition(values, -2)[-2]
    others = first if (values == first).sum() > 1 else second
    return np.asarray(np.where(values == first, others, first), float)


def _rain(now: Situation) -> Floats:
    known = np.isfinite(now.rain_mm[:, -60:]).any(axis=1)
    total = np.cumsum(filled(now.rain_mm)[:, ::-1], axis=1)
    fallen = [np.where(known, total[:, minutes - 1], UNKNOWN) for minutes in RAIN_BACK_MIN]
    told = np.isfinite(now.coming_mm).any(axis=1)
    ahead = np.cumsum(np.nan_to_num(now.coming_mm), axis=1)
    coming = [np.where(told, ahead[:, minutes - 1], UNKNOWN) for minutes in COMING_AHEAD_MIN]
    return np.column_stack([*fallen, *coming])


def _core(core: CoreOutlook, depth: Floats) -> Floats:
    """The core's median and upper edge at three leads against the depth now, as logarithms."""
    leads, rows = (1, 2, 3), (3, 5)
    return np.column_stack([np.log((core.depth_m[:, row, lead] + 0.02) / (depth + 0.02)) for row in rows for lead in leads])


def _place(now: Situation) -> Floats:
    kind = now.sites.point_class
    # a road beside a river whose hollow is recorded floods as a street does (see `models.core.bank`)
    river = (kind == CLASSES.index("riverside")) & ~np.isfinite(now.sites.hollow_m3)
    return np.column_stack([kind == CLASSES.index("underpass"), river]).astype(float)
