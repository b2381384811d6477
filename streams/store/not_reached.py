"""Who has no receipt of an order that stands: for those who knock on doors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import Any

import msgspec
from sqlalchemy import CTE, ColumnElement, Connection, Engine, FromClause, Join, Row, Select, case, distinct, exists, func, select

from streams.audit.row import Deed
from streams.observation.moments import to_text
from streams.people.details import NO_DETAILS, Details, unseal_details
from streams.people.vault import PeopleVault, PeopleVaultError
from streams.store.audit import append
from streams.store.engine import reading, writing
from streams.store.outbox import SMS
from streams.store.outbox_schema import DISPATCHES, OUTBOX
from streams.store.people_schema import HOMES, RESIDENTS
from streams.store.reasons import why
from streams.store.recipients import TOLD_BY, has_texts
from streams.store.residents_key import check_people_key

READ = "not_reached_read"
"""The act in the audit."""


class NotReached(msgspec.Struct, frozen=True):
    """Somebody whom an order that stands has not reached, as far as is known.

    Attributes
    ----------
    level
        That holds now; their text may be of an earlier version where later ones had nothing new to say.
    state, reason
        Of their text.
    call, call_reason
        State of the call to them and why; "" where there was none.
    details, phone
        Doors, contacts and number, where a vault was given.
    unreadable
        Something of these is there and the vault does not open it.
    """

    resident: str
    zone: str
    identifier: str
    level: int
    floor: int | None
    mobility: str
    state: str
    reason: str
    call: str = ""
    call_reason: str = ""
    details: Details = NO_DETAILS
    phone: str = ""
    unreadable: bool = False

    def __repr__(self) -> str:
        return f"NotReached({self.resident}, {self.zone})"  # the rest is nobody's business in a log (law 10)

    @property
    def why(self) -> str:
        """Why they have no receipt, in words."""
        text = why(self.state, self.reason)
        return f"{text}; call: {why(self.call, self.call_reason)}" if self.call else text


def not_reached(
    engine: Engine, vault: PeopleVault | None = None, *, zone: str | None = None, by: str = "", now_us: int = 0, most: int | None = None
) -> list[NotReached]:
    """Everybody without a receipt of an order that stands, the most endangered first: by level, basement, and how well they walk.

    Who took a call is reached. Who lives in two zones and was to be told once is reached if that text was; else each zone names them.
    Without a vault no personal data is read.

    Parameters
    ----------
    vault
        Opens addresses, contacts and numbers; that is told in the audit, with how many people it was, never who.
    zone
        Only this one.
    by, now_us
        Who reads it, and when; needed with a vault.
    most
        So many at most, the first of them: of nobody else is anything opened.

    Raises
    ------
    PeopleVaultError
        Where it is another key; nothing was read.
    """
    if vault is not None:
        if not by:
            raise ValueError("whoever opens what is sealed must be named, for the audit")
        check_people_key(engine, vault)
    query = _query(zone)
    if vault is not None:
        query = query.add_columns(RESIDENTS.c.phone, RESIDENTS.c.details)
    with reading(engine) as connection:
        rows = connection.execute(query).all()
        told_elsewhere = _reached_by(connection, {row.reason for row in rows if _gave_way(row)})
    rows = [row for row in rows if not _gave_way(row) or (row.reason, row.resident) not in told_elsewhere]
    calls = {(row.identifier, row.resident): row for row in rows if row.channel != SMS}
    texts = [row for row in rows if row.channel == SMS][:most]
    found = [_person(row, calls.get((row.identifier, row.resident)), vault) for row in texts]
    if vault is not None:
        with writing(engine) as connection:
            append(connection, [Deed(to_text(now_us), by, READ, zone or "all zones", {"people": len(found)})])
    return found


def count_not_reached(engine: Engine) -> dict[str, int]:
    """How many people `not_reached` would name, by zone, without looking at each of them: it is asked often, and of whole cities."""
    standing = _standing()
    texts = func.count(case((OUTBOX.c.channel == SMS, 1)))
    reached = func.count(distinct(case((OUTBOX.c.state == "delivered", OUTBOX.c.resident))))
    each = (standing.c.zone, standing.c.incident)
    counts = select(standing.c.zone, (texts - reached).label("people")).select_from(_with_rows(standing)).group_by(*each)
    told_by = OUTBOX.c.reason.startswith(TOLD_BY) & (OUTBOX.c.state == "suppressed") & (OUTBOX.c.channel == SMS)
    gave_way = select(standing.c.zone, OUTBOX.c.reason, OUTBOX.c.resident).select_from(_with_rows(standing)).where(told_by, ~_reached())
    found = Counter[str]()
    with reading(engine) as connection:
        for row in connection.execute(counts):
            found[row.zone] += row.people
        rows = connection.execute(gave_way).all()
        told_elsewhere = _reached_by(connection, {row.reason for row in rows})
    found.subtract(row.zone for row in rows if (row.reason, row.resident) in told_elsewhere)
    return {zone: people for zone, people in sorted(found.items()) if people}


def _standing() -> CTE:
    """Incidents that stand: the last version that had a text, and the level of the last version of all."""
    told, last = DISPATCHES.alias("told"), DISPATCHES.alias("last")
    stands = (last.c.state == "released") & (last.c.msg_type != "Cancel") & ~_newer_than(last)
    counts = (told.c.state == "released") & has_texts(told) & ~_newer_than(told, with_text=True)
    counts &= told.c.level > 0  # nobody knocks because of a code or a notice, which are no orders
    columns = (told.c.identifier, told.c.incident, told.c.version, told.c.zone, last.c.level)
    return select(*columns).select_from(told.join(last, last.c.incident == told.c.incident)).where(stands, counts).cte("standing")


def _newer_than(order: FromClause, *, with_text: bool = False) -> ColumnElement[bool]:
    newer = DISPATCHES.alias()
    same = (newer.c.incident == order.c.incident) & (newer.c.version > order.c.version) & (newer.c.state == "released")
    return exists().where(same & has_texts(newer) if with_text else same)


def _with_rows(standing: CTE) -> Join:
    """With the rows of their texts and calls: by incident and version, for these are indexed."""
    return standing.join(OUTBOX, (OUTBOX.c.incident == standing.c.incident) & (OUTBOX.c.version == standing.c.version))


def _query(zone: str | None) -> Select[Any]:
    standing = _standing()
    source = _with_rows(standing)
    source = source.outerjoin(HOMES, (HOMES.c.resident == OUTBOX.c.resident) & (HOMES.c.zone == standing.c.zone))
    source = source.outerjoin(RESIDENTS, RESIDENTS.c.resident == OUTBOX.c.resident)
    of_rows = [OUTBOX.c[name] for name in ("identifier", "resident", "channel", "state", "reason")]
    query = select(*of_rows, standing.c.zone, standing.c.level, HOMES.c.floor, HOMES.c.mobility).select_from(source)
    query = query.where(~_reached()).order_by(standing.c.level.desc(), *_danger(), OUTBOX.c.rank, OUTBOX.c.id)
    return query if zone is None else query.where(standing.c.zone == zone)


def _reached() -> ColumnElement[bool]:
    """By this order, on any channel."""
    came = OUTBOX.alias("came")
    same = (came.c.incident == OUTBOX.c.incident) & (came.c.version == OUTBOX.c.version) & (came.c.resident == OUTBOX.c.resident)
    return exists().where(same, came.c.state == "delivered")


def _gave_way(row: Row[Any]) -> bool:
    """Whether another order was to tell them in place of this one."""
    return bool(row.state == "suppressed" and row.reason.startswith(TOLD_BY))


def _reached_by(connection: Connection, reasons: Collection[str]) -> set[tuple[str, str]]:
    """Whom the orders have reached that others gave way to, each with the reason that names the order.

    Apart from the main question: a database that has not counted its rows yet would compare everybody with everybody.
    """
    if not reasons:
        return set()
    standing = _standing()
    source = _with_rows(standing)
    named = standing.c.incident.in_([reason.removeprefix(TOLD_BY) for reason in reasons])
    query = select(OUTBOX.c.incident, OUTBOX.c.resident).select_from(source).where(named, OUTBOX.c.state == "delivered")
    return {(TOLD_BY + row.incident, row.resident) for row in connection.execute(query)}


def _danger() -> list[ColumnElement[int]]:
    floor = case((HOMES.c.floor < 0, 0), (HOMES.c.floor > 0, 2), else_=1)
    return [floor, case((HOMES.c.mobility == "needs_help", 0), (HOMES.c.mobility == "slow", 1), else_=2)]


def _person(row: Row[Any], call: Row[Any] | None, vault: PeopleVault | None) -> NotReached:
    details, phone, unreadable = NO_DETAILS, "", False
    if vault is not None:
        try:  # one row that was tampered with keeps nobody else from being helped
            details = unseal_details(vault, row.resident, row.details)
            phone = vault.unseal(row.resident, row.phone) if row.phone is not None else ""
        except PeopleVaultError:
            unreadable = True
    return NotReached(
        resident=row.resident,
        zone=row.zone,
        identifier=row.identifier,
        level=row.level,
        floor=row.floor,
        mobility=row.mobility or "",
        state=row.state,
        reason=row.reason,
        call=call.state if call is not None else "",
        call_reason=call.reason if call is not None else "",
        details=details,
        phone=phone,
        unreadable=unreadable,
    )
