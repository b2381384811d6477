"""Rows of the histories, out of what the districts say. Which minutes are kept hangs on the outputs alone, so a repeat adds none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from streams.observation.moments import MINUTE_US
from streams.rules.outputs import Forecast, Output, Seen, Standing, Verdict, Warning
from streams.store.outbox import issued_us
from streams.store.readable import readable

Row = dict[str, Any]

SPARSE_US = 10 * MINUTE_US
"""What stays as it is, is kept this often."""

DENSE_POINTS = 500
"""Of a district of up to so many points every minute of rain is kept, dry roads too: who sees water rise wants to know since when."""

FORECASTS_US = 5 * MINUTE_US
LEAST_PEAK_M = 0.01
"""Forecasts are kept this often, where the .9 quantile of the peak makes a road wet: judging dry ones tells nothing."""

MOST_VERDICTS = 20
"""Of one station in one message the newest so many: a sensor that is late for hours must not fill the store."""

LAST = 2**62
"""The number of a standing: it is said after all warnings of its instant."""


def point_rows(output: Output) -> list[Row]:
    """Rows of `point_history`: warnings; and of a standing the points that are wet, were so lately or are unknown.

    All points are kept every ten minutes, and while it rains.
    """
    if isinstance(output, Warning):
        # any other tells the depth that decided, of a forecast or a report: nobody has measured that
        measured_m = output.depth_m if output.basis == "measured" else None
        return [_point_row(output, issued_us(output.issued_at), measured_m, output.number)]
    if isinstance(output, Standing):
        at_us = issued_us(output.issued_at)
        whole = at_us % SPARSE_US == 0 or (output.rain_mm_30min > 0 and len(output.points) <= DENSE_POINTS)
        return [
            _point_row(point, at_us, point.depth_m, LAST)
            for point in output.points
            if whole or point.moving or point.level == "unknown" or point.held_level > 0
        ]
    return []


def _point_row(said: Any, at_us: int, depth_m: float | None, number: int) -> Row:
    known = isinstance(said.level, int)
    return {
        "low_point": said.low_point,
        "at_us": at_us,
        "level": said.level if known else None,
        # of an unknown point the last depth is told, as old as it is: that was not the water of this minute
        "depth_m": depth_m if known else None,
        "basis": said.basis,
        "unconfirmed": said.unconfirmed,
        "number": number,
    }


def rain_row(standing: Standing) -> Row | None:
    """Row of `rain_history`: each minute while it rains or a signal stands, every ten otherwise."""
    at_us = issued_us(standing.issued_at)
    if standing.rain_mm_30min <= 0 and not standing.signal and at_us % SPARSE_US:
        return None
    return {"district": standing.district, "at_us": at_us, "rain_mm_30min": standing.rain_mm_30min, "signal": standing.signal}


def seen_row(seen: Seen) -> Row:
    """Row of `station_pictures`."""
    return {
        "station": seen.station,
        "observed_us": issued_us(seen.observed_at),
        "low_point": seen.low_point,
        "picture": readable(seen.picture),
        "depth_m": seen.depth_m,
        "confidence": seen.confidence,
        "reading": readable(seen.reading),
    }


def is_kept(moment_us: int, forecast: Forecast) -> bool:
    """Whether a forecast is to be judged later."""
    return moment_us % FORECASTS_US == 0 and forecast.peak_m.get("0.9", 0.0) >= LEAST_PEAK_M


def verdict_rows(outputs: Sequence[Output]) -> list[Row]:
    """Rows of `verdicts`: the newest of each station."""
    by_station: dict[str, list[Verdict]] = defaultdict(list)
    for output in outputs:
        if isinstance(output, Verdict):
            by_station[output.station].append(output)
    return [_verdict_row(verdict) for verdict in _newest(by_station.values())]


def _newest(groups: Iterable[list[Verdict]]) -> Iterable[Verdict]:
    return (verdict for group in groups for verdict in group[-MOST_VERDICTS:])


def _verdict_row(verdict: Verdict) -> Row:
    return {
        "key": readable(verdict.key),
        "station": verdict.station,
        "reading": readable(verdict.reading),
        "at_us": issued_us(verdict.issued_at),
        "flags": msgspec.json.encode(verdict.flags).decode(),
        "reason": readable(verdict.reason),
    }
