"""Fits an expert to rows, and says how good it was on storms that it had not seen."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from models.learn.expert import Expert, Regime
from models.learn.figures import Figures
from models.learn.fit_chances import AlarmChoice, fit_alarms, fit_dry, fit_told
from models.learn.fit_residual import fit_residual
from models.learn.residual import Residual
from models.learn.rows import FOLDS, Rows, flood_weights, folds, wet_rows
from models.situation import LEAD_MIN, QUANTILES

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

RIVER_EVERY_US = 5 * 60_000_000
"""A river moves slowly: the minutes between would only say the same again."""
RIVER_LEAF_ROWS, RIVER_FEATURE_SHARE = 20, 0.5

LEAST_FLOODS, LEAST_STORMS = 8, 3

_Q = QUANTILES.tolist()
_LOW, _MEDIAN, _HIGH = _Q.index(0.1), _Q.index(0.5), _Q.index(0.9)


def enough(rows: Rows) -> bool:
    """Whether there are floods enough to learn from, of storms enough to judge by."""
    wet = wet_rows(rows)
    return len(np.unique(wet.flood)) >= LEAST_FLOODS and len(np.unique(wet.storm)) >= LEAST_STORMS


def moment_weights(regime: Regime, rows: Rows) -> Floats:
    """What each row counts: on streets every flood the same; on a river, whose floods last from minutes to days, every moment."""
    return np.ones(len(rows)) if _river(regime) else flood_weights(rows)


def fit_expert(regime: Regime, rows: Rows, thresholds_m: Floats, choose: AlarmChoice, judge: bool = True) -> tuple[Expert, Figures]:
    """Fit an expert.

    Parameters
    ----------
    rows
        Rows of its regime, wet and dry.
    thresholds_m
        Depths of levels 1 to 4 by which alarms are judged.
    choose
        Picks the scores to raise at.
    judge
        Whether depths are judged on storms left out as well, which takes `FOLDS` fits more.
    """
    wet = wet_rows(rows)
    if _river(regime):
        wet = wet.pick(wet.issued_us % RIVER_EVERY_US == 0)
    weight = moment_weights(regime, wet)
    residual = _fit_forest(regime, wet, weight)
    alarm = fit_alarms(wet, weight, thresholds_m, choose)
    told = fit_told(wet, by_flood=not _river(regime))
    expert = Expert(regime, residual, told, fit_dry(rows), alarm.score, alarm.raise_p, alarm.keep_p)
    depths = _left_out(regime, wet, weight, folds(wet.storm)) if judge else None
    return expert, _judged(wet, weight, depths, alarm.figures)


def _river(regime: Regime) -> bool:
    return regime.startswith("riverside")


def _fit_forest(regime: Regime, wet: Rows, weight: Floats) -> Residual:
    return fit_river(wet) if _river(regime) else fit_residual(wet.columns, wet.core_m, wet.outcome_m, weight, wet.storm)


def fit_river(wet: Rows) -> Residual:
    """A river's rows are few and alike, and its floods long: smaller leaves, more features to choose from, and medians moved first."""
    return fit_residual(
        wet.columns, wet.core_m, wet.outcome_m, np.ones(len(wet)), wet.storm, RIVER_LEAF_ROWS, RIVER_FEATURE_SHARE, centred=True
    )


def _left_out(regime: Regime, wet: Rows, weight: Floats, fold: Ints) -> Floats:
    """Quantiles of depth by forests that had not seen the storm, shape (R, 7, 7)."""
    said = np.full((len(wet), len(QUANTILES), wet.core_m.shape[1]), np.nan)
    for number in range(FOLDS):
        inside, outside = fold != number, fold == number
        if not inside.any() or not outside.any():
            continue
        forest = _fit_forest(regime, wet.pick(inside), weight[inside])
        said[outside] = forest(wet.columns[outside], wet.core_m[outside])
    return said


def _judged(wet: Rows, weight: Floats, depths: Floats | None, alarms: dict[str, dict[str, float]]) -> Figures:
    mae, core, coverage = {}, {}, {}
    for place, lead in enumerate(LEAD_MIN.tolist()):
        came = wet.measured_m[:, place]
        known = np.isfinite(came)
        if not known.any():
            continue
        name, own = f"{lead:g}", weight[known]
        core[name] = round(100 * float(np.average(np.abs(wet.core_m[known, place] - came[known]), weights=own)), 3)
        if depths is not None:
            told = depths[known][:, :, place]
            mae[name] = round(100 * float(np.average(np.abs(told[:, _MEDIAN] - came[known]), weights=own)), 3)
            inside = (came[known] >= told[:, _LOW] - 5e-4) & (came[known] <= told[:, _HIGH] + 5e-4)
            coverage[name] = round(float(np.average(inside, weights=own)), 4)
    return Figures("archive", len(np.unique(wet.storm)), len(np.unique(wet.flood)), len(wet), mae, core, coverage, alarms)
