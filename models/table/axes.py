"""What the table is made of: amounts, durations, the peak's place, how wet it was before, and what becomes of the drains."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.table.intensity import PEAK_RATIO

Floats = npt.NDArray[np.float64]

AMOUNTS_MM = (10.0, 20.0, 30.0, 40.0, 50.0, 75.0, 100.0, 125.0, 150.0, 200.0, 250.0)
DURATIONS_H = (1.0, 3.0, 6.0, 24.0)
EARLY, LATE = 0.2, 0.6

STARTS = ("dry", "wet")
WET_MM_H, WET_MIN = 5.0, 180.0
"""A wet start: so much rain for so long right before."""

DRAINS = {"free": (1.0, 1.0), "half-blocked": (0.5, 1.0), "pumps-off": (1.0, 0.0)}
"""Share of the inlets that is free, and of the pumps that run."""

AFTER_MIN = 120.0
"""Water is followed for so long after the rain."""


@dataclass(frozen=True)
class Axes:
    """The scenarios of a table: every combination of these. Amounts rise; starts and drains stand in the order of `STARTS` and `DRAINS`."""

    amounts_mm: tuple[float, ...] = AMOUNTS_MM
    durations_h: tuple[float, ...] = DURATIONS_H
    peak_ratios: tuple[float, ...] = (EARLY, PEAK_RATIO, LATE)
    starts: tuple[str, ...] = STARTS
    drains: tuple[str, ...] = tuple(DRAINS)

    def __post_init__(self) -> None:
        if list(self.amounts_mm) != sorted(set(self.amounts_mm)) or not all(0 <= a <= 2000 for a in self.amounts_mm):
            raise ValueError("amounts rise, each once, from 0 to 2000 mm")
        if not all(0.05 <= h <= 72 for h in self.durations_h) or not all(0 <= r <= 1 for r in self.peak_ratios):
            raise ValueError("durations are 0.05 to 72 h, the peak is at 0 to 1 of them")
        if not all((self.amounts_mm, self.durations_h, self.peak_ratios, self.starts, self.drains)):
            raise ValueError("a table has at least one amount, duration, peak ratio, start and state of drains")
        if list(self.starts) != [s for s in STARTS if s in self.starts] or list(self.drains) != [d for d in DRAINS if d in self.drains]:
            raise ValueError(f"starts are among {', '.join(STARTS)}, drains among {', '.join(DRAINS)}, in this order")

    def shape(self) -> tuple[int, int, int, int]:
        """Durations, peak ratios, starts, drains."""
        return len(self.durations_h), len(self.peak_ratios), len(self.starts), len(self.drains)


def usual_axes(peak_ratio: float = PEAK_RATIO) -> Axes:
    """The whole table around a city's own peak ratio."""
    return Axes(peak_ratios=tuple(sorted({EARLY, peak_ratio, LATE})))


def edges_min(duration_min: float, peak_ratio: float, after_min: float = AFTER_MIN) -> Floats:
    """Bounds of the time steps: a minute around the peak, where the water rises; 2.5 min near it, 5 min far from it."""
    peak_min, end_min = peak_ratio * duration_min, duration_min + after_min
    edges = [0.0]
    while edges[-1] < end_min - 1e-9:
        now = edges[-1]
        off_min = now - peak_min
        step = 1.0 if -20 <= off_min < 40 else 2.5 if -60 <= off_min < 120 else 5.0
        # no step goes over the end of the rain: it would spread the rain's last minutes over dry ones
        bound = duration_min if now < duration_min - 1e-9 else end_min
        edges.append(bound if bound - now < step * 1.001 else now + step)
    return np.array(edges)
