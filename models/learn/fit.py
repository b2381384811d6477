"""Fits an expert to rows, and says how good it was on storms that it had not seen."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from models.learn.chance import Chance, against, fit_chance, mean
from models.learn.expert import Expert, Regime
from models.learn.features import WET_M
from models.learn.figures import Figures
from models.learn.residual import Residual, depths_m, fit_residual, stretched
from models.learn.rows import Rows
from models.situation import LEAD_MIN, QUANTILES

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

FOLDS = 5
THRESHOLDS_M = np.array([0.1, 0.15, 0.2, 0.27, 0.4, 0.6])
"""Chances are learned for these depths; the tables set any threshold against the water, so a city's own are served too."""
DRY_THRESHOLDS_M = np.array([0.15, 0.27, 0.4])
WET_LEADS = np.array([0, 1, 2, 3, 5])
DRY_LEADS = np.array([1, 2, 3, 5])
YOUNG_WEIGHT, YOUNG_MIN = 5.0, 5.0
"""The first minutes of a flood count more: there a warning is made or missed."""

RIVER_EVERY_US = 5 * 60_000_000
"""A river moves slowly: the minutes between would only say the same again."""
RIVER_LEAF_ROWS, RIVER_FEATURE_SHARE = 20, 0.5

LEAST_FLOODS, LEAST_STORMS = 8, 3
LEAST_DRY = 500

_Q = QUANTILES.tolist()
_LOW, _MEDIAN, _HIGH = _Q.index(0.1), _Q.index(0.5), _Q.index(0.9)

AlarmChoice = Callable[[Rows, Floats], tuple[tuple[float, ...], tuple[float, ...], dict[str, dict[str, float]]]]
"""Picks the chances to raise at, from rows and the chance (R, 4) of each level within half an hour, told by models that had not seen
the storm."""


def enough(rows: Rows) -> bool:
    """Whether there are floods enough to learn from, of storms enough to judge by."""
    wet = wet_rows(rows)
    return len(np.unique(wet.flood)) >= LEAST_FLOODS and len(np.unique(wet.storm)) >= LEAST_STORMS


def wet_rows(rows: Rows) -> Rows:
    """Rows of a flood, under water."""
    return rows.pick((rows.flood >= 0) & (rows.of("depth_m") >= WET_M))


def flood_weights(rows: Rows) -> Floats:
    """Every flood counts the same, however long it stood; shape (R,)."""
    count = np.bincount(rows.flood, minlength=int(rows.flood.max(initial=0)) + 1)
    return np.asarray(1.0 / count[rows.flood], float)


def moment_weights(regime: Regime, rows: Rows) -> Floats:
    """What each row counts: on streets every flood the same; on a river, whose floods last from minutes to days, every moment."""
    return np.ones(len(rows)) if regime.startswith("riverside") else flood_weights(rows)


def fit_expert(regime: Regime, rows: Rows, thresholds_m: Floats, choose: AlarmChoice, judge: bool = True) -> tuple[Expert, Figures]:
    """Fit an expert.

    Parameters
    ----------
    rows
        Rows of its regime, wet and dry.
    thresholds_m
        Depths of levels 1 to 4 by which alarms are judged.
    choose
        Picks the chances to raise at.
    judge
        Whether depths are judged on storms left out as well, which takes `FOLDS` fits more.
    """
    wet = wet_rows(rows)
    if regime.startswith("riverside"):
        wet = wet.pick(wet.issued_us % RIVER_EVERY_US == 0)
    weight = moment_weights(regime, wet)
    residual = _fit_forest(regime, wet, weight)
    chances, (raise_p, keep_p), alarms = _fit_chances(wet, weight, thresholds_m, choose)
    expert = Expert(regime, residual, mean(chances), _fit_dry_chance(rows), raise_p, keep_p)
    depths = _left_out(regime, wet, weight, _folds(wet.storm)) if judge else None
    return expert, _judged(wet, weight, depths, alarms)


def fit_alarms(
    rows: Rows, thresholds_m: Floats, choose: AlarmChoice
) -> tuple[list[Chance], tuple[tuple[float, ...], tuple[float, ...]], dict[str, dict[str, float]]]:
    """Only the chances of streets: by fold, when to raise and keep, and how alarms did on storms left out."""
    wet = wet_rows(rows)
    return _fit_chances(wet, flood_weights(wet), thresholds_m, choose)


def _fit_chances(
    wet: Rows, weight: Floats, thresholds_m: Floats, choose: AlarmChoice
) -> tuple[list[Chance], tuple[tuple[float, ...], tuple[float, ...]], dict[str, dict[str, float]]]:
    fold = _folds(wet.storm)
    chances, told = [], np.full((len(wet), len(thresholds_m)), np.nan)
    for number in range(FOLDS):
        inside, outside = np.flatnonzero(fold != number), np.flatnonzero(fold == number)
        if not len(inside) or not len(outside):
            continue
        chances.append(_fit_wet_chance(wet.pick(inside), weight[inside]))
        told[outside] = half_hour_chances(chances[-1], wet.pick(outside), thresholds_m)
    raise_p, keep_p, alarms = choose(wet, told)
    return chances, (raise_p, keep_p), alarms


def half_hour_chances(chance: Chance, rows: Rows, thresholds_m: Floats) -> Floats:
    """Chance of each row to reach each threshold within half an hour, 1 where it stands there, shape (R, thresholds)."""
    half_hour = LEAD_MIN.tolist().index(30.0)
    asked, place, threshold, _ = _asked(rows, thresholds_m, np.array([half_hour]))
    told = np.ones((len(rows), len(thresholds_m)))
    told[place, threshold] = chance(asked)
    return told


def _folds(storm: Ints) -> Ints:
    """Whole storms, dealt out over the folds so that each gets as many rows as it can; shape (R,)."""
    names, count = np.unique(storm, return_counts=True)
    load, fold_of = np.zeros(FOLDS), {}
    for name in names[np.argsort(-count, kind="stable")].tolist():
        fold_of[name] = int(load.argmin())
        load[fold_of[name]] += count[names == name][0]
    return np.array([fold_of[name] for name in storm.tolist()], np.int64)


def _asked(rows: Rows, thresholds_m: Floats, leads: Ints) -> tuple[Floats, Ints, Ints, Ints]:
    """Each row against each threshold that it stands below, at each lead; and which row, threshold and lead each is."""
    depth = rows.of("depth_m")
    place, threshold, lead = (
        part.reshape(-1) for part in np.meshgrid(np.arange(len(rows)), np.arange(len(thresholds_m)), leads, indexing="ij")
    )
    below = depth[place] < thresholds_m[threshold]
    place, threshold, lead = place[below], threshold[below], lead[below]
    peak = rows.core_peak_m[place, :, lead]
    return against(rows.columns[place], peak[:, 0], peak[:, 1], thresholds_m[threshold], LEAD_MIN[lead]), place, threshold, lead


def _fit_wet_chance(rows: Rows, weight: Floats) -> Chance:
    young = 1 + YOUNG_WEIGHT * np.exp(-rows.of("spell_min") / YOUNG_MIN)
    return _fit(rows, weight * young, THRESHOLDS_M, WET_LEADS)


def _fit_dry_chance(rows: Rows) -> Chance:
    dry = rows.pick((rows.of("depth_m") < WET_M) & (rows.of("near_wet") > 0))
    if len(dry) < LEAST_DRY:
        return _fit(rows.pick(np.arange(0)), np.zeros(0), DRY_THRESHOLDS_M, DRY_LEADS)
    return _fit(dry, np.ones(len(dry)), DRY_THRESHOLDS_M, DRY_LEADS)


def _fit(rows: Rows, weight: Floats, thresholds_m: Floats, leads: Ints) -> Chance:
    asked, place, threshold, lead = _asked(rows, thresholds_m, leads)
    peak_m = rows.peak_m[place, lead]
    known = np.isfinite(peak_m)
    return fit_chance(asked[known], (peak_m >= thresholds_m[threshold])[known], weight[place[known]])


def _fit_forest(regime: Regime, wet: Rows, weight: Floats) -> Residual:
    """A river's rows are few and alike, and its floods long: smaller leaves, and more features to choose from."""
    if regime.startswith("riverside"):
        return fit_residual(wet.columns, wet.core_m, wet.outcome_m, weight, wet.storm, RIVER_LEAF_ROWS, RIVER_FEATURE_SHARE)
    return fit_residual(wet.columns, wet.core_m, wet.outcome_m, weight, wet.storm)


def _left_out(regime: Regime, wet: Rows, weight: Floats, fold: Ints) -> Floats:
    """Quantiles of depth by forests that had not seen the storm, shape (R, 7, 7)."""
    said = np.full((len(wet), len(QUANTILES), wet.core_m.shape[1]), np.nan)
    for number in range(FOLDS):
        inside, outside = fold != number, fold == number
        if not inside.any() or not outside.any():
            continue
        forest = _fit_forest(regime, wet.pick(inside), weight[inside])
        said[outside] = depths_m(stretched(forest.raw(wet.columns[outside]), forest.stretch), wet.core_m[outside])
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
