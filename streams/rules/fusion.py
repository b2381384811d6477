"""Fuses the sensors and cameras of a point into one depth with its uncertainty, and keeps the last minutes of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from streams.observation.moments import MINUTE_US
from streams.rules import limits
from streams.rules.plan import DistrictPlan
from streams.rules.state import HISTORY, NEVER_US, DistrictState

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_APART_US = MINUTE_US // 2


@dataclass(frozen=True)
class Fused:
    """Depth of every point, its standard error, and when it was observed (long ago where nothing was); shape (P,) each."""

    depth_m: Floats
    sd_m: Floats
    observed_us: Ints


def fuse(plan: DistrictPlan, state: DistrictState, now_us: int) -> Fused:
    """The mean of the newest trusted readings and of the report that stands, each weighted with the inverse of its variance.

    A station that is silent or set aside does not count while another speaks; where all are, the last depth is kept, as old as it is: what
    is missing is never zero (law 3).
    A report counts for half an hour, and less the older it is: between sensors that speak it moves little, and where there is none it is
    what is known. Sources that disagree widen the error: the spread between them is added to the variance of the mean.
    """
    count = len(plan.points)
    if count == 0:
        return Fused(np.zeros(0), np.zeros(0), np.zeros(0, np.int64))
    spoken = plan.gives_depth & (state.trusted_us > NEVER_US)
    point = plan.point_of[spoken]
    newest_us = np.full(count, NEVER_US, np.int64)
    np.maximum.at(newest_us, point, state.trusted_us[spoken])
    fresh = spoken & ~state.silent
    everyone_silent = np.bincount(plan.point_of[fresh], minlength=count) == 0
    reported_us = np.where(state.reported_us > now_us - limits.REPORT_US, state.reported_us, NEVER_US)
    # the last word is that of who spoke last, not of a sensor that was set aside long before; and only until a report says something newer
    at = np.maximum(plan.point_of, 0)
    newer_us = np.maximum(newest_us - limits.AGREES_US, reported_us)
    used = fresh | (spoken & everyone_silent[at] & (state.trusted_us > newer_us[at]))
    reported = np.flatnonzero(reported_us > NEVER_US)
    newest_us = np.maximum(newest_us, reported_us)
    point = np.concatenate([plan.point_of[used], reported])
    value = np.concatenate([state.trusted_m[used], state.report_m[reported]])
    weight = np.concatenate([plan.error_sd_m[used] ** -2.0, _report_weight(state, reported, now_us)])
    total = np.bincount(point, weight, minlength=count)
    known = total > 0
    safe = np.where(known, total, 1.0)
    mean_m = np.bincount(point, weight * value, minlength=count) / safe
    spread = np.bincount(point, weight * (value - mean_m[point]) ** 2, minlength=count) / safe
    return Fused(np.where(known, mean_m, 0.0), np.sqrt(np.where(known, 1 / safe, 0.0) + spread), newest_us)


def _report_weight(state: DistrictState, reported: Ints, now_us: int) -> Floats:
    age_min = (now_us - state.reported_us[reported]) / MINUTE_US
    return np.asarray(1.0 / (state.report_sd_m[reported] ** 2 + (limits.REPORT_DRIFT_M_PER_MIN * age_min) ** 2), float)


def highest_m(plan: DistrictPlan, state: DistrictState) -> Floats:
    """The deepest that a station of each point says, of those that are not silent; 0 where none speaks. Shape (P,)."""
    speaks = plan.gives_depth & (state.trusted_us > NEVER_US) & ~state.silent
    found = np.zeros(len(plan.points))
    np.maximum.at(found, plan.point_of[speaks], state.trusted_m[speaks])
    return found


def remember(state: DistrictState, fused: Fused) -> None:
    """Add the newest depths to the history of each point that has news."""
    state.history_us, state.history_m = with_newest(state, fused)


def with_newest(state: DistrictState, fused: Fused) -> tuple[Ints, Floats]:
    """The history of every point with its newest depth in it, shape (P, `HISTORY`) each; what is kept stays as it is."""
    news = fused.observed_us > state.history_us[:, -1]
    times, depths = state.history_us.copy(), state.history_m.copy()
    for column, newest in ((times, fused.observed_us), (depths, fused.depth_m)):
        column[news, : HISTORY - 1] = column[news, 1:]
        column[news, -1] = newest[news]
    return times, depths


def remember_late(state: DistrictState, point: int, observed_us: int, depth_m: float) -> None:
    """Put a trusted reading that came late into its place in the history, if nothing is known of that moment."""
    times, depths = state.history_us[point], state.history_m[point]
    if observed_us <= times[0] or (np.abs(times - observed_us) < _APART_US).any():
        return
    place = int(np.searchsorted(times, observed_us))
    for column, value in ((times, observed_us), (depths, depth_m)):
        column[: place - 1] = column[1:place]
        column[place - 1] = value
