"""Scores of forecasts, case by case; the mean over cases, weighted, is left to whoever knows the weights."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from models.verify.record import Bools, Floats

RESOLUTION_M = 0.0005
"""Half the millimetre to which depths are written: an observation this far outside an interval still counts as covered."""
BINS = 10


def absolute_error(observed_m: Floats, said_m: Floats) -> Floats:
    """|said - observed|, any shape."""
    return np.asarray(np.abs(said_m - observed_m), float)


def pinball(observed_m: Floats, quantiles_m: Floats, levels: Floats) -> Floats:
    """Pinball loss of each quantile (Koenker and Bassett 1978): level x (y - q) where y >= q, (1 - level) x (q - y) elsewhere.

    Parameters
    ----------
    observed_m
        Shape (n,).
    quantiles_m
        Shape (n, Q).
    levels
        Shape (Q,), each between 0 and 1.

    Returns
    -------
    Floats
        Shape (n, Q).
    """
    short = observed_m[:, None] - quantiles_m
    return np.asarray(np.maximum(levels * short, (levels - 1) * short), float)


def crps(observed_m: Floats, quantiles_m: Floats, levels: Floats) -> Floats:
    """Continuous ranked probability score out of quantiles, shape (n,), in the unit of the observation.

    It is twice the integral of the pinball loss over the level (Laio and Tamea 2007); each quantile stands for the levels up
    to the middle between it and the next one, the outermost for the rest up to 0 and 1.
    """
    edges = np.concatenate([[0.0], (levels[1:] + levels[:-1]) / 2, [1.0]])
    return np.asarray(2 * pinball(observed_m, quantiles_m, levels) @ np.diff(edges), float)


def covered(observed_m: Floats, low_m: Floats, high_m: Floats) -> Bools:
    """Whether the observation lies in the interval, give or take half a millimetre."""
    return np.asarray((observed_m >= low_m - RESOLUTION_M) & (observed_m <= high_m + RESOLUTION_M), bool)


def brier(came: Floats, chance: Floats) -> Floats:
    """Squared distance of a chance from what came (Brier 1950), any shape."""
    return np.asarray((chance - came) ** 2, float)


def bin_of(chance: Floats) -> npt.NDArray[np.int64]:
    """Decile of a chance: 0 to 9, a chance of 1 in the last."""
    return np.asarray((chance * BINS + 1e-9).astype(np.int64).clip(0, BINS - 1), np.int64)


def reliability_sums(came: Floats, chance: Floats, weight: Floats, block: npt.NDArray[np.int64], blocks: int) -> Floats:
    """What makes a reliability diagram: weight, weight x chance and weight x came, by block and decile, shape (blocks, 30)."""
    place = block * BINS + bin_of(chance)
    parts = [np.bincount(place, part, minlength=blocks * BINS) for part in (weight, weight * chance, weight * came)]
    return np.concatenate([part.reshape(blocks, BINS) for part in parts], axis=1)


def reliability_error(sums: Floats) -> Floats:
    """Weighted mean over deciles of |mean chance - share that came|, from sums (..., 30)."""
    weight, said, came = sums[..., :BINS], sums[..., BINS : 2 * BINS], sums[..., 2 * BINS :]
    return np.asarray(np.abs(said - came).sum(axis=-1) / weight.sum(axis=-1), float)


def ratio(sums: Floats) -> Floats:
    """First summed column over the second: a mean, POD (hits, floods), FAR (false, alarms) or CSI (hits, floods + false)."""
    return np.asarray(sums[..., 0] / sums[..., 1], float)


def skill(sums: Floats) -> Floats:
    """1 - loss / loss of the reference: 1 is perfect, 0 no better, below 0 worse."""
    return np.asarray(1 - sums[..., 0] / sums[..., 1], float)
