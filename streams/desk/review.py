"""What an officer looks at beside an order before deciding: what was said before, where the water is, and what an end by hand would say."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import Annotated, Literal, cast

import msgspec
from fastapi import APIRouter, Depends, Path, Request

from streams.alerts.levels import NAMES
from streams.city.model import City
from streams.desk.caller import Looks
from streams.desk.danger import Danger, Dangers, Near
from streams.desk.desk import AtDesk, Desk
from streams.desk.problems import documented, problem
from streams.desk.review_wire import AskedPreview, DangerPoint, DangerView, EndView, Preview, Review, VersionView
from streams.desk.wire import IDENTIFIER, TextView
from streams.messages.lint import faults
from streams.messages.segments import segments
from streams.messages.texts import ended_texts
from streams.rules.outputs import Order
from streams.rules.release import TO_END_BY_HAND
from streams.store.cost import cost_of_order
from streams.store.endings import asked_to_end
from streams.store.incidents import incident_with
from streams.store.people import people_by_zone
from streams.store.queries import OpenOrder, told_order

router = APIRouter(prefix="/api", tags=["orders"])

Name = Annotated[str, Path(pattern=IDENTIFIER)]
End = Literal["call_off", "correct"]

_KINDS: dict[End, str] = {"call_off": "clear", "correct": "correction"}
_MAKING = threading.Lock()


def _dangers(request: Request, desk: AtDesk) -> Dangers:
    """One for the whole desk: reading a city's terrain takes a while."""
    with _MAKING:
        kept = getattr(request.app.state, "dangers", None)
        if kept is None:
            kept = request.app.state.dangers = Dangers(desk.city)
    return cast(Dangers, kept)


@router.get("/orders/{identifier}/review", responses=documented(401, 403, 404, 422, 503))
def review(desk: AtDesk, _: Looks, dangers: Annotated[Dangers, Depends(_dangers)], identifier: Name) -> Review:
    """Show what an order is to be held against: the versions before it, the water in its zone, and what ending it would say to whom."""
    fresh = desk.fresh()
    order, versions = told_order(desk.engine, identifier), incident_with(desk.engine, identifier)
    if order is None or not versions:
        raise _no_order(identifier)
    newest = versions[-1]
    danger = dangers.of(desk.engine, fresh, order.zone, order.district, order.low_point)
    return Review(
        identifier=identifier,
        newest=newest.identifier,
        open=newest.msg_type != "Cancel",
        compared=_compared(versions, order.version),
        versions=[_version(one) for one in reversed(versions)],
        ends=_ends(desk, versions, fresh.now_us),
        danger=_danger(danger, people_by_zone(desk.engine, {order.zone}).get(order.zone, 0)),
    )


@router.post("/orders/{identifier}/preview", responses=documented(400, 401, 403, 404, 413, 422, 503))
def preview(desk: AtDesk, _: Looks, identifier: Name, asked: AskedPreview) -> Preview:
    """Count the segments of other texts, tell what would be refused about them and which signatures they would void; nothing is kept."""
    order = told_order(desk.engine, identifier)
    if order is None:
        raise _no_order(identifier)
    signature = desk.city.sender.signature
    wrong = [f"it is texted in {', '.join(sorted(order.texts))} only" for language in asked.texts if language not in order.texts][:1]
    wrong += [fault for language, text in asked.texts.items() for fault in faults(text, language, signature(language))]
    return Preview(texts=_texts(asked.texts), faults=wrong, signed_by=list(order.signed_by))


def _no_order(identifier: str) -> Exception:
    return problem(404, f"there is no order {identifier}: GET /api/orders lists those that are open")


def _compared(versions: Sequence[Order], version: int) -> VersionView | None:
    before = [one for one in versions if one.version < version]
    out = [one for one in before if one.state == "released"]
    return _version((out or before)[-1]) if before else None


def _version(order: Order) -> VersionView:
    return VersionView(
        identifier=order.identifier,
        version=order.version,
        msg_type=order.msg_type,
        state=order.state,
        level=order.level,
        level_name=NAMES[order.level],
        basis=order.basis,
        unconfirmed=order.unconfirmed,
        texts=_texts(order.texts),
        reason=order.reason,
        signed_by=list(order.signed_by),
        issued_at=order.issued_at,
        decided=order.decided_at or None,
        decision=order.decision,
    )


def _texts(texts: Mapping[str, str]) -> dict[str, TextView]:
    return {language: TextView(text=text, segments=segments(text)) for language, text in texts.items()}


def _ends(desk: Desk, versions: Sequence[Order], now_us: int) -> list[EndView]:
    """Both ends, ready from the moment that a version is out: the time in their texts is that of this moment, as it will be of theirs."""
    newest = told_order(desk.engine, versions[-1].identifier)
    out = [one for one in versions if one.state == "released"]
    if newest is None or newest.msg_type == "Cancel" or not out:
        return []
    asked, officers = asked_to_end(desk.engine, newest.identifier)
    return [_end(desk, newest, act, now_us, any(one.texts for one in out), officers if asked == act else ()) for act in _KINDS]


def _end(desk: Desk, newest: OpenOrder, act: End, now_us: int, texted: bool, officers: tuple[str, ...]) -> EndView:
    texts = _ended(desk.city, newest, act, now_us) if texted else {}
    ended = msgspec.structs.replace(newest, msg_type="Cancel", version=newest.version + 1, texts=texts)
    cost = cost_of_order(desk.engine, ended)
    return EndView(
        act=act,
        texts=_texts(texts),
        people=cost.people,
        segments=cost.segments,
        signed_by=list(officers),
        missing=max(TO_END_BY_HAND - len(set(officers)), 0),
    )


def _ended(city: City, order: OpenOrder, act: End, now_us: int) -> dict[str, str]:
    places = [point for point in city.low_points if point.low_point_id == order.low_point]
    zones = [zone for zone in city.zones if zone.zone_id == order.zone]
    return ended_texts(city, (places or zones)[0], now_us, _KINDS[act]) if places or zones else {}


def _danger(danger: Danger, people: int) -> DangerView:
    return DangerView(
        points=[_point(one) for one in danger.points],
        areas=danger.geojson,
        people_in_zone=people,
        people_now=danger.people_now,
        people_soon=danger.people_soon,
    )


def _point(near: Near) -> DangerPoint:
    return DangerPoint(
        low_point=near.point.low_point_id,
        carries=near.carries,
        depth_m=near.outlook.now_m,
        soon_m=near.soon_m,
        current=near.current,
    )
