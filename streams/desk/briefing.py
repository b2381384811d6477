"""The briefing: what somebody who comes in must know, as of one moment."""

from __future__ import annotations

from streams.desk.desk import Desk
from streams.desk.duty_wire import (
    BriefedPoint,
    Briefing,
    HandView,
    StationTrouble,
    counts_view,
    duty_view,
    entry_view,
)
from streams.desk.orders import order_views
from streams.desk.wire import OrderView
from streams.duty.briefing import NOTES_US, PointSaid, order_rank, points_to_know, reason_of
from streams.duty.hands import Hand, hands_in_force
from streams.observation.moments import to_text
from streams.store.duty import display_name_of, duty_now, written_between
from streams.store.engine import one_moment
from streams.store.hands import acts_done
from streams.store.live_rows import StationSeen, stations_seen
from streams.store.not_reached import count_not_reached
from streams.store.queries import PointNow, districts_say, open_orders, points_now


def briefing_of(desk: Desk) -> Briefing:
    """All of it. The lists cannot contradict each other: whatever is written meanwhile is in none of them."""
    with one_moment(desk.engine):
        fresh = desk.fresh()
        duty = duty_now(desk.engine)
        notes = written_between(desk.engine, fresh.now_us - NOTES_US, fresh.now_us)
        stations = stations_seen(desk.engine)
        return Briefing(
            as_of=to_text(fresh.now_us),
            silent_districts=list(fresh.silent),
            duty=duty_view(duty, display_name_of(desk.engine, duty.officer)),
            orders=_orders(desk),
            points=_points(desk, fresh.silent),
            hands=_hands(desk, fresh.now_us, stations),
            stations=[_station(one) for one in stations if one.state != "ok"],
            not_reached=counts_view(count_not_reached(desk.engine)),
            notes=[entry_view(entry) for entry in sorted(notes, key=lambda entry: entry.place, reverse=True)],
        )


def _orders(desk: Desk) -> list[OrderView]:
    views = order_views(desk.engine, desk.city, open_orders(desk.engine))
    return sorted(views, key=lambda one: (order_rank(one.state, one.missing, one.level), one.issued_at, one.identifier))


def _points(desk: Desk, silent: tuple[str, ...]) -> list[BriefedPoint]:
    places = {point.low_point_id: point for point in desk.city.low_points}
    districts = {name: point.district_id for name, point in places.items()}
    said = {one.low_point: _said(one, districts[one.low_point]) for one in points_now(desk.engine) if one.low_point in districts}
    return [
        BriefedPoint(
            low_point=one.low_point,
            name=places[one.low_point].name,
            name_en=places[one.low_point].name_en,
            district=one.district,
            level=one.level,
            last=one.last,
            basis=one.basis,
            unconfirmed=one.unconfirmed,
            depth_m=one.depth_m,
            observed_at=_text(one.observed_us),
        )
        for one in points_to_know(districts, said, silent)
    ]


def _said(point: PointNow, district: str) -> PointSaid:
    level = point.level if isinstance(point.level, int) else None
    return PointSaid(point.low_point, district, level, point.held_level, point.basis, point.unconfirmed, point.depth_m, point.observed_us)


def _hands(desk: Desk, now_us: int, stations: list[StationSeen]) -> list[HandView]:
    told: dict[str, list[str]] = {}
    for says in districts_say(desk.engine):
        for zone in says.zones:
            told.setdefault(zone.zone, []).extend((zone.by_hand, zone.silenced))
    for station in stations:
        told.setdefault(station.station, []).append(station.why)
    return [_hand(one, reason_of(one, told.get(one.subject, []))) for one in hands_in_force(acts_done(desk.engine, now_us), now_us)]


def _hand(hand: Hand, reason: str) -> HandView:
    return HandView(
        what=hand.what,
        kind=hand.kind,
        subject=hand.subject,
        district=hand.district,
        level=hand.level,
        officer=hand.officer,
        since=to_text(hand.since_us),
        until=to_text(hand.until_us),
        reason=reason,
    )


def _station(seen: StationSeen) -> StationTrouble:
    return StationTrouble(station=seen.station, district=seen.district, state=seen.state, why=seen.why, observed_at=_text(seen.observed_us))


def _text(moment_us: int | None) -> str | None:
    return None if moment_us is None else to_text(moment_us)
