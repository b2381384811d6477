"""Lays out what is known of a district at one moment for the forecast: `models.situation.Situation`."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from models.situation import COMING_MIN, RAIN_MIN, Situation
from streams.observation.moments import MINUTE_US
from streams.rules.fusion import Fused, with_newest
from streams.rules.work import Work

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

_STAGE_FRESH_MIN = 30
_ROAD_WET_M = 0.05
"""From this depth on a river that stands over the road and the sensor above it measure the same water."""


def situation_of(work: Work, fused: Fused) -> Situation:
    """Everything known now, of all points of the district."""
    plan, state = work.plan, work.state
    minute = -(-work.now_us // MINUTE_US)
    # between two minutes the reading that called for the look is not in the history yet, and is what the look is for
    history_us, history_m = with_newest(state, fused)
    history_min = np.where(history_us > 0, (work.now_us - history_us) / MINUTE_US, np.inf)
    return Situation(
        minute=minute,
        until_minute_min=minute - work.now_us / MINUTE_US,
        sites=plan.sites,
        depth_m=fused.depth_m,
        depth_sd_m=fused.sd_m,
        age_min=(work.now_us - fused.observed_us) / MINUTE_US,
        doubtful=doubtful(work),
        thresholds_m=plan.thresholds_m,
        history_min=history_min,
        history_m=_signed(work, history_min, history_m),
        rain_mm=_rain_mm(work),
        coming_mm=_coming_mm(work),
        pump_on=state.pump_on,
        apart_km=plan.apart_km,
        memory=state.memory,
    )


def doubtful(work: Work) -> Bools:
    """Points whose depth rests on a jump that nothing has confirmed: it may be a parked car, and is not carried on into the future."""
    found = np.zeros(len(work.plan.points), bool)
    for station in work.state.watched:
        found[work.plan.point_of[station]] = True
    return found


def _rain_mm(work: Work) -> Floats:
    """Rain at each point in each of the last minutes: the gauges that spoke of that minute, the nearest counting most."""
    plan, last = work.plan, -(-work.now_us // MINUTE_US)
    fallen = np.full((len(plan.gauges), RAIN_MIN), np.nan)
    for row, gauge in enumerate(plan.gauges.tolist()):
        amounts = work.state.rain.get(gauge)
        if amounts:
            # a minute's amount stands at the minute it began in
            fallen[row] = [amounts.get(minute, np.nan) for minute in range(last - RAIN_MIN, last)]
    spoke = np.isfinite(fallen)
    weight = plan.gauge_share @ spoke
    amount = plan.gauge_share @ np.where(spoke, fallen, 0.0)
    return np.where(weight > 0, amount / np.where(weight > 0, weight, 1.0), np.nan)


def _coming_mm(work: Work) -> Floats:
    """What the bureaus expect in each of the next minutes, the mean of them; the same for all points."""
    told = [told for coming in work.state.coming.values() if np.isfinite(told := spread_mm(coming.periods, work.now_us)).any()]
    if not told:
        return np.full((len(work.plan.points), COMING_MIN), np.nan)
    known = np.isfinite(told).sum(axis=0)
    mean = np.where(known > 0, np.nansum(told, axis=0) / np.maximum(known, 1), np.nan)
    return np.broadcast_to(mean, (len(work.plan.points), COMING_MIN))


def spread_mm(periods: tuple[tuple[int, int, float], ...], now_us: int) -> Floats:
    """Amounts of periods that may overlap (the next 10, 20, 30 min) as amounts by minute from now on; nan where no period reaches.

    The shortest period is laid out first; of a longer one, what it holds over and above is spread over the minutes it has for itself.
    """
    if not periods:
        return np.full(COMING_MIN, np.nan)
    first_us = min(start for start, _, _ in periods)
    count = -(-(max(end for _, end, _ in periods) - first_us) // MINUTE_US)
    by_minute = np.full(int(count), np.nan)
    for start_us, end_us, amount_mm in sorted(periods, key=lambda period: (period[1] - period[0], period[0])):
        own = slice(int((start_us - first_us) // MINUTE_US), int(-(-(end_us - first_us) // MINUTE_US)))
        empty = np.isnan(by_minute[own])
        if empty.any():
            left_mm = max(amount_mm - float(np.nansum(by_minute[own])), 0.0)
            by_minute[own] = np.where(empty, left_mm / empty.sum(), by_minute[own])
    skipped = int((now_us - first_us) // MINUTE_US)
    coming = np.full(COMING_MIN, np.nan)
    ahead = by_minute[max(skipped, 0) : max(skipped, 0) + COMING_MIN]
    at = max(-skipped, 0)
    coming[at : at + len(ahead)] = ahead[: COMING_MIN - at]
    return coming


def _signed(work: Work, history_min: Floats, history_m: Floats) -> Floats:
    """The history of depths; where a river's gauge says how far below a dry road the water stands, that, as a negative level."""
    plan, state = work.plan, work.state
    known = [(p, int(s)) for p, s in enumerate(plan.stage_station.tolist()) if s >= 0 and state.stage.get(s) and p in state.road_stage_m]
    if not known:
        return history_m
    signed = history_m.copy()
    for point, station in known:
        minutes = np.array(sorted(state.stage[station]), float)
        stages = np.array([state.stage[station][int(minute)] for minute in minutes])
        at = work.now_us / MINUTE_US - history_min[point]
        below = np.interp(at, minutes, stages) - state.road_stage_m[point]
        near = np.abs(minutes[:, None] - np.where(np.isfinite(at), at, -1e12)).min(axis=0) <= _STAGE_FRESH_MIN
        dry = (signed[point] < 0.01) & near & (below < 0)
        signed[point] = np.where(dry, below, signed[point])
    return signed


def learn_road_stage(work: Work, fused: Fused) -> None:
    """While a river stands over its road, the difference of stage and depth is the stage of the road: the least of it that was seen."""
    state = work.state
    for point, station in enumerate(work.plan.stage_station.tolist()):
        stages = state.stage.get(station)
        if station < 0 or not stages or fused.depth_m[point] < _ROAD_WET_M:
            continue
        newest = max(stages)
        if abs(newest - fused.observed_us[point] / MINUTE_US) <= 1:
            seen_m = stages[newest] - float(fused.depth_m[point])
            state.road_stage_m[point] = round(0.9 * state.road_stage_m.get(point, seen_m) + 0.1 * seen_m, 4)
