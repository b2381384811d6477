"""Scores of the chance to reach a level, where the water is still below it: what is there already needs no forecast."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from models.verify import rules, scores
from models.verify.bootstrap import Figure, Resampling
from models.verify.cases import LEAD_MIN, Cases
from models.verify.record import Bools, Floats

CHANCE_LEAD_MIN = (15, 30, 60, 120)
Where = Literal["wet", "all"]


@dataclass(frozen=True)
class Decile:
    """One bin of a reliability diagram: cases, their share of the weight, mean chance told, share that came."""

    cases: int
    weight: float
    said: float
    came: float


@dataclass(frozen=True)
class ChanceScores:
    """Scores of one level and lead.

    `where` is "wet" (while water stands, every flood counts the same) or "all" (every five minutes of every point, dry too).
    `brier` has the keys model, climatology (how often it came in the other storms), trend (0 or 1 by the trend of three
    minutes) and never; `skill` compares the model with each of the other three.
    """

    level: int
    lead_min: int
    where: Where
    cases: int
    came: float
    brier: dict[str, Figure]
    skill: dict[str, Figure]
    reliability_error: Figure
    deciles: list[Decile]


def chance_scores(cases: Cases, where: Where, resampling: Resampling) -> list[ChanceScores]:
    """Scores by level and lead, but where there is no case."""
    found = []
    for level in range(1, cases.thresholds_m.shape[1] + 1):
        for lead_min in CHANCE_LEAD_MIN:
            place = int(np.flatnonzero(lead_min == LEAD_MIN)[0])
            threshold_m = cases.thresholds_m[:, level - 1]
            judged = (cases.depth_m < threshold_m) & np.isfinite(threshold_m) & ~np.isnan(cases.peak_m[:, place])
            if judged.any():
                found.append(_at(cases.pick(judged), where, level, place, resampling))
    return found


def _at(cases: Cases, where: Where, level: int, place: int, resampling: Resampling) -> ChanceScores:
    threshold_m = cases.thresholds_m[:, level - 1]
    came = (cases.peak_m[:, place] >= threshold_m).astype(float)
    whole: Bools = np.ones(len(cases), bool)
    weight = rules.event_weights(cases, whole) if where == "wet" else whole.astype(float)
    said: dict[str, Floats] = {
        "model": cases.p_exceed[:, level - 1, place].clip(0, 1),
        "climatology": rules.climatology(cases, came, weight),
        "trend": (rules.trend(cases)[:, place] >= threshold_m).astype(float),
        "never": np.zeros(len(cases)),
    }
    loss = {name: scores.brier(came, chance) for name, chance in said.items()}
    block = resampling.blocks(cases.storm, cases.low_point)

    def mean(values: Floats) -> Figure:
        return resampling.figure(block, np.column_stack([weight * values, weight]), scores.ratio)

    def against(name: str) -> Figure:
        return resampling.figure(block, np.column_stack([weight * loss["model"], weight * loss[name]]), scores.skill)

    columns = scores.reliability_columns(came, said["model"], weight)
    return ChanceScores(
        level=level,
        lead_min=int(LEAD_MIN[place]),
        where=where,
        cases=len(cases),
        came=round(float(np.average(came, weights=weight)), 5),
        brier={name: mean(values) for name, values in loss.items()},
        skill={name: against(name) for name in loss if name != "model"},
        reliability_error=resampling.figure(block, columns, scores.reliability_error),
        deciles=_deciles(columns.sum(axis=0), scores.bin_of(said["model"])),
    )


def _deciles(sums: Floats, number: np.ndarray) -> list[Decile]:
    weight, said, came = sums[: scores.BINS], sums[scores.BINS : 2 * scores.BINS], sums[2 * scores.BINS :]
    return [
        Decile(
            int((number == place).sum()),
            round(float(weight[place] / weight.sum()), 5),
            round(float(said[place] / weight[place]), 5),
            round(float(came[place] / weight[place]), 5),
        )
        for place in range(scores.BINS)
        if weight[place]
    ]
