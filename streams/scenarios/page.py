"""One selection of the table as people read it: points by danger, amounts across, in each cell the median peak and its level."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from rich.table import Table as Printed
from rich.text import Text

from streams.scenarios.compute import CityTable
from streams.scenarios.rows import rarity_of

STYLES = ("dim", "blue", "yellow", "dark_orange", "bold white on dark_red")


@dataclass(frozen=True)
class Selection:
    """Which sheet of the table: one of each axis but points and amounts."""

    duration_h: float
    peak_ratio: float
    start: str
    drains: str


def page(whole: CityTable, selection: Selection) -> Printed:
    """Lay one sheet out, the most dangerous point first: by level under each amount, heaviest rain first, then by depth."""
    table, axes = whole.table, whole.table.axes
    cell = (
        axes.durations_h.index(selection.duration_h),
        axes.peak_ratios.index(selection.peak_ratio),
        axes.starts.index(selection.start),
        axes.drains.index(selection.drains),
    )
    median_m = table.peak_m[cell][:, :, 1]
    level = (median_m[:, :, None] >= table.thresholds_m[:, None, :]).sum(axis=2)
    names = {point.low_point_id: point.name or point.name_en for point in whole.city.low_points}
    # as Text, for what stands in brackets would be taken for markup
    printed = Printed(title=Text(_title(whole, selection)), caption=Text(_caption(whole)), title_justify="left", caption_justify="left")
    printed.add_column("low point", no_wrap=True)
    printed.add_column("", no_wrap=True, overflow="ellipsis")
    for amount_mm in axes.amounts_mm:
        printed.add_column(f"{amount_mm:g} mm\n{_rarity(whole, selection.duration_h, amount_mm)}", justify="right", no_wrap=True)
    for at in np.lexsort((-median_m.sum(axis=1), -level.sum(axis=1))).tolist():
        cells = [_cell(float(depth), int(rung)) for depth, rung in zip(median_m[at], level[at], strict=True)]
        printed.add_row(Text(table.low_point[at]), Text(names.get(table.low_point[at], "")), *cells)
    return printed


def _cell(depth_m: float, level: int) -> Text:
    return Text(f"{depth_m:.2f} {f'[{level}]' if level else '   '}", style=STYLES[min(level, len(STYLES) - 1)])


def _rarity(whole: CityTable, duration_h: float, amount_mm: float) -> str:
    found = rarity_of(whole, duration_h, amount_mm)
    if found.years is not None:
        return f"{found.years:.3g} y"
    shortest = f"{whole.formula.years[0]:g} y" if whole.formula else ""
    return {"below": f"< {shortest}", "beyond": "beyond", "unknown": ""}[found.kind]


def _title(whole: CityTable, selection: Selection) -> str:
    simulated = ", SIMULATED" if whole.city.simulated else ""
    rain = f"rain over {selection.duration_h:g} h, peak at {selection.peak_ratio:g}"
    return f"{whole.city.name}{simulated}: {rain}, start {selection.start}, drains {selection.drains}"


def _caption(whole: CityTable) -> str:
    meaning = "m, median of the highest depth; [n] the level it reaches"
    if whole.formula is None:
        return f"{meaning}; no return periods: the city has no storm.toml"
    return f"{meaning}; y: return period, beyond: beyond design ({whole.formula.years[1]:g} y). Formula: {whole.formula.source}"
