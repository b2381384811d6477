"""Holds the table against EPA SWMM 5: the demo city's drain network under the table's rain, peak depth by peak depth."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.stats import spearmanr

from models.core.bank import lay_out
from models.table.axes import AFTER_MIN, Axes
from models.table.intensity import Formula, hyetograph_mm
from models.table.scenarios import Table, make_table
from streams.city.load import load_city
from streams.city.sites import sites_of, thresholds_of
from streams.city.storm import load_storm
from streams.demo.folder import Folder, read_folder
from streams.demo.hydraulics import make_basins
from streams.demo.network import Basin, swmm_input
from streams.demo.rain import Rain
from streams.demo.river import BASE_STAGE_M

Floats = npt.NDArray[np.float64]

SEED = 51
_NEVER_S = 10**7
_STEP_S = 30
_WIDTH = 0.525
"""Middle of what `streams.demo.network.real_catchment` draws: records say nothing of a catchment's width."""


@dataclass(frozen=True)
class Agreement:
    """One scenario over all points: median peaks of the table, peaks of SWMM, and the share of these within q10 to q90 of the table."""

    duration_h: float
    amount_mm: float
    drains: str
    ours_m: Floats
    swmm_m: Floats
    within: float

    @property
    def rank(self) -> float:
        """Spearman's rank correlation over the points."""
        return float(spearmanr(self.ours_m, self.swmm_m).statistic)

    @property
    def mae_cm(self) -> float:
        """Mean absolute error."""
        return float(np.abs(self.ours_m - self.swmm_m).mean() * 100)

    @property
    def bias_cm(self) -> float:
        """Mean error; above 0 the table is too deep."""
        return float((self.ours_m - self.swmm_m).mean() * 100)


def compare(
    folder: Path, amounts_mm: Sequence[float], durations_h: Sequence[float], drains: Sequence[str], recorded: bool
) -> Iterator[Agreement]:
    """Run each scenario (dry start, the city's peak ratio) through SWMM and through the table.

    Parameters
    ----------
    folder
        A city made by `lowpoint make-demo city`.
    recorded
        With the catchments as the city's records have them; else with the perturbed ones of the simulated truth.
    """
    city, formula = load_city(folder), load_storm(folder)
    ratio = formula.peak_ratio if formula else 0.375
    axes = Axes(tuple(amounts_mm), tuple(durations_h), (ratio,), ("dry",), tuple(drains))
    sites = sites_of(city)
    table = make_table(sites.low_point, lay_out(sites), thresholds_of(city), axes, formula)
    made = read_folder(folder)
    basins = [replace(basin, pump_fails_s=None if basin.pump_fails_s is None else _NEVER_S) for basin in make_basins(made, SEED)]
    basins = [_as_recorded(basin, made) for basin in basins] if recorded else basins
    for place, duration_h in enumerate(durations_h):
        for blocked, name in enumerate(drains):
            for column, amount_mm in enumerate(amounts_mm):
                swmm_m = _peaks_m(basins, amount_mm, duration_h * 60, ratio, formula, name)
                yield _agreement(table, (place, 0, 0, blocked), column, swmm_m)


def _agreement(table: Table, cell: tuple[int, int, int, int], column: int, swmm_m: Floats) -> Agreement:
    low_m, ours_m, high_m = np.moveaxis(table.peak_m[cell][:, column], 1, 0)
    within = float(((swmm_m >= low_m - 0.005) & (swmm_m <= high_m + 0.005)).mean())
    axes = table.axes
    return Agreement(axes.durations_h[cell[0]], axes.amounts_mm[column], axes.drains[cell[3]], ours_m, swmm_m, within)


def _as_recorded(basin: Basin, folder: Folder) -> Basin:
    point = next(point for point in folder.points if point.low_point_id == basin.low_point_id)
    return replace(basin, catchment_ha=point.catchment_ha, width_m=_WIDTH * (point.catchment_ha * 10_000) ** 0.5)


def _peaks_m(basins: Sequence[Basin], amount_mm: float, duration_min: float, ratio: float, formula: Formula | None, drains: str) -> Floats:
    """Peak depth of each basin by SWMM, m."""
    from pyswmm import Nodes, Simulation

    minutes = round(duration_min + AFTER_MIN)
    fallen_mm = hyetograph_mm(amount_mm, duration_min, np.arange(minutes + 1.0), ratio, formula)
    rain = Rain({basin.low_point_id: fallen_mm for basin in basins})
    if drains == "pumps-off":
        basins = [replace(basin, pump_fails_s=None) for basin in basins]
    text = swmm_input(basins, rain, np.full(minutes, BASE_STAGE_M), minutes * 60)
    if drains == "half-blocked":  # the inlets only: the pipes behind them stay as they are
        text = re.sub(r"^(I_\S+ (?:RATING )?\S+) (\S+)$", lambda line: f"{line[1]} {float(line[2]) / 2:.6f}", text, flags=re.M)
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / "table.inp"
        file.write_text(text, encoding="ascii")
        with Simulation(str(file)) as simulation:
            nodes = Nodes(simulation)
            stores = [nodes[f"S_{basin.low_point_id}"] for basin in basins]
            peaks = np.zeros(len(stores))
            simulation.step_advance(_STEP_S)
            for _ in simulation:
                np.maximum(peaks, [store.depth for store in stores], out=peaks)
    return peaks
