"""Rain that fell, with its gaps filled, and the futures of rain that the members go on with."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from models.core.bank import normals

Floats = npt.NDArray[np.float64]

HELD_MIN = 10
"""A gauge that says nothing is taken to go on as before for so long."""

RECENT_MIN = 10
DECAY_MIN, DECAY_SPREAD = 30.0, 0.7
"""How long rain goes on as an exponential decay, where nobody says better; log-normal over the members."""

TRUST_MIN = 20.0
"""What the gauges say of now fades into what the bureau expects over so many minutes."""

AMOUNT_SPREAD = 0.3
"""Standard deviation of the logarithm of what falls against what is expected."""


def filled(rain_mm: Floats) -> Floats:
    """Minutes of rain with gaps filled: the last amount for `HELD_MIN` minutes, then nothing. Shape as given, (P, T).

    Missing is not zero (law 3): where a gauge is silent for longer, the inflow that the rain does not explain takes its place.
    """
    known = np.isfinite(rain_mm)
    at = np.where(known, np.arange(rain_mm.shape[1]), -1)
    last = np.maximum.accumulate(at, axis=1)
    held = (last >= 0) & (np.arange(rain_mm.shape[1]) - last <= HELD_MIN)
    value = np.take_along_axis(np.where(known, rain_mm, 0.0), np.maximum(last, 0), axis=1)
    return np.where(held, value, 0.0)


def intensity_mm_h(rain_mm: Floats) -> Floats:
    """Mean intensity of the last ten minutes, mm/h, shape (P,)."""
    lately = rain_mm[:, -(RECENT_MIN + HELD_MIN + 1) :]  # nothing older can be held until then
    return np.asarray(filled(lately)[:, -RECENT_MIN:].mean(axis=1) * 60, float)


def futures_mm_h(rain_mm: Floats, coming_mm: Floats, from_min: Floats, to_min: Floats, members: int) -> Floats:
    """Rain of each member in each step ahead, mm/h, shape (P, M, T).

    Parameters
    ----------
    rain_mm
        Minutes that fell, newest last, nan where no gauge said, shape (P, R).
    coming_mm
        Minutes that are expected, nan where nobody says, shape (P, C).
    from_min, to_min
        Bounds of the steps in minutes from now, shape (T,).
    """
    normal = normals(members)
    now = intensity_mm_h(rain_mm)[:, None, None]
    middle = (from_min + to_min) / 2
    decay = DECAY_MIN * np.exp(DECAY_SPREAD * normal[:, -1])[None, :, None]
    going_on = now * np.exp(-middle / decay)
    told = np.asarray(np.isfinite(coming_mm).any(axis=1), bool)
    if not told.any():
        return np.asarray(going_on, float)
    total = np.concatenate([np.zeros((len(coming_mm), 1)), np.cumsum(np.nan_to_num(coming_mm), axis=1)], axis=1)
    minutes = np.arange(total.shape[1])
    amount = _at(total, minutes, to_min) - _at(total, minutes, from_min)
    expected = (amount / (to_min - from_min) * 60)[:, None, :]
    amiss = np.exp(AMOUNT_SPREAD * normal[:, -1])[None, :, None] ** np.sqrt(middle / 60)
    measured = np.asarray(np.isfinite(rain_mm[:, -3 * RECENT_MIN :]).any(axis=1), bool)[:, None, None]
    fade = np.where(measured, np.exp(-middle / TRUST_MIN), 0.0)
    by_bureau: Floats = fade * now + (1 - fade) * expected * amiss
    return np.where(told[:, None, None], by_bureau, going_on)


def _at(total: Floats, minutes: npt.NDArray[np.int64], moment: Floats) -> Floats:
    low = np.clip(np.floor(moment).astype(int), 0, len(minutes) - 1)
    high = np.minimum(low + 1, len(minutes) - 1)
    return np.asarray(total[:, low] + (moment - low) * (total[:, high] - total[:, low]), float)
