"""A first honest forecast: each point is one reservoir that fills by a decaying inflow and drains by recession."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri
from scipy.stats import qmc

from models.situation import Outlook, Situation

Floats = npt.NDArray[np.float64]

QUANTILES = np.array([0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95])
PEAK_QUANTILES = np.array([0.1, 0.5, 0.9])
LEAD_MIN = np.array([5.0, 15.0, 30.0, 60.0, 90.0, 120.0])
MEMBERS = 128
STEPS_MIN = np.concatenate([np.arange(0.0, 31.0, 2.5), np.arange(35.0, 61.0, 5.0), np.arange(70.0, 121.0, 10.0)])
_LEAD_AT = np.searchsorted(STEPS_MIN, LEAD_MIN)
_HALF_HOUR = int(np.searchsorted(STEPS_MIN, 30.0)) + 1
_WET_M = 0.01
_DEEPEST_M = 8.0


@dataclass(frozen=True)
class Priors:
    """Members of the ensemble, shape (M,) each: what is not known about a point, spread out evenly."""

    name: str
    rate_per_min: Floats
    decay_min: Floats
    strength: Floats
    ratio: Floats
    inlet_mm_per_h: Floats
    rain_decay_min: Floats
    noise: Floats


@lru_cache(maxsize=1)
def load_priors() -> Priors:
    """Read the priors that the project ships."""
    return lay_out(tomllib.loads(Path(__file__).with_name("priors.toml").read_text(encoding="utf-8")))


def lay_out(values: dict[str, Any]) -> Priors:
    """Members of the log-normal priors on a fixed low-discrepancy sequence, so that no chance is involved (law 4)."""
    normal = ndtri(qmc.Halton(7, scramble=False).random(MEMBERS + 1)[1:])

    def members(column: int, median: float, spread: float) -> Floats:
        return np.asarray(median * np.exp(spread * normal[:, column]), float)

    inflow, rain, recession = values["inflow"], values["rain"], values["recession"]
    return Priors(
        name=values["name"],
        rate_per_min=members(0, recession["rate_per_min"], recession["spread"]),
        decay_min=members(1, inflow["decay_min"], inflow["spread"]),
        strength=members(2, inflow["strength"], inflow["strength_spread"]),
        ratio=members(3, rain["catchment_ratio"], rain["ratio_spread"]),
        inlet_mm_per_h=members(4, rain["inlet_mm_per_h"], rain["inlet_spread"]),
        rain_decay_min=members(5, rain["decay_min"], rain["decay_spread"]),
        noise=normal[:, 6],
    )


def forecast(now: Situation, priors: Priors | None = None) -> Outlook:
    """Forecast all points of a district from one moment.

    Each member solves  dh/dt = q exp(-t / tau) - k h  for the depth h, which has the closed form
    h(t) = h0 exp(-k t) + q (exp(-t / tau) - exp(-k t)) / (k - 1 / tau).  The inflow q is what the observed trend implies,
    q = dh/dt + k h, or what rain beyond the inlets' capacity brings where the point is still dry.
    """
    members = priors or load_priors()
    depth_m = _trajectories(now, members)
    running = np.maximum.accumulate(depth_m, axis=2)
    peaks = running[:, :, -1]
    reached = running[:, :, None, :] >= now.thresholds_m[:, None, :, None]
    quantiles = np.quantile(depth_m[:, :, _LEAD_AT], QUANTILES, axis=1).transpose(1, 0, 2)
    return Outlook(
        depth_m=quantiles,
        p_exceed=reached[:, :, :, _LEAD_AT].mean(axis=1),
        peak_m=np.quantile(peaks, PEAK_QUANTILES, axis=1).T,
        minutes_to=_minutes_to(reached),
        median_30min_m=np.median(depth_m[:, :, :_HALF_HOUR], axis=1).max(axis=1),
    )


def _trajectories(now: Situation, members: Priors) -> Floats:
    """Depth of every member, shape (P, M, steps)."""
    rate = _recession(now, members)
    start_m = np.maximum(now.depth_m[:, None] + now.depth_sd_m[:, None] * members.noise, 0.0)
    start_m = np.where(now.depth_m[:, None] < _WET_M, now.depth_m[:, None], start_m)
    inflow, decay = _inflow(now, members, rate)
    time = STEPS_MIN
    drained = np.exp(-rate[:, :, None] * time)
    filling = np.exp(-time / decay[:, :, None])
    apart = rate - 1 / decay
    apart = np.where(np.abs(apart) < 1e-6, 1e-6, apart)
    depth_m = start_m[:, :, None] * drained + (inflow / apart)[:, :, None] * (filling - drained)
    return np.asarray(np.clip(depth_m, 0.0, _DEEPEST_M), float)


def _recession(now: Situation, members: Priors) -> Floats:
    """Drainage per minute, shape (P, M): the prior, drawn towards what falling water shows."""
    falling = (now.rise_m_per_min < 0) & (now.depth_m > 2 * _WET_M)
    seen = np.where(falling, -now.rise_m_per_min / np.maximum(now.depth_m, _WET_M), np.nan)[:, None]
    blended = np.sqrt(np.clip(seen, 0.004, 0.3) * members.rate_per_min)
    return np.asarray(np.where(np.isnan(seen), members.rate_per_min[None, :], blended), float)


def _inflow(now: Situation, members: Priors, rate: Floats) -> tuple[Floats, Floats]:
    """Inflow now in m/min and its decay in min, shape (P, M) each."""
    observed = members.strength * (now.rise_m_per_min[:, None] + rate * now.depth_m[:, None])
    observed = np.where(now.rise_m_per_min[:, None] < 0, 0.0, np.maximum(observed, 0.0))
    wet = now.depth_m[:, None] >= _WET_M
    observed = np.where(wet, observed, 0.0)
    decay = np.broadcast_to(members.decay_min, observed.shape)
    if not np.isfinite(now.rain_mm_per_h):
        return observed, decay
    brought = members.ratio * np.maximum(now.rain_mm_per_h - members.inlet_mm_per_h, 0.0) / 60_000.0
    from_rain = np.where(wet, np.maximum(observed, 0.5 * brought), brought)
    return from_rain, np.where(brought > 0, members.rain_decay_min, decay)


def _minutes_to(reached: npt.NDArray[np.bool_]) -> Floats:
    """Median over members of the first step at which each threshold is reached; nan where half of them never do."""
    first = np.where(reached.any(axis=3), STEPS_MIN[np.argmax(reached, axis=3)], np.inf)
    middle = np.sort(first, axis=1)[:, first.shape[1] // 2]
    return np.asarray(np.where(np.isfinite(middle), middle, np.nan), float)
