"""Makes the depths and the chances that are told beside each other agree: each gives way where the other is better taught.

Two fits speak of one flood. The median of depth is the surer of the two about the middle: a level that it reaches is told as likely as
not. Of the rare the chance knows more, as it is taught level by level: a quantile that goes beyond it ends below the level. (New York,
storms left out: lifting the chances to all quantiles instead told 15 cm a third too often; this way the upper quantiles lose less, too.)
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from models.situation import PEAK_QUANTILES, QUANTILES

Floats = npt.NDArray[np.float64]

LIKELY_P = 0.5
TOLD_M = 0.001
"""Depths are told to the millimetre."""

_MEDIAN, _PEAK_MEDIAN = QUANTILES.tolist().index(0.5), PEAK_QUANTILES.tolist().index(0.5)


def lifted(p_exceed: Floats, depth_m: Floats, peak_m: Floats, thresholds_m: Floats) -> Floats:
    """Chances, at least even where the median reaches the level.

    Parameters
    ----------
    p_exceed
        Chances to reach each level by each lead, shape (R, L, leads).
    depth_m, peak_m
        Quantiles `QUANTILES` at each lead, shape (R, 7, leads), and `PEAK_QUANTILES` of the peak until the last lead, shape (R, 3).
    thresholds_m
        Ascending, infinite where a point has fewer levels, shape (R, L).

    Returns
    -------
    Floats
        Shape (R, L, leads); never falling from lead to lead.
    """
    reached = _as_told(depth_m[:, None, _MEDIAN]) >= thresholds_m[:, :, None]
    reached[:, :, -1] |= _as_told(peak_m[:, None, _PEAK_MEDIAN]) >= thresholds_m
    least = np.maximum.accumulate(np.where(reached, LIKELY_P, 0.0), axis=2)
    return np.maximum(p_exceed, least)


def limited_depth(depth_m: Floats, p_exceed: Floats, thresholds_m: Floats) -> Floats:
    """Quantiles of depth, none but the median beyond a level that is told to be reached more seldom; shape (R, 7, leads).

    Wants chances of `lifted`.
    """
    return _limited(depth_m, p_exceed, thresholds_m, QUANTILES)


def limited_peak(peak_m: Floats, p_exceed: Floats, thresholds_m: Floats) -> Floats:
    """The same for the peak until the last lead, shape (R, 3)."""
    return _limited(peak_m[:, :, None], p_exceed[:, :, -1:], thresholds_m, PEAK_QUANTILES)[:, :, 0]


def _limited(depth_m: Floats, p_exceed: Floats, thresholds_m: Floats, quantiles: Floats) -> Floats:
    median = quantiles.tolist().index(0.5)
    limited = depth_m.copy()
    for row, quantile in enumerate(quantiles.tolist()):
        if row != median:
            limited[:, row] = np.minimum(depth_m[:, row], _highest(p_exceed, thresholds_m, 1 - quantile))
    # the median may stand some tenths of a millimetre nearer to a level than it is told
    limited[:, median + 1 :] = np.maximum(limited[:, median + 1 :], depth_m[:, median : median + 1])
    return limited


def _highest(p_exceed: Floats, thresholds_m: Floats, share: float) -> Floats:
    """Depth just below the lowest level that is reached more seldom than in this share, shape (R, leads)."""
    # a level between two millimetres is not reached by the one below it
    below_m = np.ceil(thresholds_m / TOLD_M - 1e-6) * TOLD_M - TOLD_M
    seldom = p_exceed < share - 1e-9
    return np.asarray(np.where(seldom, below_m[:, :, None], np.inf).min(axis=1, initial=np.inf), float)


def _as_told(depth_m: Floats) -> Floats:
    return np.asarray(np.round(depth_m.astype(float), 3), float)
