"""One low point: what holds, what was, what comes, what its sensors say, and how good its forecasts were."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Annotated

import msgspec
from fastapi import APIRouter, Path, Query
from msgspec import structs

from streams.city.model import LowPoint, Station
from streams.city.reach import NEVER
from streams.console.live.expected import expected
from streams.console.live.says import Water
from streams.console.live.water import Points
from streams.desk.caller import Looks
from streams.desk.desk import AtDesk, Desk
from streams.desk.points_pictures import pictures_of
from streams.desk.points_wire import (
    ByLead,
    ChanceView,
    FanView,
    PointNowView,
    PointView,
    PointWarning,
    RainView,
    SeenView,
    SkillView,
    VerdictView,
    ZoneReached,
)
from streams.desk.problems import documented, problem
from streams.desk.station_views import station_views
from streams.observation.moments import HOUR_US, MINUTE_US, to_text
from streams.rules.outputs import Forecast
from streams.store.history import kept_forecasts, last_warning_of, point_history, rain_history, verdicts_of, warnings_of
from streams.store.live_rows import forecasts_of
from streams.store.people import people_by_zone
from streams.store.queries import points_now
from streams.store.recent_water import water_between
from streams.store.storms import histories
from streams.storms.skill import Foretold, LeadScores, lead_scores
from streams.storms.watched import NO_HISTORY
from streams.web.board import OUTLOOK_US
from streams.web.freshness import Freshness
from streams.web.trend import SLACK_US, SPAN_US

MOST_HOURS = 72
VERDICTS = 50
JUDGED_US = 7 * 24 * HOUR_US
"""Forecasts are kept this long."""
SAME_M = 1e-6
"""Two thresholds that differ by less are the same."""

router = APIRouter(prefix="/api/points", tags=["points"])

_LINES = msgspec.json.Decoder(Forecast)


@router.get("/{low_point}", responses=documented(401, 403, 404, 422, 503))
def point(
    desk: AtDesk,
    _: Looks,
    low_point: Annotated[str, Path(min_length=1, max_length=100)],
    hours: Annotated[int, Query(ge=1, le=MOST_HOURS, description="how far back")] = 6,
) -> PointView:
    """Tell all of one low point."""
    place = next((one for one in desk.city.low_points if one.low_point_id == low_point), None)
    if place is None:
        raise problem(404, "there is no such low point: GET GET /points.geojson of the public page, or the city folder, names them all")
    fresh, engine = desk.fresh(), desk.engine
    since_us, until_us = fresh.now_us - hours * HOUR_US, fresh.log_us
    forecast = _newest(desk, low_point, fresh)
    own = [station for station in desk.city.stations if _serves(station, place)]
    return PointView(
        low_point=low_point,
        as_of=to_text(fresh.now_us),
        now=_now(desk, place, forecast, fresh),
        thresholds_m=[rung.depth_m for rung in place.levels],
        observed=[
            SeenView(at=to_text(row.at_us), depth_m=row.depth_m, level=row.level)
            for row in point_history(engine, low_point, since_us, until_us)
            if row.depth_m is not None or row.level is None  # a level by forecast tells nothing of the water
        ],
        rain=[
            RainView(at=to_text(row.at_us), rain_mm_30min=row.rain_mm_30min)
            for row in rain_history(engine, place.district_id, since_us, until_us)
        ],
        fan=_fan(place, *forecast) if forecast is not None else None,
        warnings=[
            PointWarning(
                issued_at=to_text(row.issued_us),
                level=row.level,
                basis=row.basis,
                unconfirmed=row.unconfirmed,
                reason=row.reason,
                depth_m=row.depth_m,
            )
            for row in warnings_of(engine, low_point, since_us, until_us)
        ],
        verdicts=[
            VerdictView(station=row.station, at=to_text(row.at_us), flags=list(row.flags), reason=row.reason)
            for row in verdicts_of(engine, [station.station_id for station in own], VERDICTS)
        ],
        stations=station_views(engine, desk.city, own, fresh),
        zones=_zones(desk, place),
        skill=_skill(desk, low_point, until_us),
        pictures=pictures_of(engine, low_point, fresh.now_us),
    )


def _serves(station: Station, place: LowPoint) -> bool:
    """Whether a station watches the point, or the rain of its district."""
    return station.low_point_id == place.low_point_id or (station.kind == "rain" and place.district_id in station.district_ids)


def _newest(desk: Desk, low_point: str, fresh: Freshness) -> tuple[int, Forecast] | None:
    """The newest forecast and when it was issued; None where it is too old to be told, or cannot be read."""
    issued_us, line = forecasts_of(desk.engine, [low_point]).get(low_point, (0, b""))
    if fresh.now_us - issued_us > OUTLOOK_US:
        return None
    found = _read(line)
    return None if found is None else (issued_us, found)


def _read(line: bytes) -> Forecast | None:
    try:
        return _LINES.decode(line)
    except msgspec.DecodeError:
        return None


def _now(desk: Desk, place: LowPoint, forecast: tuple[int, Forecast] | None, fresh: Freshness) -> PointNowView:
    """What holds, made as the live stream makes it."""
    engine, name = desk.engine, place.low_point_id
    told = expected(place, forecast[0], msgspec.json.encode(forecast[1])) if forecast is not None else None
    last = last_warning_of(engine, name)
    water = Water(
        heard={},
        points={row.low_point: row for row in points_now(engine) if row.low_point == name},
        expected={name: told} if told is not None else {},
        reasons={name: last.reason} if last is not None else {},
        rain={},
        districts={},
        warnings=[],
    )
    then = water_between(engine, fresh.log_us - SPAN_US - 2 * SLACK_US, fresh.log_us - SPAN_US + SLACK_US, name)
    alone = structs.replace(desk.city, low_points=(place,))
    return PointNowView.model_validate_json(Points(alone).entities(water, then, fresh)[name])


def _fan(place: LowPoint, issued_us: int, forecast: Forecast) -> FanView:
    chances = [(rung, one) for rung in place.levels for one in forecast.p_exceed if abs(one.threshold_m - rung.depth_m) < SAME_M]
    minutes = [(rung, one) for rung in place.levels for one in forecast.minutes_to if abs(one.threshold_m - rung.depth_m) < SAME_M]
    return FanView.model_validate(
        {
            "issued_at": to_text(issued_us),
            "valid_at": [to_text(issued_us + lead * MINUTE_US) for lead in forecast.lead_min],
            **forecast.depth_m,
            "p_exceed": [ChanceView(level=rung.level, threshold_m=one.threshold_m, p=one.p) for rung, one in chances],
            "minutes_to": {str(rung.level): one.q50 for rung, one in minutes},
        }
    )


def _zones(desk: Desk, place: LowPoint) -> list[ZoneReached]:
    """The zones of its district that its water reaches."""
    zones = tuple(zone for zone in desk.city.zones if zone.district_id == place.district_id)
    levels = desk.reach.from_level(zones, (place,))[:, 0].tolist() if zones else []
    reached = {zone.zone_id: level for zone, level in zip(zones, levels, strict=True) if level < NEVER}
    people = people_by_zone(desk.engine, reached)
    return [ZoneReached(zone=zone, from_level=level, people=people.get(zone, 0)) for zone, level in reached.items()]


def _skill(desk: Desk, low_point: str, until_us: int) -> SkillView:
    """How good the forecasts of the last days were there."""
    since_us = until_us - JUDGED_US
    record = histories(desk.engine, [low_point], since_us, until_us).get(low_point, NO_HISTORY).record
    scores = lead_scores(_foretold(desk, low_point, since_us, until_us), {low_point: record})
    return SkillView(
        cases=max((one.cases for one in scores), default=0),
        mae_cm=_by_lead(scores, lambda one: one.mae_cm),
        persistence_mae_cm=_by_lead(scores, lambda one: one.persistence_mae_cm),
        coverage_80=_by_lead(scores, lambda one: one.coverage_80.value),
    )


def _foretold(desk: Desk, low_point: str, since_us: int, until_us: int) -> Iterator[Foretold]:
    for kept in kept_forecasts(desk.engine, low_point, since_us, until_us):
        forecast = _read(kept.line)
        if forecast is not None:
            yield Foretold(low_point, kept.issued_us, forecast.lead_min, forecast.depth_m)


def _by_lead(scores: Sequence[LeadScores], of: Callable[[LeadScores], float | None]) -> ByLead:
    return {str(one.lead_min): of(one) for one in scores}
