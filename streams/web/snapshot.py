"""What the store holds at one moment, as the page needs it."""

from __future__ import annotations

import msgspec
from sqlalchemy import Engine

from streams.area.danger import QUANTILES
from streams.observation.moments import parse_us
from streams.rules.outputs import Forecast
from streams.store.level_changes import LevelChange, recent_changes
from streams.store.queries import (
    DistrictHeard,
    DistrictNow,
    OpenOrder,
    PointNow,
    RecentWarning,
    dead_letter_counts,
    districts_heard,
    districts_now,
    forecast_lines,
    open_orders,
    points_now,
    recent_warnings,
)
from streams.store.recent_water import WaterThen, water_between
from streams.web.trend import SLACK_US, SPAN_US

WARNINGS = 20
CHANCE_LEAD_MIN = 30
LATER_LEAD_MIN = 60

_FORECASTS = msgspec.json.Decoder(Forecast)


class Outlook(msgspec.Struct, frozen=True):
    """What the page tells of a forecast: the median peak within 2 h, the chances within 30 and 60 min, and depths by quantile."""

    issued_us: int
    peak_m: float
    chance: tuple[tuple[float, float], ...]
    lead_min: list[int]
    depth_m: dict[str, list[float]]
    later: tuple[tuple[float, float], ...] = ()

    def chance_of(self, threshold_m: float) -> float | None:
        """The chance to reach a threshold within 30 min; None where the forecast does not speak of it."""
        return _chance(self.chance, threshold_m)

    def later_chance_of(self, threshold_m: float) -> float | None:
        """The same within 60 min."""
        return _chance(self.later, threshold_m)


class Snapshot(msgspec.Struct, frozen=True):
    """All that the page shows, by id."""

    points: dict[str, PointNow]
    outlooks: dict[str, Outlook]
    heard: dict[str, DistrictHeard]
    rain: dict[str, DistrictNow]
    warnings: list[RecentWarning]
    orders: list[OpenOrder]
    letters: dict[str, int]
    changes: dict[str, list[LevelChange]]
    then: dict[str, tuple[WaterThen, ...]] = {}


def take_snapshot(engine: Engine) -> Snapshot:
    """Ask the store for everything."""
    lines = {point: _outlook(line) for point, line in forecast_lines(engine).items()}
    # how far a district has come is asked first: what is asked after it can only be newer
    heard = {row.district: row for row in districts_heard(engine)}
    return Snapshot(
        heard=heard,
        points={point.low_point: point for point in points_now(engine)},
        outlooks={point: outlook for point, outlook in lines.items() if outlook is not None},
        rain={row.district: row for row in districts_now(engine)},
        warnings=recent_warnings(engine, WARNINGS),
        orders=open_orders(engine),
        letters=dead_letter_counts(engine),
        changes=recent_changes(engine, heard.values()),
        then=_ten_minutes_ago(engine, heard),
    )


def _ten_minutes_ago(engine: Engine, heard: dict[str, DistrictHeard]) -> dict[str, tuple[WaterThen, ...]]:
    """Of every point: enough to tell a trend from, and no more, for it is asked every second."""
    newest_us = max((row.up_to_us for row in heard.values()), default=None)
    if newest_us is None:
        return {}
    return water_between(engine, newest_us - SPAN_US - 2 * SLACK_US, newest_us - SPAN_US + SLACK_US)


def _chance(chances: tuple[tuple[float, float], ...], threshold_m: float) -> float | None:
    return next((p for depth_m, p in chances if abs(depth_m - threshold_m) < 1e-6), None)


def _outlook(line: bytes) -> Outlook | None:
    """A forecast that cannot be read is none: the page stands all the same."""
    try:
        forecast = _FORECASTS.decode(line)
        chance, later = (_chances(forecast, lead_min) for lead_min in (CHANCE_LEAD_MIN, LATER_LEAD_MIN))
        issued_us = parse_us(forecast.issued_at)
        if issued_us is None or any(len(forecast.depth_m[name]) != len(forecast.lead_min) for name in QUANTILES):
            return None
        depths_m = {name: forecast.depth_m[name] for name in QUANTILES}
        return Outlook(issued_us, forecast.peak_m["0.5"], chance, forecast.lead_min, depths_m, later)
    except (msgspec.DecodeError, ValueError, IndexError, KeyError):
        return None


def _chances(forecast: Forecast, lead_min: int) -> tuple[tuple[float, float], ...]:
    at = forecast.lead_min.index(lead_min)
    return tuple((row.threshold_m, row.p[at]) for row in forecast.p_exceed)
