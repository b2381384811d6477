"""The table as rows: one for each low point under each scenario, with the words that people and programs read."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import msgspec
import numpy as np

from models.table.intensity import Floats, ReturnPeriod
from streams.scenarios.compute import CityTable


class Row(msgspec.Struct, frozen=True):
    """One low point under one scenario; the columns of the CSV and the keys of the JSON.

    `level` is that of the median peak, 0 below level 1. Minutes are those of the median, by level from 1 on; None where a level is not
    reached, or the point has none of that number. `rarity` is below, within or beyond design, or unknown; years only within.
    """

    low_point: str
    duration_h: float
    amount_mm: float
    peak_ratio: float
    start: str
    drains: str
    rarity: str
    return_period_years: float | None
    peak_m_q10: float
    peak_m_q50: float
    peak_m_q90: float
    level: int
    minutes_to: tuple[float | None, ...]
    minutes_above: tuple[float | None, ...]


def rows_of(whole: CityTable) -> Iterator[Row]:
    """Yield all rows, points outermost, then in the order of the axes."""
    table, axes = whole.table, whole.table.axes
    rarity = [[rarity_of(whole, hours, amount_mm) for amount_mm in axes.amounts_mm] for hours in axes.durations_h]
    for at in range(len(table.low_point)):
        for d, r, s, b, a in product(*(range(count) for count in (*axes.shape(), len(axes.amounts_mm)))):
            yield _row(whole, at, (d, r, s, b), a, rarity[d][a])


def _row(whole: CityTable, at: int, cell: tuple[int, int, int, int], amount: int, rare: ReturnPeriod) -> Row:
    table, axes = whole.table, whole.table.axes
    thresholds_m, place = table.thresholds_m[at], (*cell, at, amount)
    low_m, middle_m, high_m = np.round(table.peak_m[place], 3).tolist()
    above = np.where(np.isfinite(thresholds_m), table.minutes_above[place], np.nan)
    return Row(
        low_point=table.low_point[at],
        duration_h=axes.durations_h[cell[0]],
        amount_mm=axes.amounts_mm[amount],
        peak_ratio=axes.peak_ratios[cell[1]],
        start=axes.starts[cell[2]],
        drains=axes.drains[cell[3]],
        rarity=rare.kind,
        return_period_years=None if rare.years is None else round(rare.years, 1),
        peak_m_q10=low_m,
        peak_m_q50=middle_m,
        peak_m_q90=high_m,
        level=int((middle_m >= thresholds_m).sum()),  # of the depth as it is written
        minutes_to=_minutes(table.minutes_to[place]),
        minutes_above=_minutes(above),
    )


def rarity_of(whole: CityTable, duration_h: float, amount_mm: float) -> ReturnPeriod:
    """How rare an amount is by the city's formula."""
    return whole.formula.return_period(amount_mm, duration_h * 60) if whole.formula else ReturnPeriod("unknown")


def _minutes(values: Floats) -> tuple[float | None, ...]:
    return tuple(round(value, 1) if np.isfinite(value) else None for value in values.tolist())
