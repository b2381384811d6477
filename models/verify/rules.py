"""Simple rules that a model must beat: each needs no more than the newest readings, or what happened in other storms."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from models.verify.cases import LEAD_MIN, Cases, Strings
from models.verify.record import Bools, Floats, Ints

RATES_PER_MIN = np.geomspace(0.003, 0.1, 40)
"""Half gone in 4 h to half gone in 7 min; a faster rate would only say "dry", which is a rule of its own."""
ANY_RATE_PER_MIN = 0.03
"""Half gone in 23 min: used only where there is no other storm and no other point to fit on."""
FITTED_LEAD = int(np.flatnonzero(LEAD_MIN == 30)[0])


def persistence(cases: Cases) -> Floats:
    """The water stays as it is, shape (n, L)."""
    return np.repeat(cases.known_m[:, None], len(LEAD_MIN), axis=1)


def trend(cases: Cases) -> Floats:
    """The trend of the last three minutes goes on, down to a dry road, shape (n, L)."""
    return np.asarray(np.maximum(cases.known_m[:, None] + cases.rise_3min_m[:, None] / 3 * LEAD_MIN, 0.0), float)


def zero(cases: Cases) -> Floats:
    """The road is dry, shape (n, L)."""
    return np.zeros((len(cases), len(LEAD_MIN)))


def recession(cases: Cases) -> Floats:
    """The water drains exponentially, h exp(-k t), at the rate that fitted the other storms best, shape (n, L)."""
    rate = np.full(len(cases), ANY_RATE_PER_MIN)
    folds = folds_of(cases)
    for name in np.unique(folds):
        rate[folds == name] = fitted_rate(cases.pick(folds != name))
    return np.asarray(cases.known_m[:, None] * np.exp(-rate[:, None] * LEAD_MIN), float)


def fitted_rate(cases: Cases) -> float:
    """Rate per minute with the least event-weighted absolute error at 30 min among `RATES_PER_MIN`."""
    observed_m = cases.observed_m[:, FITTED_LEAD]
    weight = event_weights(cases, ~np.isnan(observed_m))
    if not weight.any():
        return ANY_RATE_PER_MIN
    said = cases.known_m[:, None] * np.exp(-RATES_PER_MIN * LEAD_MIN[FITTED_LEAD])
    error = np.abs(said - np.nan_to_num(observed_m)[:, None])
    return float(RATES_PER_MIN[np.argmin(weight @ error)])


def climatology(fold: Ints, came: Floats, weight: Floats) -> Floats:
    """How often it came in the other storms, as a chance for each case.

    Parameters
    ----------
    fold
        Number of the storm of each case, from `fold_numbers`, shape (n,).
    came
        1 where it came, 0 where not, shape (n,).
    weight
        Weight of each case, shape (n,).

    Returns
    -------
    Floats
        Chances, shape (n,); 0 where there is nothing else to learn from.
    """
    own_weight, own_came = np.bincount(fold, weight), np.bincount(fold, weight * came)
    others = own_weight.sum() - own_weight
    with np.errstate(divide="ignore", invalid="ignore"):
        chance = (own_came.sum() - own_came) / others
    # what is left of a sum by rounding is no weight
    return np.asarray(np.where(others > 1e-9 * max(own_weight.sum(), 1e-9), chance, 0.0).clip(0, 1)[fold], float)


def fold_numbers(cases: Cases) -> Ints:
    """`folds_of`, numbered, shape (n,)."""
    return np.asarray(np.unique(folds_of(cases), return_inverse=True)[1].reshape(-1), np.int64)


def folds_of(cases: Cases) -> Strings:
    """What a rule leaves out when it learns: the storm; where there is but one, the low point."""
    return cases.storm if len(np.unique(cases.storm)) > 1 else cases.low_point


def event_weights(cases: Cases, mask: Bools) -> Floats:
    """Weights under which each flood counts 1 over its cases in the mask; outside of it 0, shape (n,)."""
    if not mask.any():
        return np.zeros(len(cases))
    number: npt.NDArray[np.int64] = np.unique(cases.event, return_inverse=True)[1].reshape(-1)
    count = np.bincount(number[mask], minlength=int(number.max()) + 1)
    return np.asarray(np.where(mask, 1 / np.maximum(count[number], 1), 0.0), float)
