"""Figures with their 90 % interval: whole storms are drawn again and again, as floods of one storm are no independent cases.

Where there are fewer than five storms low points are drawn instead, which is too sure of itself: one storm is one sort of rain.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from models.verify.cases import Strings
from models.verify.record import Floats, Ints

DRAWS = 1000
SEED = 20_260_714
FEWEST_STORMS = 5
INTERVAL = (5.0, 95.0)


@dataclass(frozen=True)
class Figure:
    """A score over n cases and its interval; None where it cannot be given (nothing to divide by)."""

    n: int
    value: float | None
    low: float | None
    high: float | None


class Resampling:
    """One set of draws that all figures share, so that differences between forecasts are paired.

    Parameters
    ----------
    storms, low_points
        All that may occur in the columns.
    """

    def __init__(self, storms: Sequence[str], low_points: Sequence[str]) -> None:
        self.by: Literal["storm", "low_point"] = "storm" if len(set(storms)) >= FEWEST_STORMS else "low_point"
        self._names = np.array(sorted(set(storms if self.by == "storm" else low_points)) or [""])
        count = len(self._names)
        self._drawn = np.random.default_rng(SEED).multinomial(count, np.full(count, 1 / count), size=DRAWS)

    def blocks(self, storm: Strings, low_point: Strings) -> Ints:
        """Number of the block of each case, shape (n,)."""
        return np.asarray(np.searchsorted(self._names, storm if self.by == "storm" else low_point), np.int64)

    @property
    def count(self) -> int:
        """How many blocks there are."""
        return len(self._names)

    def sums(self, block: Ints, columns: Sequence[Floats]) -> Floats:
        """Columns (n,) each summed by block, shape (blocks, C)."""
        return np.column_stack([np.bincount(block, column, minlength=len(self._names)) for column in columns])

    def figure(self, block: Ints, columns: Sequence[Floats], formula: Callable[[Floats], Floats], n: int | None = None) -> Figure:
        """A formula over summed columns.

        Parameters
        ----------
        block
            Shape (n,).
        columns
            C of them, shape (n,) each.
        formula
            From sums (..., C) to figures (...).
        n
            How many cases count, if not all.
        """
        return self.figure_of(self.sums(block, columns), formula, len(block) if n is None else n)

    def figure_of(self, sums: Floats, formula: Callable[[Floats], Floats], n: int) -> Figure:
        """A formula over columns that are summed already, shape (blocks, C)."""
        with np.errstate(divide="ignore", invalid="ignore"):
            value = float(formula(sums.sum(axis=0)))
            drawn = formula(self._drawn @ sums)
        drawn = drawn[np.isfinite(drawn)]
        low, high = np.percentile(drawn, INTERVAL) if len(drawn) and np.isfinite(value) else (np.nan, np.nan)
        return Figure(n, _or_none(value), _or_none(float(low)), _or_none(float(high)))


def _or_none(value: float) -> float | None:
    return round(value, 5) if np.isfinite(value) else None
