"""Quality control of one reading against what its station said before: plain questions with plain answers."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from streams.observation.moments import MINUTE_US
from streams.rules import limits

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


def jumped(before_m: Floats, after_m: Floats, elapsed_us: Ints) -> Bools:
    """Whether water rose too much too fast to be believed without support: by 8 cm at once and by 3 cm a minute."""
    rise_m = np.maximum(after_m, 0.0) - np.maximum(before_m, 0.0)
    return np.asarray((rise_m >= limits.JUMP_M) & (rise_m >= limits.JUMP_M_PER_MIN * elapsed_us / MINUTE_US), bool)


def jump(before_m: float, after_m: float, elapsed_us: int) -> bool:
    """`jumped` for one reading."""
    rise_m = max(after_m, 0.0) - max(before_m, 0.0)
    return rise_m >= limits.JUMP_M and rise_m >= limits.JUMP_M_PER_MIN * elapsed_us / MINUTE_US


def stays(before_m: float, suspect_m: float, next_m: float) -> bool:
    """Whether the reading after a suspect one keeps at least half of its jump."""
    return max(next_m, 0.0) >= max(before_m, 0.0) + limits.STAYS_SHARE * (suspect_m - max(before_m, 0.0))


def out_of_range(value_m: float, high_m: float) -> bool:
    """Whether a depth cannot be: below the road by more than noise, or above the sensor itself."""
    return value_m < limits.RANGE_LOW_M or value_m > high_m


def flat_after_us(cadence_s: float) -> int:
    """How long a wet station may give the very same value before it counts as stuck."""
    return max(limits.FLAT_US, int(limits.FLAT_READINGS * cadence_s * 1_000_000))
