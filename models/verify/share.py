"""A share of counted cases, with the interval that so few of them allow."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

_Z = 1.6449
"""Standard normal deviate that leaves 5 % on each side."""


@dataclass(frozen=True)
class Share:
    """So many of so many."""

    of: int
    among: int

    @property
    def value(self) -> float | None:
        """The share; None of nothing."""
        return self.of / self.among if self.among else None

    @property
    def interval(self) -> tuple[float, float]:
        """90 % interval by Wilson (1927), which does not close up at none or all; as if the cases were independent."""
        if not self.among:
            return 0.0, 1.0
        n, p = self.among, self.of / self.among
        middle, half = p + _Z**2 / (2 * n), _Z * sqrt(p * (1 - p) / n + _Z**2 / (4 * n**2))
        low, high = ((middle + side) / (1 + _Z**2 / n) for side in (-half, half))
        return max(low, 0.0), min(high, 1.0)

    def __str__(self) -> str:
        if self.value is None:
            return "none of 0"
        low, high = self.interval
        return f"{self.value:.0%} ({self.of} of {self.among}) [{low:.0%}, {high:.0%}]"
