"""How long the table and the live what-if take, and how much memory: in a process of its own, on one thread."""

from __future__ import annotations

import resource
import statistics
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from models.core.bank import lay_out
from models.core.hydraulics import advance, dry
from models.table.axes import usual_axes
from models.table.live import what_if
from streams import clock
from streams.city.load import load_city
from streams.city.sites import sites_of, thresholds_of
from streams.city.storm import load_storm
from streams.scenarios.compute import compute, usual_ratio

AMOUNTS_MM = (0.0, 5.0, 10.0, 20.0, 30.0, 40.0, 50.0, 75.0, 100.0, 125.0, 150.0, 200.0)


@dataclass(frozen=True)
class Times:
    """Seconds of each turn, and the most memory that the process held so far, MB."""

    what: str
    seconds: tuple[float, ...]
    memory_mb: float

    def __str__(self) -> str:
        spread = f"{min(self.seconds):.3f} to {max(self.seconds):.3f}"
        median = statistics.median(self.seconds)
        return f"{self.what}: n {len(self.seconds)}, median {median:.3f} s ({spread}), {self.memory_mb:.0f} MB at most"


def time_sites(folder: Path, turns: int) -> Times:
    """Describe all points of a city, its hollows measured on the terrain."""
    city = load_city(folder)
    return _timed(f"sites of {len(city.low_points)} points", turns, lambda: sites_of(city))


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
    return _timed(what, turns, lambda: what_if(bank, water, weight, inflow, thresholds_m, AMOUNTS_MM, formula=formula))


def time_table(folder: Path, turns: int) -> Times:
    """The whole table of a city."""
    axes = usual_axes(usual_ratio(load_storm(folder)))
    count = int(np.prod(axes.shape())) * len(axes.amounts_mm)
    return _timed(f"whole table, {count} scenarios", turns, lambda: compute(folder, usual_axes))


def _timed(what: str, turns: int, run: object) -> Times:
    assert callable(run)
    seconds = []
    for _ in range(turns):
        begun = clock.monotonic_s()
        run()
        seconds.append(clock.monotonic_s() - begun)
    return Times(what, tuple(seconds), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
