"""Who an order goes to, in which language, and who comes first: one statement for all, however many they are."""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, radians
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    and_,
    case,
    exists,
    func,
    literal,
    null,
    or_,
    select,
)
from sqlalchemy.sql.selectable import Select

from streams.store.outbox_schema import ATTEMPTS, DISPATCH_TEXTS, DISPATCHES, OUTBOX
from streams.store.people_schema import HOMES, OPT_OUTS, RESIDENTS

TOLD = ("claimed", "unknown", "accepted", "sent", "delivered")
"""States of a row whose text went out, or may have."""
VAGUE = ("not_there", "30410", "30008", "outcome_unknown")
"""Codes of attempts that may have reached somebody all the same."""
OPTED_OUT, KNOCK, TOLD_BY = "opted_out", "no_telephone", "told_by:"

_FAR = 1e9
"""For a home whose place is unknown: after all others."""

Place = tuple[float, float]


def residents_of(zone: str, near: Place | None, elsewhere: Sequence[str]) -> Select[Any]:
    """Everybody in a zone: resident, language, lookup, reachable, told_by, turn.

    Parameters
    ----------
    near
        Where the danger is, (lon, lat); None where no point carries it.
    elsewhere
        Orders of other zones that stand and are as severe: who was told by one of them is not told again.
    """
    first = func.row_number().over(order_by=[*_danger(near), HOMES.c.resident])
    source = HOMES.join(RESIDENTS, RESIDENTS.c.resident == HOMES.c.resident)
    columns = [RESIDENTS.c.resident, RESIDENTS.c.language, RESIDENTS.c.lookup, RESIDENTS.c.reachable]
    told_by: Any = _told_by(elsewhere) if elsewhere else null()
    return select(*columns, told_by.label("told_by"), first.label("turn")).select_from(source).where(HOMES.c.zone == zone)


def warned_by(incident: str, before_version: int) -> Select[Any]:
    """Everybody whom an incident has warned, by text or call: the same columns. Who has left the list since is told as well."""
    warned = (OUTBOX.c.incident == incident) & (OUTBOX.c.version < before_version) & (OUTBOX.c.state.in_(TOLD) | may_have_come())
    told = select(OUTBOX.c.resident, func.max(OUTBOX.c.language).label("language")).where(warned).group_by(OUTBOX.c.resident).subquery()
    source: FromClause = told.outerjoin(RESIDENTS, RESIDENTS.c.resident == told.c.resident)
    turn = func.row_number().over(order_by=told.c.resident)
    language = func.coalesce(RESIDENTS.c.language, told.c.language).label("language")
    reachable = func.coalesce(RESIDENTS.c.reachable, 1).label("reachable")
    return select(told.c.resident, language, RESIDENTS.c.lookup, reachable, null().label("told_by"), turn.label("turn")).select_from(source)


def may_have_come() -> ColumnElement[bool]:
    """Whether an attempt of a row may have reached its resident, though the row waits to be posted again, or has been given up."""
    vague = ATTEMPTS.c.state.in_(("unknown", "accepted", "sent", "delivered")) | ATTEMPTS.c.code.in_(VAGUE)
    return exists().where(ATTEMPTS.c.row_id == OUTBOX.c.id, vague)


def ends_us(dispatch: Any) -> ColumnElement[int]:
    """When the alert that a dispatch belongs to ends: an Update without texts may have prolonged it."""
    every = DISPATCHES.alias()
    ends = select(func.max(every.c.expires_us)).where(every.c.incident == dispatch.c.incident, every.c.state == "released")
    return ends.correlate(dispatch).scalar_subquery()


def standing_elsewhere(connection: Connection, incident: str, zone: str, level: int, at_us: int) -> list[str]:
    """Identifiers of the last orders of other incidents that stand in other zones and are at least as severe."""
    stands = and_(DISPATCHES.c.msg_type != "Cancel", ends_us(DISPATCHES) > at_us, is_last_word())
    other = and_(DISPATCHES.c.incident != incident, DISPATCHES.c.zone != zone, DISPATCHES.c.level >= level)
    return list(connection.scalars(select(DISPATCHES.c.identifier).where(stands, other).order_by(DISPATCHES.c.identifier)))


def is_last_word() -> ColumnElement[bool]:
    """Whether an order was released, says something, and nothing was said after it in its incident."""
    newer = DISPATCHES.alias("newer")
    after = (newer.c.incident == DISPATCHES.c.incident) & (newer.c.version > DISPATCHES.c.version) & (newer.c.state == "released")
    return (DISPATCHES.c.state == "released") & says_something(DISPATCHES) & ~exists().where(after, says_something(newer))


def says_something(dispatch: Any) -> ColumnElement[bool]:
    """Whether residents are told anything by it: an Update that only lowers the level or prolongs it has no texts, and ends none."""
    said: ColumnElement[bool] = (dispatch.c.msg_type == "Cancel") | has_texts(dispatch)
    return said


def has_texts(dispatch: Any) -> ColumnElement[bool]:
    """Whether an order has texts for residents."""
    texts = DISPATCH_TEXTS.alias()
    return exists().where(texts.c.identifier == dispatch.c.identifier)


def state_of(people: Any, opted_out: Any) -> ColumnElement[str]:
    """What a new row begins as."""
    return case(
        (opted_out.is_not(None), literal("suppressed")),
        (people.c.reachable == 0, literal("failed")),
        (people.c.told_by.is_not(None), literal("suppressed")),
        else_=literal("pending"),
    )


def reason_of(people: Any, opted_out: Any) -> ColumnElement[str]:
    """Why it does, "" where it is simply due."""
    return case(
        (opted_out.is_not(None), literal(OPTED_OUT)),
        (people.c.reachable == 0, literal(KNOCK)),
        (people.c.told_by.is_not(None), literal(TOLD_BY) + people.c.told_by),
        else_=literal(""),
    )


def with_opt_outs(people: Any) -> FromClause:
    """Recipients, each with its opt-out if there is one."""
    joined: FromClause = people.outerjoin(OPT_OUTS, OPT_OUTS.c.lookup == people.c.lookup)
    return joined


def _told_by(elsewhere: Sequence[str]) -> ColumnElement[Any]:
    other = HOMES.alias("other_home")
    another = select(other.c.zone).where(other.c.resident == RESIDENTS.c.resident, other.c.zone != HOMES.c.zone)
    # the empty text keeps a database that has counted nothing yet from looking through all that is pending, for each person anew
    told = and_(
        OUTBOX.c.resident == RESIDENTS.c.resident,
        OUTBOX.c.identifier.in_(elsewhere),
        (OUTBOX.c.state + "").in_((*TOLD, "pending")),
    )
    by = select(func.min(OUTBOX.c.incident)).where(told).correlate(RESIDENTS).scalar_subquery()
    # most people have one home: they are known by their key alone, before anything is looked for
    return case((another.correlate(RESIDENTS, HOMES).exists(), by), else_=null())


def _danger(near: Place | None) -> list[ColumnElement[Any]]:
    """Basements first, then the ground floor; who cannot walk alone; who lives nearest to the water."""
    floor = case((HOMES.c.floor < 0, 0), (or_(HOMES.c.floor == 0, HOMES.c.floor.is_(None)), 1), else_=2)
    mobility = case((HOMES.c.mobility == "needs_help", 0), (HOMES.c.mobility == "slow", 1), else_=2)
    if near is None:
        return [floor, mobility]
    lon, lat = near
    # degrees of longitude are shorter than those of latitude, and nothing here is far enough apart for the rest to matter
    east, north = (HOMES.c.lon - lon) * cos(radians(lat)), HOMES.c.lat - lat
    return [floor, mobility, func.coalesce(east * east + north * north, _FAR)]
