"""Storm intensity: how much rain falls in a duration once in so many years, and how it is spread over that duration."""

from __future__ import annotations

from dataclasses import dataclass
from math import log10
from typing import Literal

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

L_S_HA_PER_MM_MIN = 10_000 / 60
"""1 mm/min on a hectare is 10,000 L a minute: 166.67 L/(s ha), which Chinese tables round to 167."""

PEAK_RATIO = 0.375
"""Where in the storm its peak comes, as a share of the duration, where nobody says: usual are 0.3 to 0.4."""

GENERIC_B_MIN, GENERIC_N = 10.0, 0.7
"""Shape of a storm where a city has no formula: in the middle of what Chinese cities publish (b 5 to 25 min, n 0.6 to 0.9)."""

Kind = Literal["below", "within", "beyond", "unknown"]


@dataclass(frozen=True)
class ReturnPeriod:
    """How rare an amount is.

    Attributes
    ----------
    kind
        `below` the shortest period of the formula, `within` its range, `beyond` the longest: beyond design; `unknown` without a formula,
        or for a duration that it does not speak of.
    years
        Only where it is within the range.
    """

    kind: Kind
    years: float | None = None


@dataclass(frozen=True)
class Formula:
    """A city's storm-intensity formula, ``q = a1 (1 + c lg P) / (t + b_min) ** n`` in L/(s ha), P in years, t in min.

    Attributes
    ----------
    source
        Where the figures stand.
    years, minutes
        Shortest and longest return period and duration that the formula was made for.
    """

    a1: float
    c: float
    b_min: float
    n: float
    source: str
    peak_ratio: float = PEAK_RATIO
    years: tuple[float, float] = (1.0, 100.0)
    minutes: tuple[float, float] = (5.0, 180.0)

    def amount_mm(self, years: float, minutes: float) -> float:
        """Rain of a return period in a duration.

        Raises
        ------
        ValueError
            Outside the range of the formula.
        """
        for value, (least, most), unit in ((years, self.years, "years"), (minutes, self.minutes, "min")):
            if not least <= value <= most:
                raise ValueError(f"the formula is for {least:g} to {most:g} {unit}, not {value:g}")
        return self._amount_mm(years, minutes)

    def return_period(self, amount_mm: float, minutes: float) -> ReturnPeriod:
        """How rare an amount in a duration is."""
        if not self.minutes[0] <= minutes <= self.minutes[1]:
            return ReturnPeriod("unknown")
        slack = 1e-9 * amount_mm  # so that the amount of the longest period itself is still within design
        if amount_mm < self._amount_mm(self.years[0], minutes) - slack:
            return ReturnPeriod("below")
        if amount_mm > self._amount_mm(self.years[1], minutes) + slack:
            return ReturnPeriod("beyond")
        share = amount_mm / self._amount_mm(1.0, minutes)
        years = 10 ** ((share - 1) / self.c)
        return ReturnPeriod("within", min(max(years, self.years[0]), self.years[1]))

    def _amount_mm(self, years: float, minutes: float) -> float:
        q = self.a1 * (1 + self.c * log10(years)) / (minutes + self.b_min) ** self.n
        return float(q / L_S_HA_PER_MM_MIN * minutes)


def hyetograph_mm(amount_mm: float, duration_min: float, edges_min: Floats, peak_ratio: float, formula: Formula | None = None) -> Floats:
    """Spread an amount over a duration with its peak at a share of it, by steps of time.

    Parameters
    ----------
    edges_min
        Bounds of the steps from the start of the rain, rising, shape (T + 1,).
    peak_ratio
        0 begins with the peak, 1 ends with it.
    formula
        Gives the shape; without one a generic shape is taken. The amount may be any.

    Returns
    -------
    Floats
        mm in each step, shape (T,); they sum to the amount where the steps cover the duration.

    Notes
    -----
    Chicago method (Keifer and Chu, 1957): around the peak, every duration s has the amount H(s) of the formula, a share r of it before
    the peak. So the sum is r (H(T) - H((tp - t) / r)) up to the peak at tp = r T, and r H(T) + (1 - r) H((t - tp) / (1 - r)) after it.
    These sums are exact, so the steps are differences and not samples. H of a given return period only scales: a, c and P fall out.
    """
    if not 0 <= peak_ratio <= 1 or not duration_min > 0 or not amount_mm >= 0:
        raise ValueError("a storm has an amount of 0 mm or more, a duration above 0 and its peak between 0 and 1 of it")
    b_min, n = (formula.b_min, formula.n) if formula else (GENERIC_B_MIN, GENERIC_N)
    at = np.clip(edges_min, 0.0, duration_min)
    peak_min = peak_ratio * duration_min
    whole = _depth(duration_min, b_min, n)
    before = peak_ratio * (whole - _depth(np.maximum(peak_min - at, 0.0) / (peak_ratio or 1.0), b_min, n))
    after = (1 - peak_ratio) * _depth(np.maximum(at - peak_min, 0.0) / ((1 - peak_ratio) or 1.0), b_min, n)
    total = (before + after) / whole
    total[at >= duration_min] = 1.0
    return np.asarray(amount_mm * np.diff(total), float)


def _depth(minutes: Floats | float, b_min: float, n: float) -> Floats:
    some = np.maximum(minutes, 1e-12)  # nothing falls in no time, also where b is 0
    return np.where(np.asarray(minutes) > 0, some / (some + b_min) ** n, 0.0)
