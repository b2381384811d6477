"""The laws of the table, enforced in the open: more rain, a wetter start or worse drains never give less water.

The physics keeps them but for the error of its time steps, where a storm twice as heavy may pass a point in another step. What had to be
moved is reported, so that nothing large can hide here.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from models.table.axes import Axes

Floats = npt.NDArray[np.float64]

_START, _DRAINS, _AMOUNT = 2, 3, 5


def keep_order(axes: Axes, peak_m: Floats, minutes_to: Floats, minutes_above: Floats) -> tuple[float, float]:
    """Raise what is too low, in place, and return how far depths (m) and times (min) had to be moved at most.

    Notes
    -----
    Amounts first, then drains against free ones, then wet starts against dry ones: the larger of two rising rows rises, so a later pass
    breaks no earlier one.
    """
    moved_m, moved_min = _raise(axes, peak_m), _raise(axes, minutes_above)
    sooner = -minutes_to
    moved_min = max(moved_min, _raise(axes, sooner))
    minutes_to[...] = np.abs(sooner)
    return moved_m, moved_min


def _raise(axes: Axes, values: Floats) -> float:
    before = values.copy()
    np.maximum.accumulate(values, axis=_AMOUNT, out=values)
    if axes.drains[0] == "free":
        free = values.take([0], axis=_DRAINS)
        np.maximum(values, free, out=values)
    if len(axes.starts) == 2:
        np.maximum(values, values.take([0], axis=_START), out=values)
    changed = values != before
    if not changed.any():
        return 0.0
    moved = values[changed] - before[changed]
    return float(moved[np.isfinite(moved)].max(initial=0.0))
