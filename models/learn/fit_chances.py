"""Fits the chances of an expert: those that are told, those of a dry road, and the score by which levels are raised.

What is told must come as often as it says; when to raise is a question of order: which of these floods will go further? So each has
tables of its own. A told chance weighs every flood the same while its water is below the threshold, as it is judged; the score for
alarms weighs every flood the same as long as it stood, which puts the long and deep ones less forward but orders young floods better
(New York, storms left out: 16 in place of 14 of 31 floods announced at the same share of false alarms).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.learn.chance import Chance, against, fit_chance, mean
from models.learn.features import WET_M
from models.learn.rows import FOLDS, Rows, folds
from models.situation import LEAD_MIN

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

THRESHOLDS_M = np.array([0.1, 0.15, 0.2, 0.27, 0.4, 0.6])
"""Chances are learned for these depths; the tables set any threshold against the water, so a city's own are served too."""
DRY_THRESHOLDS_M = np.array([0.15, 0.27, 0.4])
WET_LEADS = np.array([0, 1, 2, 3, 5])
DRY_LEADS = np.array([1, 2, 3, 5])
YOUNG_WEIGHT, YOUNG_MIN = 5.0, 5.0
"""The first minutes of a flood count more: there a warning is made or missed."""
TOLD_ROUNDS, SCORE_ROUNDS = 120, 60
LEAST_DRY = 500

_HALF_HOUR = LEAD_MIN.tolist().index(30.0)

AlarmChoice = Callable[[Rows, Floats], tuple[tuple[float, ...], tuple[float, ...], dict[str, dict[str, float]]]]
"""Picks the scores to raise and to keep at, from rows and the score (R, 4) of each level, given by tables that had not seen the storm."""


@dataclass(frozen=True)
class Alarm:
    """By what score levels are raised, from where on, down to where they are kept, and how that did on storms left out."""

    score: Chance
    raise_p: tuple[float, ...]
    keep_p: tuple[float, ...]
    figures: dict[str, dict[str, float]]


@dataclass(frozen=True)
class _Asked:
    """Rows against thresholds at leads, and which row, threshold and lead each is."""

    columns: Floats
    place: Ints
    threshold: Ints
    lead: Ints


def fit_told(wet: Rows, by_flood: bool) -> Chance:
    """Chances where water stands.

    Parameters
    ----------
    by_flood
        Whether every flood counts the same while its water is below the threshold; otherwise every moment does.
    """
    asked, came = _known(wet, THRESHOLDS_M, WET_LEADS)
    weight = _by_flood(wet, asked) if by_flood else np.ones(len(came))
    return fit_chance(asked.columns, came, weight * _young(wet)[asked.place], TOLD_ROUNDS)


def fit_dry(rows: Rows) -> Chance:
    """Chances of a dry road near a wet one."""
    dry = rows.pick((rows.of("depth_m") < WET_M) & (rows.of("near_wet") > 0))
    asked, came = _known(dry if len(dry) >= LEAST_DRY else rows.pick(np.arange(0)), DRY_THRESHOLDS_M, DRY_LEADS)
    return fit_chance(asked.columns, came, np.ones(len(came)), SCORE_ROUNDS)


def fit_alarms(wet: Rows, weight: Floats, thresholds_m: Floats, choose: AlarmChoice) -> Alarm:
    """The score by which levels are raised: the mean of one for each fold, and where to raise, chosen on the storms that each had not seen.

    Parameters
    ----------
    weight
        What each row counts, shape (R,).
    thresholds_m
        Depths of levels 1 to 4 by which alarms are judged.
    """
    fold = folds(wet.storm)
    scores, told = [], np.full((len(wet), len(thresholds_m)), np.nan)
    for number in range(FOLDS):
        inside, outside = np.flatnonzero(fold != number), np.flatnonzero(fold == number)
        if not len(inside) or not len(outside):
            continue
        scores.append(_fit_score(wet.pick(inside), weight[inside]))
        told[outside] = half_hour(scores[-1], wet.pick(outside), thresholds_m)
    raise_p, keep_p, figures = choose(wet, told)
    return Alarm(mean(scores), raise_p, keep_p, figures)


def half_hour(chance: Chance, rows: Rows, thresholds_m: Floats) -> Floats:
    """What the tables say of each row and threshold within half an hour, 1 where the water stands there, shape (R, thresholds)."""
    return _say(chance, rows, thresholds_m, np.array([_HALF_HOUR]))[:, :, _HALF_HOUR]


def chances_of(chance: Chance, rows: Rows, thresholds_m: Floats) -> Floats:
    """What is told of each row, threshold and lead: more time or a lower threshold never less likely, shape (R, thresholds, leads)."""
    said = _say(chance, rows, thresholds_m, np.arange(len(LEAD_MIN)))
    return np.asarray(np.maximum.accumulate(np.minimum.accumulate(said, axis=1), axis=2), float)


def _say(chance: Chance, rows: Rows, thresholds_m: Floats, leads: Ints) -> Floats:
    """What the tables say at some leads, 1 where the water stands there and at all other leads, shape (R, thresholds, leads)."""
    asked = _ask(rows, thresholds_m, leads)
    said = np.ones((len(rows), len(thresholds_m), len(LEAD_MIN)))
    said[asked.place, asked.threshold, asked.lead] = chance(asked.columns)
    return said


def _fit_score(rows: Rows, weight: Floats) -> Chance:
    asked, came = _known(rows, THRESHOLDS_M, np.array([_HALF_HOUR]))
    return fit_chance(asked.columns, came, (weight * _young(rows))[asked.place], SCORE_ROUNDS)


def _young(rows: Rows) -> Floats:
    return np.asarray(1 + YOUNG_WEIGHT * np.exp(-rows.of("spell_min") / YOUNG_MIN), float)


def _by_flood(rows: Rows, asked: _Asked) -> Floats:
    """Every flood counts the same for each threshold and lead."""
    case = (rows.flood[asked.place] * len(THRESHOLDS_M) + asked.threshold) * len(LEAD_MIN) + asked.lead
    _, own, count = np.unique(case, return_inverse=True, return_counts=True)
    return np.asarray(1.0 / count[own], float)


def _known(rows: Rows, thresholds_m: Floats, leads: Ints) -> tuple[_Asked, Bools]:
    """What is asked where it is known what came, and whether it came."""
    asked = _ask(rows, thresholds_m, leads)
    peak_m = rows.peak_m[asked.place, asked.lead]
    known = np.isfinite(peak_m)
    own = _Asked(asked.columns[known], asked.place[known], asked.threshold[known], asked.lead[known])
    return own, np.asarray(peak_m[known] >= thresholds_m[own.threshold], bool)


def _ask(rows: Rows, thresholds_m: Floats, leads: Ints) -> _Asked:
    """Each row against each threshold that it stands below, at each lead."""
    depth = rows.of("depth_m")
    place, threshold, lead = (
        part.reshape(-1) for part in np.meshgrid(np.arange(len(rows)), np.arange(len(thresholds_m)), leads, indexing="ij")
    )
    below = depth[place] < thresholds_m[threshold]
    place, threshold, lead = place[below], threshold[below], lead[below]
    peak = rows.core_peak_m[place, :, lead]
    columns = against(rows.columns[place], peak[:, 0], peak[:, 1], thresholds_m[threshold], LEAD_MIN[lead])
    return _Asked(columns, place, threshold, lead)
