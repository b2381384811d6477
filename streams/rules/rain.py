"""Rain that fell: amounts by gauge and minute, and whether it rains in the district."""

from __future__ import annotations

import math

from streams.observation.moments import MINUTE_US
from streams.rules import limits
from streams.rules.work import Work

KEPT_MIN = 180
LONGEST_MIN = 24 * 60
"""Rain is remembered as long as the longest window of the city's rainfall signals asks, a day at most."""


def add_rain(work: Work, gauge: int, ended_us: int, rain_mm: float, period_s: float) -> None:
    """Spread an amount evenly over the minutes of its period."""
    minutes = work.state.rain.setdefault(gauge, {})
    kept_min = kept_minutes(work)
    parts = min(max(1, round(period_s / 60)), kept_min)
    part_us = period_s * 1_000_000 / max(1, round(period_s / 60))
    for part in range(parts):
        minute = int((ended_us - (part + 0.5) * part_us) // MINUTE_US)
        minutes[minute] = minutes.get(minute, 0.0) + rain_mm / max(1, round(period_s / 60))
    if len(minutes) > kept_min + _SPARE:
        newest = max(minutes)
        for minute in [old for old in minutes if old < newest - kept_min]:
            del minutes[minute]


_SPARE = 60


def kept_minutes(work: Work) -> int:
    """How many minutes of rain are remembered."""
    longest = max((signal.hours * 60 for signal in work.plan.city.rain_signals), default=0)
    return int(min(max(longest, KEPT_MIN), LONGEST_MIN))


def gauge_mm(work: Work, gauge: int, window_min: int) -> float:
    """Rain of one gauge in the minutes up to now, in mm."""
    last = work.now_us // MINUTE_US
    amounts = work.state.rain.get(gauge, {})
    return math.fsum(amounts.get(minute, 0.0) for minute in range(last - window_min + 1, last + 1))


def district_mm(work: Work, window_min: int) -> float:
    """The most that a gauge serving the district gave in the window, in mm; 0 where there is no gauge."""
    return max((gauge_mm(work, gauge, window_min) for gauge in work.state.rain), default=0.0)


def raining(work: Work) -> bool:
    """Whether a gauge serving the district gave 0.5 mm in 30 min (law 2)."""
    # amounts stand in whole minutes: one more than the window holds all of it
    return district_mm(work, limits.RAIN_WINDOW_MIN + 1) >= limits.RAIN_MM


def rain_unknown(work: Work) -> bool:
    """Whether the district has gauges and all of them are silent: then nobody knows that it does not rain, for missing is not zero (law 3).

    A district without any gauge never knew, and its officers know that: there what is said of dry weather holds, as it must at all times.
    """
    return len(work.plan.gauges) > 0 and all(is_silent(work, gauge) for gauge in work.plan.gauges.tolist())


def is_silent(work: Work, gauge: int) -> bool:
    """Whether a gauge told nothing of the last 30 min, or, one that speaks rarely, of as long as makes any station silent."""
    minutes = work.state.rain.get(gauge)
    patience_min = max(limits.RAIN_WINDOW_MIN, int(work.plan.silent_after_us[gauge] // MINUTE_US))
    # amounts stand in the minute they began in: one more than the window
    return not minutes or max(minutes) <= work.now_us // MINUTE_US - patience_min - 1


def intensity_mm_per_h(work: Work, window_min: int = 10) -> float:
    """Mean intensity over the gauges that spoke within the half hour; nan where none did, for missing is not zero."""
    last = work.now_us // MINUTE_US
    speaking = [gauge for gauge, minutes in work.state.rain.items() if max(minutes) > last - limits.RAIN_WINDOW_MIN]
    if not speaking:
        return math.nan
    return math.fsum(gauge_mm(work, gauge, window_min) for gauge in speaking) / len(speaking) * 60 / window_min
