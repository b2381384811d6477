"""Scores of alarms by forecast: how many floods were announced in time, how many alarms were false, and how long the warning was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.verify import scores
from models.verify.alarms import Outcome, columns
from models.verify.bootstrap import Figure, Resampling


@dataclass(frozen=True)
class Leads:
    """Lead times in minutes of the floods that had an alarm, with or without five minutes to spare; None where none had."""

    n: int
    p10: float | None
    p50: float | None
    p90: float | None


@dataclass(frozen=True)
class AlarmScores:
    """Scores of one rule ("model" or "trend") at one level.

    `pod`: floods announced at least 5 min ahead, of all floods that crossed the level. `far`: false alarms, of all alarms.
    `csi`: floods with an alarm, of floods and false alarms together.
    """

    level: int
    rule: str
    floods: int
    alarms: int
    pod: Figure
    far: Figure
    csi: Figure
    lead_min: Leads


def alarm_scores(level: int, rule: str, outcomes: Sequence[Outcome], resampling: Resampling) -> AlarmScores:
    """Scores of one rule at one level over all storms."""
    block = resampling.blocks(np.array([one.storm for one in outcomes], str), np.array([one.low_point for one in outcomes], str))
    part = columns(outcomes)
    crossed, answered, in_time, false = (part[name] for name in ("crossed", "answered", "in_time", "false"))
    floods, alarms = int(crossed.sum()), int((answered + false).sum())

    def share(of: np.ndarray, among: np.ndarray) -> Figure:
        return resampling.figure(block, [of, among], scores.ratio, int(among.sum()))

    return AlarmScores(
        level=level,
        rule=rule,
        floods=floods,
        alarms=alarms,
        pod=share(in_time, crossed),
        far=share(false, answered + false),
        csi=share(answered, crossed + false),
        lead_min=leads_of(outcomes),
    )


def leads_of(outcomes: Sequence[Outcome]) -> Leads:
    """Lead times of the floods that had an alarm."""
    minutes = [one.lead_min for one in outcomes if one.lead_min is not None]
    if not minutes:
        return Leads(0, None, None, None)
    low, middle, high = (round(float(value), 1) for value in np.percentile(minutes, (10, 50, 90)))
    return Leads(len(minutes), low, middle, high)
