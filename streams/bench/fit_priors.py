"""Fits the priors of the reservoir to measured street floods: a seeded random search for the smallest pinball loss.

Only floods of 10 cm and more are asked, for shallow ones drain at once and would teach that all do; each weighs one, however long it
lasted. The rain part is not fitted: the floods come without rain.
"""

from __future__ import annotations

import copy
import tomllib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from models.reservoir import LEAD_MIN, QUANTILES, Priors, forecast, lay_out
from models.situation import Situation
from streams.importers.floods import Flood, read_floods
from streams.importers.sensors import read_sensors

Floats = npt.NDArray[np.float64]

PRIORS = Path(forecast.__code__.co_filename).with_name("priors.toml")
WET_M = 0.01
DEEP_M = 0.10
EVERY_S = 300
TREND_S = 360
SCORED = (0.1, 0.5, 0.9)
LEADS = (5.0, 15.0, 30.0, 60.0)
STEPS = {
    ("recession", "rate_per_min"): 0.5,
    ("recession", "spread"): 0.3,
    ("inflow", "decay_min"): 0.5,
    ("inflow", "spread"): 0.3,
    ("inflow", "strength"): 0.3,
    ("inflow", "strength_spread"): 0.4,
}


@dataclass(frozen=True)
class Cases:
    """Moments of floods, what was known at each, and what came: depth in m at the leads, shape (n, leads)."""

    now: Situation
    came_m: Floats
    weight: Floats


@dataclass(frozen=True)
class Fit:
    """Losses (mean pinball, cm) and absolute errors (cm) by lead before and after, and the values found."""

    floods: int
    moments: int
    before: dict[str, Any]
    after: dict[str, Any]
    values: dict[str, Any]


def load_cases(events: Path, sensors: Path) -> tuple[int, Cases]:
    """Every five minutes of each flood that is not tidal, from its first wet reading on, while a centimetre stands on the road."""
    floods = [f for f in read_floods(events, read_sensors(sensors, Counter()), tidal=False) if isinstance(f, Flood)]
    rows = [row for flood in floods for row in _moments(flood)]
    depth, rise, came, weight = (np.array(column, float) for column in zip(*rows, strict=True))
    count = len(depth)
    no = np.zeros(count, bool)
    now = Situation(depth, np.full(count, 0.01), rise, np.zeros(count), no, no, float("nan"), np.tile([0.15, 0.27, 0.4, 0.6], (count, 1)))
    return len(floods), Cases(now, came, weight)


def _moments(flood: Flood) -> list[tuple[float, float, Floats, float]]:
    time_s, depth_m = np.array(flood.profile.time_s, float), np.array(flood.profile.depth_m, float)
    wet = np.flatnonzero(depth_m >= WET_M)
    if not len(wet) or depth_m.max() < DEEP_M:
        return []
    at_s = np.arange(time_s[wet[0]], time_s[-1], EVERY_S)
    at_s = at_s[np.interp(at_s, time_s, depth_m) >= WET_M]
    rows = []
    for moment in at_s:
        last = int(np.searchsorted(time_s, moment, "right"))
        recent = slice(int(np.searchsorted(time_s[:last], moment - TREND_S)), last)
        minutes, depths = (time_s[recent] - moment) / 60, depth_m[recent]
        rise = float(np.polyfit(minutes, depths, 1)[0]) if len(minutes) > 1 else 0.0
        came = np.interp(moment + 60 * np.array(LEADS), time_s, depth_m, right=0.0)
        rows.append((float(depth_m[last - 1]), rise, came, 1 / len(at_s)))
    return rows


def judge(cases: Cases, priors: Priors) -> dict[str, Any]:
    """Mean pinball loss in cm over quantiles and leads, and by lead the error of the median and the coverage of .1 to .9."""
    said = forecast(cases.now, priors).depth_m
    leads = [int(np.flatnonzero(lead == LEAD_MIN)[0]) for lead in LEADS]
    rows = [int(np.flatnonzero(np.isclose(QUANTILES, q))[0]) for q in SCORED]
    table = said[:, rows][:, :, leads]
    off = cases.came_m[:, None, :] - table
    share = np.array(SCORED)[None, :, None]
    pinball = np.maximum(off * share, off * (share - 1)).mean(axis=1)
    covered = (cases.came_m >= table[:, 0] - 0.0005) & (cases.came_m <= table[:, -1] + 0.0005)
    weight = cases.weight / cases.weight.sum()
    return {
        "loss_cm": float(100 * (weight @ pinball).mean()),
        "mae_cm": (100 * (weight @ np.abs(off[:, 1]))).round(2).tolist(),
        "coverage80": (weight @ covered).round(2).tolist(),
    }


def fit(events: Path, sensors: Path, draws: int = 200, seed: int = 1) -> Fit:
    """Search around the shipped values, narrowing as it goes."""
    floods, cases = load_cases(events, sensors)
    start: dict[str, Any] = tomllib.loads(PRIORS.read_text(encoding="utf-8"))
    rng = np.random.default_rng(seed)
    best, score = start, judge(cases, lay_out(start))
    before = score
    for draw in range(draws):
        tried = copy.deepcopy(best)
        for (part, name), spread in STEPS.items():
            tried[part][name] = round(float(tried[part][name] * np.exp(rng.normal() * spread * (1 - 0.8 * draw / draws))), 4)
        found = judge(cases, lay_out(tried))
        if found["loss_cm"] < score["loss_cm"]:
            best, score = tried, found
    return Fit(floods, len(cases.weight), before, score, {part: best[part] for part in ("recession", "inflow")})
