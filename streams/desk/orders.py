"""Orders as an officer must see them before signing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

from fastapi import APIRouter, Path
from sqlalchemy import Engine

from streams.alerts.levels import NAMES, SEVERITIES
from streams.city.model import City
from streams.desk.caller import Looks
from streams.desk.desk import AtDesk
from streams.desk.problems import documented, problem
from streams.desk.wire import IDENTIFIER, OpenOrders, OrderView, RuleOfOrder, TextView, ZoneOfOrder
from streams.messages.segments import segments
from streams.observation.moments import to_text
from streams.rules.release import due_us, missing
from streams.rules.state import LATER_US
from streams.store.acts import edited
from streams.store.people import people_by_zone
from streams.store.queries import OpenOrder, districts_say, open_orders, told_order

router = APIRouter(prefix="/api", tags=["orders"])


@router.get("/orders", responses=documented(401, 403, 503))
def orders(desk: AtDesk, _: Looks) -> OpenOrders:
    """List the orders that are open: drafts that wait for signatures, and what went out and stands."""
    fresh = desk.fresh()  # asked first: what is asked after it can only be newer
    views = order_views(desk.engine, desk.city, open_orders(desk.engine))
    people = {view.zone.zone_id: view.people for view in views}
    return OpenOrders(
        as_of=to_text(fresh.now_us),
        silent_districts=list(fresh.silent),
        zones=len(people),
        people=sum(people.values()),
        orders=views,
    )


@router.get("/orders/{identifier}", responses=documented(401, 403, 404, 422, 503))
def order(desk: AtDesk, _: Looks, identifier: Annotated[str, Path(pattern=IDENTIFIER)]) -> OrderView:
    """Show one order, open or not."""
    found = told_order(desk.engine, identifier)
    if found is None:
        raise problem(404, f"there is no order {identifier}: GET /api/orders lists those that are open")
    return order_views(desk.engine, desk.city, [found])[0]


def order_views(engine: Engine, city: City, found: Sequence[OpenOrder]) -> list[OrderView]:
    """Orders as officers see them, here and in the live stream."""
    people = people_by_zone(engine, {one.zone for one in found})
    answered = edited(engine, {one.identifier for one in found if one.state == "draft"})
    clocks = {zone.identifier: zone.due_at for says in districts_say(engine) for zone in says.zones}
    return [_view(city, one, people.get(one.zone, 0), None if one.identifier in answered else clocks) for one in found]


def _view(city: City, order: OpenOrder, people: int, clocks: Mapping[str, str] | None) -> OrderView:
    draft = order.state == "draft"
    return OrderView(
        identifier=order.identifier,
        incident=order.incident,
        version=order.version,
        msg_type=order.msg_type,
        state=order.state,
        district=order.district,
        zone=_zone(city, order.zone),
        level=order.level,
        level_name=NAMES[order.level],
        severity=SEVERITIES[order.level],
        basis=order.basis,
        unconfirmed=order.unconfirmed,
        texts={language: TextView(text=text, segments=segments(text)) for language, text in order.texts.items()},
        people=people,
        reason=order.reason,
        signed_by=list(order.signed_by),
        missing=missing(city, order.level, order.unconfirmed, order.signed_by) if draft else 0,
        release_rule=_rule(city, order, clocks) if draft and clocks is not None else None,
        issued_at=to_text(order.issued_us),
        expires=to_text(order.expires_us),
        decided=to_text(order.decided_us) if order.decided_us is not None else None,
        decision=order.decision,
    )


def _zone(city: City, zone_id: str) -> ZoneOfOrder:
    zone = next((one for one in city.zones if one.zone_id == zone_id), None)
    names = (zone.name, zone.name_en) if zone else ("", "")
    return ZoneOfOrder(zone_id=zone_id, name=names[0] or names[1] or zone_id, name_en=names[1] or names[0] or zone_id)


def _rule(city: City, order: OpenOrder, clocks: Mapping[str, str]) -> RuleOfOrder | None:
    """When the written rule releases a draft: as its district said with the last minute, or reckoned for one that is younger."""
    rule = city.release_rule_of(order.level, order.unconfirmed)
    if rule is None or order.msg_type == "Cancel":
        return None
    if order.identifier in clocks:
        due_at = clocks[order.identifier]
        return RuleOfOrder(after_s=rule.after_s, due_at=due_at) if due_at else None
    moment_us = due_us(city, order.level, order.unconfirmed, order.basis, order.issued_us)
    return RuleOfOrder(after_s=rule.after_s, due_at=to_text(moment_us)) if moment_us < LATER_US else None
