"""Runs the ensemble ahead under the futures of rain, and counts quantiles and chances over its weighted members."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.core.bank import Bank
from models.core.filter import Ensemble
from models.core.hydraulics import advance, depth_m
from models.core.rain import futures_mm_h
from models.situation import LEAD_MIN, PEAK_QUANTILES, QUANTILES, Situation

Floats = npt.NDArray[np.float64]

STEPS_MIN = np.concatenate(
    [np.arange(0.0, 15.0, 1.0), np.arange(15.0, 31.0, 2.5), np.arange(35.0, 61.0, 5.0), np.arange(70.0, 121.0, 10.0)]
)
_LEAD_AT = np.searchsorted(STEPS_MIN, LEAD_MIN)
_WITHIN_HALF_HOUR = LEAD_MIN <= 30
_BETWEEN = np.searchsorted(STEPS_MIN, [0.0, 10.0, 20.0, 25.0])
_PEAKS = np.searchsorted(QUANTILES, PEAK_QUANTILES)
_MEDIAN = int(np.searchsorted(QUANTILES, 0.5))


@dataclass(frozen=True)
class Paths:
    """Depth of every member at `STEPS_MIN`, shape (P, M, steps), and the members' weights, shape (P, M)."""

    depth_m: Floats
    weight: Floats


@dataclass(frozen=True)
class CoreOutlook:
    """What the core says alone: quantiles (P, 7, 6), chances (P, L, 6), peak quantiles by lead (P, 7, 6), minutes and highest median."""

    depth_m: Floats
    p_exceed: Floats
    peak_by_lead_m: Floats
    peak_m: Floats
    minutes_to: Floats
    median_30min_m: Floats


def run_ahead(bank: Bank, ensemble: Ensemble, now: Situation) -> Paths:
    """Take every member two hours further."""
    water = ensemble.water.copy()
    inflow = ensemble.inflow_mm_h.copy()
    members = water.pond_mm.shape[1]
    dtype = water.pond_mm.dtype
    rain = futures_mm_h(now.rain_mm, now.coming_mm, STEPS_MIN[:-1], STEPS_MIN[1:], members).astype(dtype)
    pump_on = np.nan_to_num(now.pump_on, nan=1.0)[:, None].astype(dtype)
    depths = np.empty((*water.pond_mm.shape, len(STEPS_MIN)), dtype)
    depths[:, :, 0] = depth_m(bank, water.pond_mm)
    for step, dt_min in enumerate(np.diff(STEPS_MIN).tolist()):
        share = dt_min / bank.inflow_decay_min
        mean_inflow = inflow * -np.expm1(-share) / share  # the mean of the decay over the step
        advance(bank, water, rain[:, :, step], mean_inflow, dt_min, 1.0, pump_on)
        inflow *= np.exp(-share)
        depths[:, :, step + 1] = depth_m(bank, water.pond_mm)
    return Paths(depths, ensemble.weight())


def summarise(paths: Paths, thresholds_m: Floats) -> CoreOutlook:
    """Quantiles, chances and times over the weighted members."""
    running = np.maximum.accumulate(paths.depth_m, axis=2)
    at_leads, peaks = paths.depth_m[:, :, _LEAD_AT], running[:, :, _LEAD_AT]
    chances = np.stack([_share(paths.weight, peaks >= thresholds_m[:, k, None, None]) for k in range(thresholds_m.shape[1])], axis=1)
    depth_m = weighted_quantiles(at_leads, paths.weight, QUANTILES)
    peak_by_lead_m = weighted_quantiles(peaks, paths.weight, QUANTILES)
    between = weighted_quantiles(paths.depth_m[:, :, _BETWEEN], paths.weight, np.array([0.5]))[:, 0]
    return CoreOutlook(
        depth_m=depth_m,
        p_exceed=np.clip(chances, 0.0, 1.0),
        peak_by_lead_m=peak_by_lead_m,
        peak_m=peak_by_lead_m[:, _PEAKS, -1],
        minutes_to=minutes_to(running, paths.weight, thresholds_m),
        median_30min_m=np.maximum(between.max(axis=1), depth_m[:, _MEDIAN, _WITHIN_HALF_HOUR].max(axis=1)),
    )


def weighted_quantiles(values: Floats, weight: Floats, quantiles: Floats) -> Floats:
    """Quantiles over weighted members.

    Parameters
    ----------
    values
        Shape (P, M, K).
    weight
        Shape (P, M), sums to 1 over M.
    quantiles
        Shape (Q,).

    Returns
    -------
    Floats
        Shape (P, Q, K), between the members' values in a straight line where they meet the middle of each weight.
    """
    points, count, columns = values.shape
    # members side by side in memory, one column of one point after the other: sorted and summed up far quicker than across
    turned = np.ascontiguousarray(values.transpose(0, 2, 1)).reshape(-1, count)
    begin = np.arange(len(turned)) * count
    order = np.argsort(turned, axis=1, kind="stable") + begin[:, None]
    ordered, heavy = turned.reshape(-1)[order], np.repeat(weight, columns, axis=0).reshape(-1)[order]
    middle = np.cumsum(heavy, axis=1) - heavy / 2
    level, at = ordered.reshape(-1), middle.reshape(-1)
    found = np.empty((points, len(quantiles), columns))
    for row, quantile in enumerate(quantiles.tolist()):
        above = np.minimum(np.count_nonzero(middle < quantile, axis=1), count - 1)
        upper, lower = begin + above, begin + np.maximum(above - 1, 0)
        share = np.clip((quantile - at[lower]) / np.maximum(at[upper] - at[lower], 1e-12), 0.0, 1.0)
        found[:, row] = (level[lower] + share * (level[upper] - level[lower])).reshape(points, columns)
    return found


def minutes_to(running_m: Floats, weight: Floats, thresholds_m: Floats) -> Floats:
    """Weighted median over members of the first step at which each threshold is reached, shape (P, L); nan where half never do."""
    found = np.full(thresholds_m.shape, np.nan)
    for level in range(thresholds_m.shape[1]):
        reached = running_m >= thresholds_m[:, level, None, None]
        share = _share(weight, reached)  # grows with the step, for the running peak never falls
        first = (share >= 0.5 - 1e-6).argmax(axis=1)
        ever = share[:, -1] >= 0.5 - 1e-6
        found[ever, level] = STEPS_MIN[first[ever]]
    return found


def _share(weight: Floats, true: npt.NDArray[np.bool_]) -> Floats:
    """Weight of the members for which it is true, shape (P, K) of (P, M) and (P, M, K)."""
    return np.asarray(np.matmul(weight[:, None, :], true.astype(weight.dtype))[:, 0], float)
