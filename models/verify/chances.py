"""Scores of the chance to reach a level, where the water is still below it: what is there already needs no forecast."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from models.verify import rules, scores
from models.verify.bootstrap import Figure, Resampling
from models.verify.cases import LEAD_MIN, Cases
from models.verify.record import Bools, Floats, Ints

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
    block, fold = resampling.blocks(cases.storm, cases.low_point), rules.fold_numbers(cases)
    found = []
    for level in range(1, cases.thresholds_m.shape[1] + 1):
        for lead_min in CHANCE_LEAD_MIN:
            at = _At(level, int(np.flatnonzero(lead_min == LEAD_MIN)[0]), where)
            rows = at.judged(cases)
            if len(rows):
                found.append(_scores(at, cases, rows, block[rows], fold[rows], resampling))
    return found


@dataclass(frozen=True)
class _At:
    """One level, the place of one lead, and where."""

    level: int
    place: int
    where: Where

    def judged(self, cases: Cases) -> Ints:
        """Rows where the level is not reached yet and the point has it, and where it is known what came."""
        threshold_m = cases.thresholds_m[:, self.level - 1]
        return np.flatnonzero((cases.depth_m < threshold_m) & np.isfinite(threshold_m) & ~np.isnan(cases.peak_m[:, self.place]))

    def weight(self, cases: Cases, rows: Ints) -> Floats:
        """Each flood counts the same while wet, each moment elsewhere."""
        if self.where == "all":
            return np.ones(len(rows))
        mask: Bools = np.zeros(len(cases), bool)
        mask[rows] = True
        return rules.event_weights(cases, mask)[rows]


def _scores(at: _At, cases: Cases, rows: Ints, block: Ints, fold: Ints, resampling: Resampling) -> ChanceScores:
    threshold_m = cases.thresholds_m[rows, at.level - 1]
    came = (cases.peak_m[rows, at.place] >= threshold_m).astype(float)
    weight = at.weight(cases, rows)
    ahead_m = cases.known_m[rows] + cases.rise_3min_m[rows] / 3 * LEAD_MIN[at.place]
    said: dict[str, Floats] = {
        "model": cases.p_exceed[rows, at.level - 1, at.place].clip(0, 1),
        "climatology": rules.climatology(fold, came, weight),
        "trend": (ahead_m >= threshold_m).astype(float),
        "never": np.zeros(len(rows)),
    }
    loss = {name: weight * scores.brier(came, chance) for name, chance in said.items()}
    sums = scores.reliability_sums(came, said["model"], weight, block, resampling.count)
    return ChanceScores(
        level=at.level,
        lead_min=int(LEAD_MIN[at.place]),
        where=at.where,
        cases=len(rows),
        came=round(float(np.average(came, weights=weight)), 5),
        brier={name: resampling.figure(block, [values, weight], scores.ratio) for name, values in loss.items()},
        skill={name: resampling.figure(block, [loss["model"], loss[name]], scores.skill) for name in loss if name != "model"},
        reliability_error=resampling.figure_of(sums, scores.reliability_error, len(rows)),
        deciles=_deciles(sums.sum(axis=0), scores.bin_of(said["model"])),
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
