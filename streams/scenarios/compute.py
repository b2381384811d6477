"""Computes the table of a city folder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from models.core.bank import lay_out
from models.core.site import Sites
from models.table.axes import DRAINS, STARTS, Axes
from models.table.intensity import PEAK_RATIO, Formula
from models.table.scenarios import Table, make_table
from streams.city.load import load_city
from streams.city.model import City, CityError
from streams.city.sites import sites_of, thresholds_of
from streams.city.storm import load_storm


@dataclass(frozen=True)
class CityTable:
    """A table with the city it is of; `formula` is None where the city has no storm.toml."""

    city: City
    formula: Formula | None
    table: Table

    @property
    def peak_ratio(self) -> float:
        """The city's own peak ratio."""
        return usual_ratio(self.formula)


def compute(
    folder: Path, axes: Callable[[float], Axes], points: tuple[str, ...] = (), told: Callable[[int, int], None] | None = None
) -> CityTable:
    """Compute a table.

    Parameters
    ----------
    axes
        Gives the scenarios from the city's own peak ratio.
    points
        Ids of low points; all where it is empty.

    Raises
    ------
    CityError
        Where the folder cannot be used, or has no such point.
    """
    city, formula = load_city(folder), load_storm(folder)
    sites, thresholds_m = sites_of(city), thresholds_of(city)
    chosen = _chosen(sites, points)
    part = sites.part(chosen)
    table = make_table(part.low_point, lay_out(part), thresholds_m[chosen], axes(usual_ratio(formula)), formula, told)
    return CityTable(city, formula, table)


def usual_ratio(formula: Formula | None) -> float:
    """Where in a storm of the city its peak comes."""
    return formula.peak_ratio if formula else PEAK_RATIO


def between(axes: Axes, peak_ratio: float, start: str, drains: str) -> Axes:
    """The axes with one peak ratio, start and state of the drains, and what the last two are held against (`models.table.order`)."""
    starts = tuple(name for name in STARTS if name in ("dry", start))
    states = tuple(name for name in DRAINS if name in ("free", drains))
    return Axes(axes.amounts_mm, axes.durations_h, (peak_ratio,), starts, states)


def _chosen(sites: Sites, points: tuple[str, ...]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    unknown = [point for point in points if point not in sites.low_point]
    if unknown:
        raise CityError(
            f"there is no low point {unknown[0]!r}: ids are {', '.join(sites.low_point[:5])} and so on, as in low_points.geojson"
        )
    if not len(sites):
        raise CityError("the city has no low points: write them into low_points.geojson")
    return np.array([at for at, name in enumerate(sites.low_point) if not points or name in points], np.int64)
