"""Subscriptions: whoever confirmed one is a resident as any other, found by the same keyed hash and sealed with the same key."""

from __future__ import annotations

from typing import Literal

import msgspec
from sqlalchemy import ColumnElement, Connection, Engine, delete, exists, func, insert, select, update

from streams.audit.row import Deed
from streams.observation.moments import to_text
from streams.people.vault import PeopleVault
from streams.store.audit import append
from streams.store.engine import alone, insert_into, reading
from streams.store.people_schema import HOMES, OPT_OUTS, RESIDENT_NUMBERS, RESIDENTS
from streams.store.subscriptions_schema import SUBSCRIBE_ASKS, SUBSCRIPTIONS

BY = "public page"
"""Whose deed it is, in the audit."""

MOST = 20
"""Subscriptions of one number."""

PlaceKind = Literal["road", "zone"]


class Place(msgspec.Struct, frozen=True):
    """What is subscribed to: a road by its low point, or a zone."""

    kind: PlaceKind
    id: str


def settled(connection: Connection, vault: PeopleVault, phone: str, language: str) -> str:
    """The resident of a number, who is made where there is none: without a home no order reaches them, and they are taken out again
    where nothing comes of it."""
    lookup = vault.lookup(phone)
    known: str | None = connection.scalars(select(RESIDENTS.c.resident).where(RESIDENTS.c.lookup == lookup)).first()
    if known is not None:
        return known
    alone(connection, "residents")  # an import gives ids too
    resident = f"R{_next_number(connection):06d}"
    sealed = vault.seal(resident, phone)
    connection.execute(insert(RESIDENTS).values(resident=resident, language=language, reachable=1, lookup=lookup, phone=sealed))
    return resident


def subscribe(connection: Connection, resident: str, place: Place, language: str, now_us: int) -> bool:
    """Note a subscription that was confirmed; False where the resident has gone, or has as many as anybody may.

    Of a zone, the subscriber lives there from now on as far as orders go, until the subscription ends.
    """
    own = select(func.count()).select_from(SUBSCRIPTIONS).where(SUBSCRIPTIONS.c.resident == resident)
    there = connection.scalars(select(RESIDENTS.c.resident).where(RESIDENTS.c.resident == resident)).first()
    if there is None or connection.scalars(own).one() >= MOST:
        return False
    made_home = place.kind == "zone" and _move_in(connection, resident, place.id)
    new = insert_into(connection, SUBSCRIPTIONS).values(
        resident=resident, kind=place.kind, place=place.id, since_us=now_us, made_home=int(made_home)
    )
    if connection.execute(new.on_conflict_do_nothing(), execution_options={"preserve_rowcount": True}).rowcount:
        append(connection, [Deed(to_text(now_us), BY, "subscribed", resident, {"kind": place.kind, "place": place.id})])
    connection.execute(update(RESIDENTS).where(RESIDENTS.c.resident == resident).values(language=language))
    return True


def leave(connection: Connection, resident: str, lookup: str, now_us: int, *, for_good: bool) -> None:
    """End all subscriptions of a resident, and with `for_good` all texts, orders too; who is in no list is forgotten."""
    homes = select(SUBSCRIPTIONS.c.place).where(
        SUBSCRIPTIONS.c.resident == resident, SUBSCRIPTIONS.c.kind == "zone", SUBSCRIPTIONS.c.made_home == 1
    )
    connection.execute(delete(HOMES).where(HOMES.c.resident == resident, HOMES.c.zone.in_(homes)))
    ended = connection.execute(delete(SUBSCRIPTIONS).where(SUBSCRIPTIONS.c.resident == resident)).rowcount
    deeds = [Deed(to_text(now_us), BY, "unsubscribed", resident, {"subscriptions": ended})]
    if for_good:
        connection.execute(insert_into(connection, OPT_OUTS).values(lookup=lookup, since_us=now_us, how="page").on_conflict_do_nothing())
        deeds.append(Deed(to_text(now_us), BY, "opted_out", resident, {"how": "page"}))
    connection.execute(delete(RESIDENTS).where(RESIDENTS.c.resident == resident, _of_nobodys_list()))
    append(connection, deeds)


def forget_askers(connection: Connection, before_us: int) -> None:
    """Take out asks that are older, and who was made for one of them and has nothing else here."""
    old = select(SUBSCRIBE_ASKS.c.resident).where(SUBSCRIBE_ASKS.c.made_us < before_us)
    younger = exists().where(SUBSCRIBE_ASKS.c.resident == RESIDENTS.c.resident, SUBSCRIBE_ASKS.c.made_us >= before_us)
    connection.execute(delete(RESIDENTS).where(RESIDENTS.c.resident.in_(old), _of_nobodys_list(), ~younger))
    connection.execute(delete(SUBSCRIBE_ASKS).where(SUBSCRIBE_ASKS.c.made_us < before_us))


def keep_subscribers(connection: Connection) -> None:
    """After a list of residents has taken the place of another: who subscribed to a zone lives there still."""
    back = select(SUBSCRIPTIONS.c.resident, SUBSCRIPTIONS.c.place).where(SUBSCRIPTIONS.c.kind == "zone")
    connection.execute(update(SUBSCRIPTIONS).values(made_home=0))  # a home that the list has is the list's
    missing = back.where(~exists().where(HOMES.c.resident == SUBSCRIPTIONS.c.resident, HOMES.c.zone == SUBSCRIPTIONS.c.place))
    for resident, zone in connection.execute(missing).all():
        connection.execute(insert(HOMES).values(resident=resident, zone=zone, mobility=""))
        mine = (SUBSCRIPTIONS.c.resident == resident) & (SUBSCRIPTIONS.c.kind == "zone") & (SUBSCRIPTIONS.c.place == zone)
        connection.execute(update(SUBSCRIPTIONS).where(mine).values(made_home=1))


def subscribed_roads(engine: Engine) -> set[str]:
    """Roads that somebody has subscribed to."""
    with reading(engine) as connection:
        return set(connection.scalars(select(SUBSCRIPTIONS.c.place).where(SUBSCRIPTIONS.c.kind == "road").distinct()))


def count_subscriptions(engine: Engine) -> dict[str, int]:
    """How many there are, by kind."""
    query = select(SUBSCRIPTIONS.c.kind, func.count()).group_by(SUBSCRIPTIONS.c.kind)
    with reading(engine) as connection:
        return {"road": 0, "zone": 0} | dict(connection.execute(query).all())


def _move_in(connection: Connection, resident: str, zone: str) -> bool:
    """Whether a home was made; False where there was one."""
    new = insert_into(connection, HOMES).values(resident=resident, zone=zone, mobility="").on_conflict_do_nothing()
    return connection.execute(new, execution_options={"preserve_rowcount": True}).rowcount > 0


def _of_nobodys_list() -> ColumnElement[bool]:
    home = exists().where(HOMES.c.resident == RESIDENTS.c.resident)
    subscription = exists().where(SUBSCRIPTIONS.c.resident == RESIDENTS.c.resident)
    return ~home & ~subscription


def _next_number(connection: Connection) -> int:
    """An id that nobody ever had."""
    number = connection.scalars(select(RESIDENT_NUMBERS.c.next)).first() or 1
    new = insert_into(connection, RESIDENT_NUMBERS).values(only=1, next=number + 1)
    connection.execute(new.on_conflict_do_update(index_elements=[RESIDENT_NUMBERS.c.only], set_={"next": new.excluded.next}))
    return number
