"""Issues the forecasts of a district at one moment: one call of the model, all points in fixed order (law 4)."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from models.situation import Outlook
from streams.observation.moments import HOUR_US, MINUTE_US
from streams.rules import limits
from streams.rules.fusion import Fused
from streams.rules.outputs import LEAD_MIN, QUANTILES, Exceedance, Forecast, TimeTo
from streams.rules.rain import raining
from streams.rules.situation import learn_road_stage, situation_of
from streams.rules.trial import ask, go_on
from streams.rules.work import Work

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

DRY = "dry"
"""The method of roads that are dry and stay so: the model is not asked."""

WAS_WET_US = 10 * MINUTE_US
SPARSE_US = 5 * MINUTE_US
TOO_OLD_US = HOUR_US


def issue_forecasts(work: Work, fused: Fused) -> Outlook:
    """Forecast, and give out the lines that are due."""
    rain = raining(work)
    there = _known(work, fused)  # no forecast, no line
    moving = wet_lately(work, fused) | rain
    needed = there & (moving | (work.state.forecast > 0) | (work.state.measured > 0))
    due = there & (moving | (work.now_us % SPARSE_US == 0))
    learn_road_stage(work, fused)
    outlook = _outlook(work, fused, needed)
    work.state.median_m = np.where(there, outlook.median_30min_m, 0.0)
    work.state.memory = outlook.memory
    _give_out(work, outlook, np.flatnonzero(due))
    return replace(outlook, raises=outlook.raises & there[:, None])


def forecast_between(work: Work, fused: Fused) -> Outlook:
    """Forecast between two whole minutes, and give out the lines of the points that climbed; what the model keeps stays as it was.

    A road that was dry at the last whole minute was told to stay so: where water has come since, that must not stand for a minute.
    """
    there = _known(work, fused)
    outlook = ask(work, situation_of(work, fused))
    _give_out(work, outlook, np.flatnonzero(there & work.state.climbed))
    return replace(outlook, raises=outlook.raises & there[:, None])


def wet_lately(work: Work, fused: Fused) -> Bools:
    """Points where water stands, or stood within ten minutes."""
    return np.asarray((fused.depth_m >= limits.WET_M) | (work.state.wet_us >= work.now_us - WAS_WET_US), bool)


def _known(work: Work, fused: Fused) -> Bools:
    """Points of which enough is known to say anything: read within the hour, or it rains."""
    return np.asarray((fused.observed_us >= work.now_us - TOO_OLD_US) | raining(work), bool)


def _outlook(work: Work, fused: Fused, needed: Bools) -> Outlook:
    """The model's outlook for all points while any needs one, for neighbours speak for each other; otherwise all are dry and stay so."""
    count, levels = work.plan.thresholds_m.shape
    if needed.any():
        now = situation_of(work, fused)
        outlook = ask(work, now)
        go_on(work, now, outlook)
        return outlook
    return Outlook(
        depth_m=np.zeros((count, len(QUANTILES), len(LEAD_MIN))),
        p_exceed=np.zeros((count, levels, len(LEAD_MIN))),
        peak_m=np.zeros((count, 3)),
        minutes_to=np.full((count, levels), np.nan),
        median_30min_m=np.zeros(count),
        raises=np.zeros((count, levels), bool),
        keeps=np.zeros((count, levels), bool),
        method=(DRY,) * count,
        memory=work.state.memory,
    )


def _give_out(work: Work, outlook: Outlook, points: npt.NDArray[np.int64]) -> None:
    """One line per point; depths to 1 mm, chances to .001 (law 4)."""
    if not len(points):
        return
    # in double precision, or what was rounded would not be a decimal any more
    depth = np.round(outlook.depth_m[points].astype(float), 3).tolist()
    chance = np.round(outlook.p_exceed[points].astype(float), 3).tolist()
    peak = np.round(outlook.peak_m[points].astype(float), 3).tolist()
    minutes = np.round(outlook.minutes_to[points].astype(float), 1).tolist()
    for row, point in enumerate(points.tolist()):
        ladder = work.plan.points[point].levels
        work.outputs.append(
            Forecast(
                low_point=work.plan.points[point].low_point_id,
                issued_at=work.issued_at,
                method=outlook.method[point],
                model=work.model.name,
                lead_min=list(LEAD_MIN),
                depth_m=dict(zip(QUANTILES, depth[row], strict=True)),
                p_exceed=[Exceedance(level.depth_m, chance[row][level.level - 1]) for level in ladder],
                peak_m=dict(zip(("0.1", "0.5", "0.9"), peak[row], strict=True)),
                minutes_to=[TimeTo(level.depth_m, _or_none(minutes[row][level.level - 1])) for level in ladder],
            )
        )


def _or_none(minutes: float) -> float | None:
    return None if math.isnan(minutes) else minutes
