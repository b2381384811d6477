"""The worst moment that a forecast can be asked for: a made-up district all of whose points stand under water, everything known of all."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from models.core.site import CLASSES, Sites
from models.learn.expert import REGIMES, Regime
from models.situation import COMING_MIN, RAIN_MIN, Situation
from streams.city.defaults import LEVELS
from streams.rules.state import HISTORY

Floats = npt.NDArray[np.float64]

START_MINUTE = 29_733_600
FLOOD_MIN = 240
"""How long the water takes to come and go again."""
LEAST_M = 0.05
APART_KM = 0.5


class FloodedDistrict:
    """Points on a grid, half a kilometre apart, of which all is known that a city can know.

    Parameters
    ----------
    points
        How many.
    regimes
        What they are, in turns: what a model was not taught it leaves to the core, which is quicker.
    seed
        Of their figures, the rain and the water.
    """

    def __init__(self, points: int, regimes: Sequence[Regime] = REGIMES, seed: int = 1):
        rng = np.random.default_rng(seed)
        self.points = points
        self._rng = rng
        self._peak_m = rng.uniform(0.1, 1.2, points)
        self._late_min = rng.uniform(0.0, 30.0, points)
        self._sites = _sites(points, regimes, rng)
        self._apart_km = _apart_km(points)
        self._thresholds_m = np.tile([level.depth_m for level in LEVELS], (points, 1))
        self._rain_mm = rng.uniform(0.1, 1.5, (points, 3 * RAIN_MIN))
        self._rain_mm[[not _of(regimes, point).endswith("-rain") for point in range(points)]] = np.nan

    def at(self, minute: int, memory: Floats) -> Situation:
        """What is known so many minutes after the start of the flood, with what the model kept of the minute before."""
        history_min = np.tile(np.arange(HISTORY, 0, -1) - 0.5, (self.points, 1))
        history_m = self._depth_m(minute - history_min)
        return Situation(
            minute=START_MINUTE + minute,
            until_minute_min=0.0,
            sites=self._sites,
            depth_m=history_m[:, -1],
            depth_sd_m=np.full(self.points, 0.01),
            age_min=history_min[:, -1],
            doubtful=np.zeros(self.points, bool),
            thresholds_m=self._thresholds_m,
            history_min=history_min,
            history_m=history_m,
            rain_mm=self._rain_mm[:, minute % RAIN_MIN : minute % RAIN_MIN + RAIN_MIN],
            coming_mm=self._rain_mm[:, -COMING_MIN:],
            pump_on=np.ones(self.points),
            apart_km=self._apart_km,
            memory=memory,
        )

    def _depth_m(self, minute: Floats) -> Floats:
        phase = (minute - self._late_min[:, None]) / FLOOD_MIN
        wave = np.sin(np.pi * phase) ** 2
        return np.asarray(LEAST_M + self._peak_m[:, None] * wave + self._rng.normal(0, 0.004, minute.shape), float)


def _of(regimes: Sequence[Regime], point: int) -> Regime:
    return regimes[point % len(regimes)]


def _sites(points: int, regimes: Sequence[Regime], rng: np.random.Generator) -> Sites:
    names = ["riverside" if _of(regimes, point).startswith("riverside") else "underpass" for point in range(points)]
    river = np.array([name == "riverside" for name in names])  # of a road that a river floods no hollow is recorded
    return Sites(
        low_point=tuple(f"P{number:05d}" for number in range(points)),
        point_class=np.array([CLASSES.index(name) for name in names], np.int64),
        catchment_ha=rng.uniform(0.5, 8.0, points),
        impervious_share=rng.uniform(0.5, 0.95, points),
        drain_mm_h=rng.uniform(15.0, 50.0, points),
        pump_mm_h=rng.uniform(0.0, 30.0, points),
        hollow_m3=np.where(river, np.nan, rng.uniform(500.0, 8000.0, points)),
        hollow_shape=rng.uniform(0.5, 1.5, points),
        spill_m=rng.uniform(0.5, 2.0, points),
    )


def _apart_km(points: int) -> Floats:
    """Distances on the grid; filled row by row, so that making them takes no more memory than they do."""
    side = int(np.ceil(np.sqrt(points)))
    place = np.column_stack(np.divmod(np.arange(points), side)) * APART_KM
    apart_km = np.empty((points, points))
    for row, (x_km, y_km) in enumerate(place):
        np.hypot(place[:, 0] - x_km, place[:, 1] - y_km, out=apart_km[row])
    return apart_km
