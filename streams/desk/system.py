"""How the system itself stands: stations, districts, dead letters, senders and models."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import APIRouter
from pydantic import BaseModel, Field

from streams.desk.caller import Looks
from streams.desk.desk import AtDesk, Desk
from streams.desk.lag_wire import LagView, lag_view
from streams.desk.points_wire import StationView
from streams.desk.problems import documented
from streams.desk.station_views import station_views
from streams.desk.wire import Moment
from streams.observation.moments import SECOND_US, to_text
from streams.store.dead_letters import newest_letters
from streams.store.live_rows import forecast_stamps, last_model_swap, senders_seen
from streams.store.queries import dead_letter_counts, districts_heard
from streams.store.senders import ALIVE_US
from streams.web.freshness import Freshness

LETTERS = 50

router = APIRouter(prefix="/api", tags=["system"])


class DistrictSystem(BaseModel):
    """How far behind a district is, and when its last forecast was made; null before there was any."""

    district: str
    up_to: Moment | None
    lag_s: float | None
    silent: bool
    last_forecast: Moment | None
    stations: int
    stations_not_ok: int


class LetterView(BaseModel):
    """What was refused, from where, and its first bytes."""

    id: str
    reason: str
    file: str
    line: int
    bytes: str
    detail: str
    at: Moment | None = Field(description="when it was written here, by the wall clock")


class LettersView(BaseModel):
    """How many there are, and the newest."""

    count: int
    by_reason: dict[str, int]
    newest: list[LetterView]


class SenderView(BaseModel):
    """A sender and its line."""

    owner: str
    line: str
    alive: bool
    seen_at: Moment


class ModelView(BaseModel):
    """What last became of a model that was asked for."""

    district: str
    at: Moment
    what: str
    model: str
    other: str
    reason: str


class SystemView(BaseModel):
    """All of it; `kafka_lag` is null where it is not known, and `kafka` says why."""

    as_of: Moment
    stale: bool
    stations: list[StationView]
    districts: list[DistrictSystem]
    dead_letters: LettersView
    senders: list[SenderView]
    model_change: ModelView | None
    kafka_lag: int | None
    kafka: LagView


@router.get("/system", responses=documented(401, 403, 503))
def system(desk: AtDesk, _: Looks) -> SystemView:
    """Tell how the system itself stands."""
    fresh, engine = desk.fresh(), desk.engine
    kafka = lag_view(desk.lag)
    stations = station_views(engine, desk.city, desk.city.stations, fresh)
    return SystemView(
        as_of=to_text(fresh.now_us),
        stale=fresh.stale,
        stations=stations,
        districts=_districts(desk, fresh, {station.station: station.state for station in stations}),
        dead_letters=_letters(desk),
        senders=_senders(desk),
        model_change=_model(desk),
        kafka_lag=kafka.messages,
        kafka=kafka,
    )


def _districts(desk: Desk, fresh: Freshness, state_of: Mapping[str, str]) -> list[DistrictSystem]:
    heard = {row.district: row.up_to_us for row in districts_heard(desk.engine)}
    stamps, forecast_us = forecast_stamps(desk.engine), dict[str, int]()
    district_of = {point.low_point_id: point.district_id for point in desk.city.low_points}
    for point, issued_us in stamps.items():
        if point in district_of:
            district = district_of[point]
            forecast_us[district] = max(forecast_us.get(district, 0), issued_us)
    states: dict[str, list[str]] = {district: [] for district in desk.city.districts}
    for station in desk.city.stations:
        for district in station.district_ids or (district_of.get(station.low_point_id or "", ""),):
            if district in states:
                states[district].append(state_of[station.station_id])
    return [
        DistrictSystem(
            district=district,
            up_to=_moment(heard.get(district)),
            lag_s=_lag_s(district, heard.get(district), fresh),
            silent=district in fresh.silent,
            last_forecast=_moment(forecast_us.get(district)),
            stations=len(states[district]),
            stations_not_ok=sum(state != "ok" for state in states[district]),
        )
        for district in desk.city.districts
    ]


def _lag_s(district: str, up_to_us: int | None, fresh: Freshness) -> float | None:
    if up_to_us is None:
        return None
    age_us = fresh.ages_us.get(district, fresh.now_us - up_to_us)
    return max(age_us, 0) / SECOND_US


def _letters(desk: Desk) -> LettersView:
    counts = dead_letter_counts(desk.engine)
    newest = [
        LetterView(
            id=letter.id,
            reason=letter.reason,
            file=letter.file,
            line=letter.line,
            bytes=letter.bytes,
            detail=letter.detail,
            at=_moment(letter.written_us),
        )
        for letter in newest_letters(desk.engine, LETTERS)
    ]
    return LettersView(count=sum(counts.values()), by_reason=counts, newest=newest)


def _senders(desk: Desk) -> list[SenderView]:
    """By the wall clock, as they show their signs of life."""
    alive_us = desk.now_us() - ALIVE_US
    return [
        SenderView(owner=sender.owner, line=sender.line, alive=sender.beat_us >= alive_us, seen_at=to_text(sender.beat_us))
        for sender in senders_seen(desk.engine)
    ]


def _model(desk: Desk) -> ModelView | None:
    swap = last_model_swap(desk.engine)
    if swap is None:
        return None
    return ModelView(
        district=swap.district, at=to_text(swap.issued_us), what=swap.what, model=swap.model, other=swap.other, reason=swap.reason
    )


def _moment(moment_us: int | None) -> str | None:
    return to_text(moment_us) if moment_us is not None else None
