"""How long the table and the live what-if take, and how much memory: in a process of its own, on one thread."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from models.core.bank import lay_out
from models.core.hydraulics import advance, dry
from models.table.axes import usual_axes
from models.table.live import what_if
from streams.bench.times import Times, timed
from streams.city.load import load_city
from streams.city.sites import sites_of, thresholds_of
from streams.city.storm import load_storm
from streams.scenarios.compute import compute, usual_ratio

AMOUNTS_MM = (0.0, 5.0, 10.0, 20.0, 30.0, 40.0, 50.0, 75.0, 100.0, 125.0, 150.0, 200.0)
LIVE_TARGET_S = 0.3
"""What an answer to `AMOUNTS_MM` may take."""


def time_sites(folder: Path, turns: int) -> Times:
    """Describe all points of a city, its hollows measured on the terrain."""
    city = load_city(folder)
    return timed(f"sites of {len(city.low_points)} points", turns, lambda: sites_of(city))


def time_live(folder: Path, turns: int) -> Times:
    """What if so much more fell, in the middle of a storm, for all points of a city at once."""
    city, formula = load_city(folder), load_storm(folder)
    bank, thresholds_m = lay_out(sites_of(city)), thresholds_of(city)
    points, members = bank.pond_mm.shape
    water = dry(points, members)
    for _ in range(30):
        advance(bank, water, np.array(60.0), 0.0, 1.0, 1.0, 1.0)
    weight, inflow = np.full((points, members), 1 / members), np.full((points, members), 2.0)
    what = f"what if, {len(AMOUNTS_MM)} amounts, {points} points, {members} members"
    return timed(what, turns, lambda: what_if(bank, water, weight, inflow, thresholds_m, AMOUNTS_MM, formula=formula))


def time_table(folder: Path, turns: int) -> Times:
    """The whole table of a city."""
    axes = usual_axes(usual_ratio(load_storm(folder)))
    count = int(np.prod(axes.shape())) * len(axes.amounts_mm)
    return timed(f"whole table, {count} scenarios", turns, lambda: compute(folder, usual_axes))
