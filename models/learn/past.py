"""What the floods of the past say of each point: how deep it goes as a rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

USUAL_M = 0.06
"""Median peak of a street flood (New York, 156 floods that are not tidal: 0.07 m; half of them on points seen once)."""

SHRINK = 1.5
"""So many floods' worth of the usual are mixed in: a point that flooded once is not known by it."""


@dataclass(frozen=True)
class Past:
    """Sum of the logarithms of the peaks (m) and number of floods, by low point."""

    floods: Mapping[str, tuple[float, int]] = field(default_factory=dict)

    def of(self, low_points: Sequence[str]) -> tuple[Floats, Floats]:
        """Typical peak in m, drawn to the usual where little is known, and number of floods (4 at most); shape (P,) each."""
        known = [self.floods.get(point, (0.0, 0)) for point in low_points]
        total, count = np.array([k[0] for k in known], float), np.array([k[1] for k in known], float)
        peak = np.exp((total + SHRINK * np.log(USUAL_M)) / (count + SHRINK))
        return peak, np.minimum(count, 4.0)


def learn_past(low_point: Sequence[str], peak_m: Sequence[float]) -> Past:
    """Count the floods of each point."""
    floods: dict[str, tuple[float, int]] = {}
    for point, peak in zip(low_point, peak_m, strict=True):
        total, count = floods.get(point, (0.0, 0))
        floods[point] = (total + float(np.log(max(peak, 0.01))), count + 1)
    return Past(floods)
