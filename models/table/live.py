"""What if so much more rain fell, from the state as it is now?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.core.bank import Bank
from models.core.hydraulics import Water, advance, depth_m, volume_mm
from models.table.intensity import PEAK_RATIO, Formula, hyetograph_mm
from models.table.weighted import median_minutes, weighted_quantiles

Floats = npt.NDArray[np.float64]

LEAD_MIN = np.array([5.0, 15.0, 30.0, 60.0, 90.0, 120.0])
QUANTILES = np.array([0.1, 0.5, 0.9])


@dataclass(frozen=True)
class WhatIf:
    """Answers for P points and A amounts, in the order they were asked.

    Attributes
    ----------
    depth_m
        Quantiles .1 .5 .9 of depth at `LEAD_MIN`, shape (P, A, 6, 3).
    peak_m
        Quantiles .1 .5 .9 of the highest depth from now to two hours ahead, shape (P, A, 3).
    minutes_to
        Median minutes from now to each level, 0 where it stands there already, infinite where half of the weight never reaches it,
        shape (P, A, L).
    """

    amounts_mm: tuple[float, ...]
    depth_m: Floats
    peak_m: Floats
    minutes_to: Floats


def what_if(
    bank: Bank,
    water: Water,
    weight: Floats,
    inflow_mm_h: Floats,
    thresholds_m: Floats,
    amounts_mm: tuple[float, ...],
    duration_min: float = 60.0,
    peak_ratio: float = PEAK_RATIO,
    formula: Formula | None = None,
    clear: float = 1.0,
    pump_on: Floats | float = 1.0,
) -> WhatIf:
    """Take the ensemble as it stands two hours further under several amounts of rain at once.

    Parameters
    ----------
    bank, water, weight, inflow_mm_h
        The ensemble now, shape (P, M) each; weights sum to 1 at each point. The inflow that rain does not explain fades as in the forecast.
    thresholds_m
        Depth of each level, shape (P, L), infinite where a point has fewer.
    amounts_mm
        Rain over the next `duration_min` minutes, spread with its peak at `peak_ratio` of them; none after that. Of a longer duration
        only the part within two hours counts.
    clear, pump_on
        Share of the inlets that is free; 1 where the pump runs, shape (P,) or one for all.
    """
    asked = np.array(amounts_mm, float)
    order = np.argsort(asked, kind="stable")
    points, members = weight.shape
    row = np.repeat(np.arange(points), len(asked))
    here, amount_mm = bank.part(row), np.tile(asked[order], points)
    now = Water(water.surface_mm[row], water.channel_mm[row], water.pond_mm[row])
    inflow, heavy = inflow_mm_h[row].copy(), weight[row]
    runs = np.broadcast_to(np.asarray(pump_on, float), (points,))[row, None]
    edges = _edges(duration_min)
    shape = hyetograph_mm(1.0, duration_min, edges, peak_ratio, formula)
    limit_mm = [volume_mm(here, thresholds_m[row, level, None]) for level in range(thresholds_m.shape[1])]
    first = np.where([now.pond_mm >= limit for limit in limit_mm], 0.0, np.inf).reshape(len(limit_mm), *heavy.shape)
    peak_mm, at_lead = now.pond_mm.copy(), np.empty((len(row), members, len(LEAD_MIN) + 1))
    for share, since, until in zip(shape.tolist(), edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        step_min = until - since
        fading = step_min / here.inflow_decay_min
        mean_inflow = inflow * -np.expm1(-fading) / fading if inflow.any() else 0.0
        advance(here, now, (amount_mm * (share * 60 / step_min))[:, None], mean_inflow, step_min, clear, runs)
        inflow *= np.exp(-fading)
        np.maximum(peak_mm, now.pond_mm, out=peak_mm)
        for level, limit in enumerate(limit_mm):
            over = now.pond_mm >= limit
            if over.any():
                np.minimum(first[level], np.where(over, until, np.inf), out=first[level])
        if until in LEAD_MIN:
            at_lead[:, :, np.searchsorted(LEAD_MIN, until)] = depth_m(here, now.pond_mm)
    at_lead[:, :, -1] = depth_m(here, peak_mm)
    depths = weighted_quantiles(at_lead, heavy, QUANTILES).reshape(points, len(asked), len(LEAD_MIN) + 1, 3)
    minutes = median_minutes(np.moveaxis(first, 0, 2), heavy).reshape(points, len(asked), -1)
    # more rain never gives less water: what the time steps round off against that is taken back, as in the table
    np.maximum.accumulate(depths, axis=1, out=depths)
    np.minimum.accumulate(minutes, axis=1, out=minutes)
    back = np.argsort(order, kind="stable")
    return WhatIf(tuple(asked.tolist()), depths[:, back, :-1], depths[:, back, -1], minutes[:, back])


def _edges(duration_min: float) -> Floats:
    """Steps that meet every lead and the end of the rain: 1 min at first, then 2.5 min, 5 min once it is over."""
    minutes = [*np.arange(0.0, 5.0), *np.arange(5.0, min(duration_min + 15, 120.0), 2.5), *np.arange(0.0, 121.0, 5.0), duration_min]
    return np.unique([minute for minute in minutes if minute <= 120])
