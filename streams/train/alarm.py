"""Picks the scores at which levels are raised by forecast: as many floods as possible announced, for as many false alarms as one bears."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.learn.rows import Rows
from models.verify.alarms import Alarm, Outcome, match, merged
from models.verify.record import MINUTE_US, Spell
from streams.evaluate.truth import Truth
from streams.rules import limits

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

FAR_MOST = (0.6, 0.5, 0.5, 0.5)
"""Share of alarms that no water answers, at most, by level."""
LEAST_CROSSINGS = 8
"""A level that was crossed less often is raised at the chance of the one below it."""
LEAST_SCORE = (0.05, 0.05, 0.1, 0.2)
"""No level is raised on less, by level: the fourth sends people out of their homes, and few floods went so far to learn from."""
KEEP_SHARE = 0.6
GRID = np.round(np.exp(np.linspace(np.log(0.05), np.log(0.6), 40)), 3)
UNTAUGHT_P = 0.5


@dataclass(frozen=True)
class Choice:
    """Alarms of recorded storms, ready to be judged; `truths` by number of the storm's recording."""

    truths: Mapping[int, Truth]
    thresholds_m: Floats

    def __call__(self, rows: Rows, told: Floats) -> tuple[tuple[float, ...], tuple[float, ...], dict[str, dict[str, float]]]:
        """Pick for each level, from the score (R, levels) of each row to reach it within half an hour."""
        raise_p: list[float] = []
        judged: dict[int, list[Case]] = {}
        for level, threshold_m in enumerate(self.thresholds_m.tolist()):
            cases = prepare(rows, threshold_m, self.truths)
            scored = [(p, _score(alarm_outcomes(cases, rows.issued_us, told[:, level], p))) for p in GRID.tolist()]
            least = raise_p[-1] if raise_p else UNTAUGHT_P
            if scored[0][1]["crossings"] >= LEAST_CROSSINGS:
                judged[level] = cases
                least = _picked([(p, f) for p, f in scored if p >= LEAST_SCORE[level]], FAR_MOST[level])
            raise_p.append(max(least, raise_p[-1]) if raise_p else least)  # a higher level never asks for less than a lower one
        figures = {
            str(level + 1): _score(alarm_outcomes(cases, rows.issued_us, told[:, level], raise_p[level])) for level, cases in judged.items()
        }
        return tuple(raise_p), tuple(round(KEEP_SHARE * p, 4) for p in raise_p), figures


def _picked(scored: Sequence[tuple[float, dict[str, float]]], far_most: float) -> float:
    """The middle of the scores that announce the most with no more false alarms than one bears; the highest where none does.

    What so few storms cannot tell apart is not settled at its edge: the lowest would raise on still water, the highest miss the next flood.
    """
    borne = [(p, figure["in_time"]) for p, figure in scored if figure["far"] <= far_most and figure["alarms"] > 0]
    if not borne:
        return scored[-1][0]
    most = max(in_time for _, in_time in borne)
    alike = [p for p, in_time in borne if in_time == most]
    return alike[(len(alike) - 1) // 2]


@dataclass(frozen=True)
class Case:
    """One low point in one recording: the spells above the threshold, and its rows in order of issue."""

    storm: str
    low_point: str
    spells: list[Spell]
    rows: Ints


def prepare(rows: Rows, threshold_m: float, truths: Mapping[int, Truth]) -> list[Case]:
    """All low points that were under water, or above the threshold without any row."""
    recording = recording_of(rows)
    order = np.lexsort((rows.issued_us, rows.low_point, recording))
    place = np.flatnonzero((np.diff(recording[order]) != 0) | (rows.low_point[order][1:] != rows.low_point[order][:-1])) + 1
    groups = np.split(order, place) if len(order) else []
    own = {(int(recording[group[0]]), str(rows.low_point[group[0]])): group for group in groups}
    cases = []
    for number, truth in truths.items():
        for low_point, record in truth.records.items():
            spells = record.spells(threshold_m)
            group = own.get((number, low_point), np.zeros(0, np.int64))
            if spells or len(group):
                cases.append(Case(truth.storm, low_point, spells, group))
    return cases


def alarm_outcomes(cases: Sequence[Case], issued_us: Ints, chance: Floats, raise_p: float) -> list[Outcome]:
    """What became of the alarms that chances above `raise_p` would have raised, held as the step holds them."""
    outcomes: list[Outcome] = []
    for case in cases:
        alarms = _alarms(issued_us[case.rows].tolist(), chance[case.rows].tolist(), raise_p)
        if alarms or case.spells:
            outcomes += match(case.storm, case.low_point, case.spells, alarms)
    return outcomes


def _score(outcomes: Sequence[Outcome]) -> dict[str, float]:
    crossed = [one for one in outcomes if one.crossed_us is not None]
    answered, false = sum(one.lead_min is not None for one in crossed), len(outcomes) - len(crossed)
    return {
        "crossings": float(len(crossed)),
        "in_time": float(sum(one.in_time for one in crossed)),
        "alarms": float(answered + false),
        "far": round(false / max(answered + false, 1), 4),
    }


def recording_of(rows: Rows) -> Ints:
    """Number of the recording that each row is from: storms are numbered in thousands of it, shape (R,)."""
    return rows.storm // STORMS_A_RECORDING


STORMS_A_RECORDING = 1000


def _alarms(issued_us: Sequence[int], chance: Sequence[float], raise_p: float) -> list[Alarm]:
    found: list[Alarm] = []
    since, until = 0, -1
    for moment, p in zip(issued_us, chance, strict=True):
        if until >= 0 and moment > until:
            if p >= KEEP_SHARE * raise_p and moment <= until + 2 * MINUTE_US:
                until = moment + MINUTE_US
            else:
                found.append(Alarm(since, until))
                until = -1
        if p >= raise_p:
            if until < 0:
                since, until = moment, moment + limits.FORECAST_HOLD_US
            until = max(until, moment + MINUTE_US)
    if until >= 0:
        found.append(Alarm(since, until))
    return merged(found)
