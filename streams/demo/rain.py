"""The simulated rain: three cells that cross the demo city, scaled so that the worst hour brings what Zhengzhou's worst hour brought."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from streams.demo.layout import HEIGHT_M, WIDTH_M
from streams.demo.moment import DRY_S, DURATION_S

Series = NDArray[np.float64]
RECORD_HOUR_MM = 201.9  # the record hour of Zhengzhou, 2021-07-20, 16 to 17 h local time
STEP_S = 60
SPEED_M_S = 2.4  # the cells drift to the north-west, so the south-east gets wet most of an hour before the north-west
_DRIFT = np.array([-0.8, 0.6])


@dataclass(frozen=True)
class Cell:
    """One rain cell: when it is overhead in the middle of the city, how long, how heavy, and where its core is (shares of the city)."""

    peak_s: float
    spread_s: float
    peak_mm_h: float
    core: tuple[float, float]
    spread_m: float


CELLS = (
    Cell(4500, 850, 105, (0.75, 0.25), 2300),
    Cell(9000, 1330, 250, (0.42, 0.55), 2700),
    Cell(14_000, 700, 120, (0.30, 0.85), 1700),
)
_DRIZZLE_MM_H = 7.0


@dataclass(frozen=True)
class Rain:
    """Rain at named places, in mm per minute; element k fell in the minute that ends at (k + 1) * 60 s."""

    mm: dict[str, Series]

    def worst_hour(self) -> tuple[str, int, float]:
        """Return place, end in s, and mm of the wettest 60 min anywhere."""
        best = ("", 0, 0.0)
        for place, minutes_mm in self.mm.items():
            hours_mm = hourly(minutes_mm)
            at = int(np.argmax(hours_mm))
            if hours_mm[at] > best[2]:
                best = (place, (at + 60) * STEP_S, float(hours_mm[at]))
        return best


def hourly(minutes_mm: Series) -> Series:
    """Return the sum of every 60 consecutive minutes."""
    total = np.concatenate([[0.0], np.cumsum(minutes_mm)])
    return np.asarray(total[60:] - total[:-60], dtype=np.float64)


def make_rain(places: dict[str, tuple[float, float]], seed: int) -> Rain:
    """Return the rain at each place over the whole storm.

    Parameters
    ----------
    places
        Name to (x_m, y_m) from the city's origin.
    seed
        Of the gusts; the cells themselves are fixed.

    Notes
    -----
    Intensity is drizzle plus the sum of cells, each a Gaussian in time (shifted by the drift) and in the distance from its core, times
    gusts that drift along (log-normal, correlated over 4 min). One factor scales all so that the wettest hour of all places has 201.9 mm.
    """
    gusts = _gusts(seed)
    raw = {name: _at_place(np.array(place, dtype=np.float64), gusts) for name, place in places.items()}
    factor = RECORD_HOUR_MM / Rain(raw).worst_hour()[2]
    return Rain({name: minutes_mm * factor for name, minutes_mm in raw.items()})


def _gusts(seed: int) -> Series:
    """Return one factor a minute, with an hour of margin on both sides for the drift."""
    rng = np.random.default_rng([seed, 1])
    steps = rng.normal(size=DURATION_S // STEP_S + 120)
    log = np.zeros_like(steps)
    for k in range(1, len(steps)):
        log[k] = 0.78 * log[k - 1] + 0.17 * steps[k]
    return np.asarray(np.exp(log), dtype=np.float64)


def _at_place(place_m: Series, gusts: Series) -> Series:
    middle_s: Series = (np.arange(DURATION_S // STEP_S, dtype=np.float64) + 0.5) * STEP_S
    lag_s = float((place_m - np.array([WIDTH_M, HEIGHT_M]) / 2) @ _DRIFT) / SPEED_M_S
    drizzle = np.where(middle_s - lag_s > DRY_S + 900, _DRIZZLE_MM_H, 0.0)
    mm_h = drizzle + np.sum([_cell(cell, middle_s - lag_s, place_m) for cell in CELLS], axis=0)
    mm_h = mm_h * np.interp(middle_s - lag_s, np.arange(-60, len(gusts) - 60) * STEP_S, gusts)
    # the first half hour is dry everywhere: what the tails of a cell would bring then is not worth a gauge's tip
    return np.where((middle_s > DRY_S) & (mm_h > 0.5), mm_h, 0.0) * STEP_S / 3600


def _cell(cell: Cell, time_s: Series, place_m: Series) -> Series:
    core_m = np.array(cell.core) * [WIDTH_M, HEIGHT_M]
    off_m = float(np.linalg.norm(place_m - core_m))
    return np.asarray(cell.peak_mm_h * np.exp(-0.5 * ((time_s - cell.peak_s) / cell.spread_s) ** 2 - 0.5 * (off_m / cell.spread_m) ** 2))


def mean_rain(rain: Rain, names: Sequence[str]) -> Series:
    """Return the mean over some places, in mm per minute."""
    return np.asarray(np.mean([rain.mm[name] for name in names], axis=0), dtype=np.float64)
