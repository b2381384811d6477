"""All low points under all scenarios: peak depth, minutes to each level and minutes above it, by the same physics as the live forecast."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt

from models.core.bank import Bank
from models.core.hydraulics import Water, advance, depth_m, dry, volume_mm
from models.table.axes import DRAINS, WET_MIN, WET_MM_H, Axes, edges_min
from models.table.intensity import Formula, hyetograph_mm
from models.table.order import keep_order
from models.table.weighted import median_minutes, weighted_quantiles

Floats = npt.NDArray[np.float64]

QUANTILES = np.array([0.1, 0.5, 0.9])
_ROWS = 128
"""Rows carried at once: so few that they stay in the processor's cache, so many that numpy's calls do not count."""


@dataclass(frozen=True)
class Table:
    """What would stand where. Axes: D durations, R peak ratios, S starts, B states of the drains, P points, A amounts, L levels.

    Attributes
    ----------
    peak_m
        Quantiles .1 .5 .9 of the highest depth, shape (D, R, S, B, P, A, 3).
    minutes_to
        Median minutes from the start of the rain to each level, infinite where half of the members never reach it,
        shape (D, R, S, B, P, A, L).
    minutes_above
        Median minutes at or above each level until two hours after the rain, shape (D, R, S, B, P, A, L).
    balance_error
        The worst of all: rain that is neither stored nor lost nor drained nor spilled, as a share of the rain.
    corrected_m, corrected_min
        The most that `models.table.order` had to move a depth or a time to keep the table's laws.
    """

    low_point: tuple[str, ...]
    thresholds_m: Floats
    axes: Axes
    peak_m: Floats
    minutes_to: Floats
    minutes_above: Floats
    balance_error: float
    corrected_m: float
    corrected_min: float


def make_table(
    low_point: tuple[str, ...],
    bank: Bank,
    thresholds_m: Floats,
    axes: Axes,
    formula: Formula | None = None,
    told: Callable[[int, int], None] | None = None,
) -> Table:
    """Compute the table.

    Parameters
    ----------
    bank
        Parameters of the points, shape (P, M), every member counting the same.
    thresholds_m
        Depth of each level, shape (P, L), infinite where a point has fewer.
    formula
        Gives the rain its shape; without one a generic shape is taken.
    told
        Called with the number of scenarios done and of all.
    """
    points, levels = thresholds_m.shape
    size = (*axes.shape(), points, len(axes.amounts_mm))
    peak_m, minutes_to, minutes_above = np.empty((*size, 3)), np.empty((*size, levels)), np.empty((*size, levels))
    cells = list(product(*(range(count) for count in axes.shape())))
    error = 0.0
    for done, cell in enumerate(cells, start=1):
        found = _scenario(bank, thresholds_m, axes, cell, formula)
        peak_m[cell], minutes_to[cell], minutes_above[cell] = found[:3]
        error = max(error, found[3])
        if told:
            told(done, len(cells))
    corrected_m, corrected_min = keep_order(axes, peak_m, minutes_to, minutes_above)
    return Table(low_point, thresholds_m, axes, peak_m, minutes_to, minutes_above, error, corrected_m, corrected_min)


def _scenario(
    bank: Bank, thresholds_m: Floats, axes: Axes, cell: tuple[int, ...], formula: Formula | None
) -> tuple[Floats, Floats, Floats, float]:
    """One duration, peak ratio, start and state of drains for all points and amounts."""
    duration_min, peak_ratio = axes.durations_h[cell[0]] * 60, axes.peak_ratios[cell[1]]
    wet, (clear, pumps) = axes.starts[cell[2]] == "wet", DRAINS[axes.drains[cell[3]]]
    edges = edges_min(duration_min, peak_ratio)
    shape = hyetograph_mm(1.0, duration_min, edges, peak_ratio, formula)
    points, amounts = len(thresholds_m), np.array(axes.amounts_mm)
    parts = [
        _carry(bank.part(point), thresholds_m[point], amounts[amount], shape, edges, wet, clear, pumps)
        for point, amount in _rows(points, len(amounts))
    ]
    columns = [np.concatenate([part[k] for part in parts]).reshape(points, len(amounts), -1) for k in range(3)]
    return columns[0], columns[1], columns[2], max(part[3] for part in parts)


def _rows(points: int, amounts: int) -> Iterator[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]]:
    """Point and amount of each row, in parts: amounts are laid into the axis of points."""
    row = np.arange(points * amounts)
    for start in range(0, len(row), _ROWS):
        yield row[start : start + _ROWS] // amounts, row[start : start + _ROWS] % amounts


def _carry(
    bank: Bank, thresholds_m: Floats, amount_mm: Floats, shape: Floats, edges: Floats, wet: bool, clear: float, pumps: float
) -> tuple[Floats, Floats, Floats, float]:
    """Take rows of (point, amount) through one storm; shapes (rows, 3), (rows, L), (rows, L), and the worst error of the balance."""
    water = start_water(bank, wet, clear, pumps)
    rows, members = water.pond_mm.shape
    limit_mm = [volume_mm(bank, thresholds_m[:, level, None]) for level in range(thresholds_m.shape[1])]
    peak_mm = water.pond_mm.copy()
    first = np.where([water.pond_mm >= limit for limit in limit_mm], 0.0, np.inf)
    above = np.zeros((len(limit_mm), rows, members))
    gone_mm, before_mm = np.zeros((rows, members)), _stored(water)
    for share, since, until in zip(shape.tolist(), edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        step_min = until - since
        flows = advance(bank, water, (amount_mm * (share * 60 / step_min))[:, None], 0.0, step_min, clear, pumps)
        gone_mm += flows.lost_mm + flows.drained_mm + flows.spilled_mm
        np.maximum(peak_mm, water.pond_mm, out=peak_mm)
        for level, limit in enumerate(limit_mm):
            over = water.pond_mm >= limit
            if over.any():
                above[level] += step_min * over
                np.minimum(first[level], np.where(over, until, np.inf), out=first[level])
    weight = np.full((rows, members), 1 / members)
    off_mm = np.abs(amount_mm[:, None] + before_mm - _stored(water) - gone_mm) / np.maximum(amount_mm[:, None], 1.0)
    return (
        weighted_quantiles(depth_m(bank, peak_mm)[:, :, None], weight, QUANTILES)[:, 0],
        median_minutes(np.moveaxis(first, 0, 2), weight),
        weighted_quantiles(np.moveaxis(above, 0, 2), weight, QUANTILES[1:2])[:, :, 0],
        float(off_mm.max()),
    )


def start_water(bank: Bank, wet: bool, clear: float, pumps: float) -> Water:
    """Nothing anywhere, or what three hours of 5 mm/h leave behind."""
    water = dry(*bank.pond_mm.shape)
    if wet:
        for _ in range(round(WET_MIN / 5)):
            advance(bank, water, np.array(WET_MM_H), 0.0, 5.0, clear, pumps)
    return water


def _stored(water: Water) -> Floats:
    return np.asarray(water.surface_mm + water.channel_mm + water.pond_mm, float)
