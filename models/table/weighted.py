"""Quantiles over weighted members, for many points and columns at once."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

SMOOTH = 0.02
"""A quantile is the mean of those within so much on both sides: about one member of 48 to each side."""


def weighted_quantiles(values: Floats, weight: Floats, quantiles: Floats) -> Floats:
    """Quantiles over weighted members.

    Parameters
    ----------
    values
        Shape (P, M, K).
    weight
        Shape (P, M), sums to 1 over M.
    quantiles
        Shape (Q,).

    Returns
    -------
    Floats
        Shape (P, K, Q).

    Notes
    -----
    The inverse of the weighted distribution, averaged from q - `SMOOTH` to q + `SMOOTH` (cut at 0 and 1). The inverse itself never falls
    when a member rises, so neither does its mean, however the weights differ. A straight line between members does not keep that law: where
    a light member overtakes a heavy one, the places of both jump.
    """
    columns = np.swapaxes(values, 1, 2).copy()  # members last, so that sorting runs along memory
    shares = np.broadcast_to(weight[:, None, :], columns.shape)
    order = np.argsort(columns, axis=2, kind="stable")
    ordered = np.take_along_axis(columns, order, axis=2)
    until = np.cumsum(np.take_along_axis(shares, order, axis=2), axis=2)
    until /= until[:, :, -1:]
    since = np.concatenate([np.zeros((*until.shape[:2], 1)), until[:, :, :-1]], axis=2)
    found = np.empty((*columns.shape[:2], len(quantiles)))
    for place, quantile in enumerate(quantiles.tolist()):
        low, high = max(quantile - SMOOTH, 0.0), min(quantile + SMOOTH, 1.0)
        inside = np.maximum(np.minimum(until, high) - np.maximum(since, low), 0.0)
        found[:, :, place] = (inside * ordered).sum(axis=2) / (high - low)
    return found


def median_minutes(minutes: Floats, weight: Floats) -> Floats:
    """Weighted median of the minute at which each member reached something.

    Parameters
    ----------
    minutes
        Shape (P, M, K); infinite where a member never does.
    weight
        Shape (P, M), sums to 1 over M.

    Returns
    -------
    Floats
        The first minute by which half of the weight had reached it, shape (P, K); infinite where half never do.
    """
    columns = np.swapaxes(minutes, 1, 2).copy()
    order = np.argsort(columns, axis=2, kind="stable")
    ordered = np.take_along_axis(columns, order, axis=2)
    total = np.cumsum(np.take_along_axis(np.broadcast_to(weight[:, None, :], columns.shape), order, axis=2), axis=2)
    at = np.minimum((total < 0.5 - 1e-9).sum(axis=2), columns.shape[2] - 1)
    return np.asarray(np.take_along_axis(ordered, at[:, :, None], axis=2)[:, :, 0], float)
