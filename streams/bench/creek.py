"""A gauged creek, folded by time: the core and the full model against persistence, linear ARX and boosted trees on the same moments.

All see the same readings and the same rain. Each part of the record is forecast by models fitted on the other parts, six hours of
either side left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from heapq import heappop, heappush
from pathlib import Path

import numpy as np
import numpy.typing as npt

from models.learn.adapt import LEADS, MARK_MIN, drawn
from models.learn.agree import lifted, limited_depth
from models.learn.features import BACK_MIN, NAMES, RAIN_BACK_MIN, WET_M
from models.learn.fit import fit_river
from models.learn.fit_chances import chances_of, fit_told
from models.learn.residual import depths_m, stretched
from models.learn.rows import Rows
from models.situation import LEAD_MIN, PEAK_QUANTILES, QUANTILES
from models.verify.record import MINUTE_US
from streams.city.defaults import LEVELS
from streams.train.collect import collect

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

PARTS = 4
EVERY_US = 5 * 60_000_000
APART_US = 6 * 3_600_000_000
STORM_M = 0.4
"""A storm: the water stood, or will stand within two hours, this far above the road."""
DRAWS = 1000

_BOOSTED = ("boosted trees", "boosted trees, absolute loss", "the same with the core")
_LAGS = [NAMES.index(name) for name in ("level_m", *(f"rise_{m:g}_m" for m in BACK_MIN), *(f"rain_{m}_mm" for m in RAIN_BACK_MIN))]
_Q = QUANTILES.tolist()
_LOW, _MEDIAN, _HIGH = _Q.index(0.1), _Q.index(0.5), _Q.index(0.9)
_PEAK = [_Q.index(quantile) for quantile in PEAK_QUANTILES.tolist()]


@dataclass(frozen=True)
class Score:
    """One model: mean absolute error in cm by lead, and its 90 % interval over whole storms drawn anew, shape (leads,) each."""

    model: str
    mae_cm: Floats
    low_cm: Floats
    high_cm: Floats


@dataclass(frozen=True)
class CreekReport:
    """All models on the same moments; `coverage` is that of the full model's nominal 80 % interval by lead."""

    moments: int
    storms: int
    scores: tuple[Score, ...]
    coverage: Floats


def compare(city: Path, inputs: tuple[Path, ...]) -> CreekReport:
    """Take the recording through the live step and hold the models against each other."""
    rows = on_grid(collect("creek", 0, city, inputs)[0])
    storm = in_storm(rows)
    part = parts_of(rows, storm)
    told, quantiles = forecast_all(rows, part)
    spell = spells_of(rows, storm)
    came = rows.measured_m
    scores = tuple(_score(name, np.abs(values - came)[storm] * 100, spell[storm]) for name, values in told.items())
    inside = (came >= quantiles[:, _LOW] - 5e-4) & (came <= quantiles[:, _HIGH] + 5e-4)
    known = np.isfinite(came[storm])
    coverage = np.array([inside[storm][known[:, lead], lead].mean() for lead in range(len(LEAD_MIN))])
    return CreekReport(int(storm.sum()), len(np.unique(spell[storm])), scores, coverage)


def on_grid(rows: Rows) -> Rows:
    """Every five minutes while water stands over the road."""
    return rows.pick((rows.issued_us % EVERY_US == 0) & (rows.flood >= 0) & (rows.of("depth_m") >= WET_M))


def in_storm(rows: Rows) -> npt.NDArray[np.bool_]:
    """Moments of a storm, shape (R,)."""
    return np.asarray(np.maximum(rows.peak_m[:, -1], rows.of("max_3h_m")) > STORM_M, bool)


def spells_of(rows: Rows, storm: npt.NDArray[np.bool_]) -> Ints:
    """Number of the storm of each moment: another one begins after six hours without; shape (R,)."""
    moments = np.unique(rows.issued_us[storm])
    breaks = moments[1:][np.diff(moments) > APART_US]
    return np.asarray(np.searchsorted(breaks, rows.issued_us, side="right"), np.int64)


def parts_of(rows: Rows, storm: npt.NDArray[np.bool_]) -> Ints:
    """Parts of the record in order of time, with as many storm moments in each; shape (R,)."""
    moments = np.sort(rows.issued_us[storm])
    bounds = moments[[number * len(moments) // PARTS for number in range(1, PARTS)]]
    return np.asarray(np.searchsorted(bounds, rows.issued_us, side="right"), np.int64)


def forecast_all(rows: Rows, part: Ints) -> tuple[dict[str, Floats], Floats]:
    """What each model says of each moment, fitted on the other parts: medians (R, leads) by name, and the full model's quantiles."""
    depth, leads = rows.of("depth_m"), len(LEAD_MIN)
    told = {"persistence": np.repeat(depth[:, None], leads, axis=1), "core": rows.core_m[:, :leads]}
    told |= {name: np.full((len(rows), leads), np.nan) for name in ("linear ARX", *_BOOSTED, "full")}
    quantiles = np.full((len(rows), len(QUANTILES), leads), np.nan)
    for number in range(PARTS):
        own = part == number
        since, until = rows.issued_us[own].min() - APART_US, rows.issued_us[own].max() + APART_US
        others = (rows.issued_us < since) | (rows.issued_us > until)
        taught, asked = rows.pick(others), rows.pick(own)
        told["linear ARX"][own] = _linear(taught, asked)
        told["boosted trees"][own] = _boosted(taught, asked, _LAGS, "squared_error")
        told["boosted trees, absolute loss"][own] = _boosted(taught, asked, _LAGS, "absolute_error")
        told["the same with the core"][own] = _boosted(taught, asked, list(range(len(NAMES))), "absolute_error")
        quantiles[own] = _full(taught, asked)
    told["full"] = quantiles[:, _MEDIAN]
    return told, quantiles


def _linear(taught: Rows, asked: Rows) -> Floats:
    from sklearn.linear_model import LinearRegression

    said = np.empty((len(asked), len(LEAD_MIN)))
    for lead in range(len(LEAD_MIN)):
        known = np.isfinite(taught.measured_m[:, lead])
        fitted = LinearRegression().fit(taught.columns[known][:, _LAGS], taught.measured_m[known, lead])
        said[:, lead] = np.maximum(fitted.predict(asked.columns[:, _LAGS]), 0.0)
    return said


def _boosted(taught: Rows, asked: Rows, columns: list[int], loss: str) -> Floats:
    """scikit-learn's gradient boosting, on the change from now; as it comes it makes squares small, and is judged by absolute errors."""
    from sklearn.ensemble import HistGradientBoostingRegressor

    said, now = np.empty((len(asked), len(LEAD_MIN))), taught.of("depth_m")
    for lead in range(len(LEAD_MIN)):
        known = np.isfinite(taught.measured_m[:, lead])
        fitted = HistGradientBoostingRegressor(loss=loss, random_state=0).fit(
            taught.columns[known][:, columns], taught.measured_m[known, lead] - now[known]
        )
        said[:, lead] = np.maximum(asked.of("depth_m") + fitted.predict(asked.columns[:, columns]), 0.0)
    return said


def _full(taught: Rows, asked: Rows) -> Floats:
    """The learned depths in agreement with the learned chances, their intervals adapted as the part goes on (`models.learn.adapt`).

    What a reading says when a lead has passed is taken from the line between the readings beside that moment, where a district has only
    the one before: at one reading in 15 min, some minutes of foreknowledge in what widens the interval, none in what is forecast.
    """
    forest, chance = fit_river(taught), fit_told(taught, by_flood=False)
    raw, centres_m = forest.raw(asked.columns), forest.centres(asked.columns, asked.core_m)
    thresholds_m = np.array([[level.depth_m for level in LEVELS]])
    p_exceed = chances_of(chance, asked, thresholds_m[0])
    said, draw = np.empty_like(raw[:, :, :LEADS]), np.zeros((2, LEADS))
    waiting: list[tuple[int, int, int]] = []
    for row in np.argsort(asked.issued_us, kind="stable").tolist():
        now_us = int(asked.issued_us[row])
        while waiting and waiting[0][0] <= now_us:
            _, lead, told = heappop(waiting)
            came_m = np.maximum(asked.measured_m[told, lead : lead + 1], 0.0)
            if np.isfinite(came_m).all():
                draw[:, lead] = drawn(draw[:, lead], said[told, [_LOW, _HIGH], lead][None], came_m)
        stretch = forest.stretch.copy()
        stretch[:, :LEADS] *= np.exp(draw)
        residual = np.clip(stretched(raw[row : row + 1], stretch), forest.edges[:, 0], forest.edges[:, -1])
        depth_m = depths_m(residual, centres_m[row : row + 1])
        p = lifted(p_exceed[row : row + 1], depth_m[:, :, :LEADS], depth_m[:, _PEAK, LEADS], thresholds_m)
        said[row] = limited_depth(depth_m[:, :, :LEADS], p, thresholds_m)[0]
        if now_us % (MARK_MIN * MINUTE_US) == 0:
            for lead, lead_min in enumerate(LEAD_MIN.tolist()):
                heappush(waiting, (now_us + round(lead_min * MINUTE_US), lead, row))
    return said


def _score(name: str, error_cm: Floats, spell: Ints) -> Score:
    """Mean error, and the interval that holds 90 % of the means over whole storms drawn anew."""
    names, place = np.unique(spell, return_inverse=True)
    known = np.isfinite(error_cm)
    total = np.stack([np.bincount(place, np.where(known, error_cm, 0.0)[:, lead], len(names)) for lead in range(error_cm.shape[1])])
    count = np.stack([np.bincount(place, known[:, lead], len(names)) for lead in range(error_cm.shape[1])])
    drawn = np.random.default_rng(0).integers(0, len(names), (DRAWS, len(names)))
    means = total[:, drawn].sum(axis=2) / np.maximum(count[:, drawn].sum(axis=2), 1)
    low, high = np.quantile(means, [0.05, 0.95], axis=1)
    return Score(name, total.sum(axis=1) / count.sum(axis=1), low, high)
