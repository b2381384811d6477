"""Forecasts as the stream tells them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from streams.city.model import LowPoint
from streams.console.live.says import Expected
from streams.observation.moments import to_text
from streams.rules.outputs import Forecast

CHANCE_LEAD_MIN = 30
CHANCE_FROM_LEVEL = 3
SAME_M = 1e-6
"""Two thresholds that differ by less are the same."""

_LINES = msgspec.json.Decoder(Forecast)


def expected(point: LowPoint, issued_us: int, line: bytes) -> Expected | None:
    """A forecast of a point out of its line; one that cannot be read is none: the stream goes on all the same (law 9)."""
    try:
        forecast = _LINES.decode(line)
        return Expected(issued_us, forecast.model, msgspec.json.encode(_told(point, issued_us, forecast)))
    except (msgspec.DecodeError, ValueError, IndexError, KeyError):
        return None


def _told(point: LowPoint, issued_us: int, forecast: Forecast) -> dict[str, Any]:
    at = forecast.lead_min.index(CHANCE_LEAD_MIN)
    leads = len(forecast.lead_min)
    if any(len(forecast.depth_m[name]) != leads for name in ("0.1", "0.5", "0.9")):
        raise ValueError("a quantile has not as many depths as there are leads")
    chances = _by_level(point, {row.threshold_m: row.p[at] for row in forecast.p_exceed})
    return {
        "issued_at": to_text(issued_us),
        "peak_m": forecast.peak_m["0.5"],
        "lead_min": forecast.lead_min,
        "q10": forecast.depth_m["0.1"],
        "q50": forecast.depth_m["0.5"],
        "q90": forecast.depth_m["0.9"],
        "chance": {level: p for level, p in chances.items() if int(level) >= CHANCE_FROM_LEVEL},
        "minutes_to": _by_level(point, {row.threshold_m: row.q50 for row in forecast.minutes_to}),
    }


def _by_level(point: LowPoint, by_threshold: Mapping[float, float | None]) -> dict[str, float | None]:
    """Values of a forecast by the point's own levels; one that the forecast does not speak of is missing, not zero (law 3)."""
    rungs = ((str(rung.level), rung.depth_m) for rung in point.levels)
    return {level: value for level, depth_m in rungs for threshold_m, value in by_threshold.items() if abs(threshold_m - depth_m) < SAME_M}
