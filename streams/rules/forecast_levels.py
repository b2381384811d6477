"""Levels by forecast: raised where the chance is high, taken down, after ten minutes at least, where it is no longer likely (DESIGN 8)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from models.situation import Outlook
from streams.rules import levels, limits
from streams.rules.outputs import LEAD_MIN
from streams.rules.work import Work

Ints = npt.NDArray[np.int64]

_LEAD = LEAD_MIN.index(limits.FORECAST_LEAD_MIN)


def review_levels(work: Work, outlook: Outlook) -> None:
    """Raise what the outlook asks for, and take down what it no longer keeps."""
    state = work.state
    raised = _highest(outlook.raises)
    kept = np.minimum(_highest(outlook.keeps), state.forecast)
    stood = state.forecast_us <= work.now_us - limits.FORECAST_HOLD_US
    _set(work, outlook, np.where(raised > state.forecast, raised, np.where(stood, np.maximum(kept, raised), state.forecast)))


def raise_levels(work: Work, outlook: Outlook) -> None:
    """Only raise."""
    _set(work, outlook, np.maximum(_highest(outlook.raises), work.state.forecast))


def _highest(levels: npt.NDArray[np.bool_]) -> Ints:
    """The highest level that is true, 0 where none is, shape (P,)."""
    return np.asarray((levels * np.arange(1, levels.shape[1] + 1)).max(axis=1, initial=0), np.int64)


def _set(work: Work, outlook: Outlook, level: Ints) -> None:
    state, chance = work.state, outlook.p_exceed[:, :, _LEAD]
    for point in np.flatnonzero(level != state.forecast).tolist():
        if level[point] > state.forecast[point]:
            state.forecast_us[point] = work.now_us
        state.forecast[point] = level[point]
        told_chance = f"chance {chance[point, max(int(level[point]) - 1, 0)]:.2f} within {limits.FORECAST_LEAD_MIN} min"
        levels.tell(work, point, told_chance)
