"""Scores of forecast depths by lead, beside the simple rules: error, sharpness, and whether the intervals hold what they say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from models.verify import rules, scores
from models.verify.bootstrap import Figure, Resampling
from models.verify.cases import LEAD_MIN, QUANTILES, Cases
from models.verify.record import Bools, Floats, Ints

RULES: dict[str, Callable[[Cases], Floats]] = {
    "persistence": rules.persistence,
    "trend": rules.trend,
    "recession": rules.recession,
    "zero": rules.zero,
}
RISING_M = 0.005
"""Water that gained more than this in five minutes is rising."""
_MEDIAN, _LOW, _HIGH = (int(np.argmin(np.abs(QUANTILES - level))) for level in (0.5, 0.1, 0.9))
_CM = 100.0


@dataclass(frozen=True)
class DepthScores:
    """Scores at one lead; every flood counts the same. Keys are "model" and the names of the rules.

    `better_cm` is the rule's mean absolute error less the model's (paired), `skill` the same as a share of the rule's,
    `crps_skill` that of the CRPS, which for a rule without quantiles is its absolute error. `coverage` and `width_cm` are of
    the interval from .1 to .9, which should hold 0.8. `missing` is the share of cases without a forecast: they count as dry.
    """

    lead_min: int
    cases: int
    missing: float
    mae_cm: dict[str, Figure]
    rising_mae_cm: dict[str, Figure]
    better_cm: dict[str, Figure]
    skill: dict[str, Figure]
    crps_skill: dict[str, Figure]
    pinball_cm: Figure
    crps_cm: Figure
    coverage: Figure
    width_cm: Figure


def median_m(cases: Cases) -> Floats:
    """What the model says will be, shape (n, L)."""
    return np.asarray(cases.quantiles_m[:, _MEDIAN], float)


def depth_scores(cases: Cases, resampling: Resampling) -> list[DepthScores]:
    """Scores at each lead over cases while wet."""
    said = {"model": median_m(cases)} | {name: rule(cases) for name, rule in RULES.items()}
    block = resampling.blocks(cases.storm, cases.low_point)
    return [
        _at_lead(cases, place, {name: depth[:, place] for name, depth in said.items()}, block, resampling) for place in range(len(LEAD_MIN))
    ]


def _at_lead(cases: Cases, place: int, said: dict[str, Floats], block: Ints, resampling: Resampling) -> DepthScores:
    known = ~np.isnan(cases.observed_m[:, place])
    observed_m = np.nan_to_num(cases.observed_m[:, place])
    quantiles_m = cases.quantiles_m[:, :, place]
    rising = known & (cases.rise_5min_m > RISING_M)
    error = {name: scores.absolute_error(observed_m, depth_m) * _CM for name, depth_m in said.items()}
    weight = rules.event_weights(cases, known)
    crps_cm = scores.crps(observed_m, quantiles_m, QUANTILES) * _CM
    held = scores.covered(observed_m, quantiles_m[:, _LOW], quantiles_m[:, _HIGH]) & cases.there

    def mean(values: Floats, mask: Bools = known, weight: Floats = weight) -> Figure:
        return resampling.figure(block, [weight * values, weight], scores.ratio, int(mask.sum()))

    def against(own: Floats, other: Floats) -> Figure:
        return resampling.figure(block, [weight * own, weight * other], scores.skill, int(known.sum()))

    rising_weight = rules.event_weights(cases, rising)
    return DepthScores(
        lead_min=int(LEAD_MIN[place]),
        cases=int(known.sum()),
        missing=round(float((known & ~cases.there).sum() / max(known.sum(), 1)), 4),
        mae_cm={name: mean(values) for name, values in error.items()},
        rising_mae_cm={name: mean(values, rising, rising_weight) for name, values in error.items()},
        better_cm={name: mean(error[name] - error["model"]) for name in RULES},
        skill={name: against(error["model"], error[name]) for name in RULES},
        crps_skill={name: against(crps_cm, error[name]) for name in RULES},
        pinball_cm=mean(scores.pinball(observed_m, quantiles_m, QUANTILES).mean(axis=1) * _CM),
        crps_cm=mean(crps_cm),
        coverage=mean(held.astype(float)),
        width_cm=mean((quantiles_m[:, _HIGH] - quantiles_m[:, _LOW]) * _CM),
    )
