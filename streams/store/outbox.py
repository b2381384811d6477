"""The outbox: an order becomes one row per recipient, in one transaction, at most once per order version (laws 5 and 6).

The orders of an incident come in their order, because they come through one partition.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    FromClause,
    case,
    func,
    insert,
    literal,
    select,
    update,
)

from streams.audit.row import Deed
from streams.messages.message import Message
from streams.messages.segments import segments
from streams.observation.moments import parse_us, to_text
from streams.rules.outputs import Order
from streams.store.audit import append
from streams.store.engine import insert_into, reading, writing
from streams.store.schema import DISPATCH_TEXTS, DISPATCHES, OUTBOX, RESIDENTS, STATES

SMS = "sms"
_CHUNK = 5000


def write_order(engine: Engine, order: Order, channel: str = SMS) -> int:
    """Record an order and write its rows; how many are new, 0 when it was here before.

    Only a released order with texts writes rows. An Alert or Update goes to all who live in its zone now, a Cancel to exactly those
    who have a row of an earlier version. An order that was recorded as a draft can still be released under the same identifier.

    Parameters
    ----------
    order
        Of one zone, as the step gave it.
    channel
        What kind of message the rows ask for; a resident gets one row per version and channel.
    """
    with writing(engine) as connection:
        if not _record(connection, order):
            return 0
        if order.state != "released" or not order.texts:
            return 0
        _write_texts(connection, order)
        rows = _write_rows(connection, order, channel)
        connection.execute(update(DISPATCHES).where(DISPATCHES.c.identifier == order.identifier).values(rows=rows))
        append(connection, [_texted(order, rows, channel)])
        return rows


def _texted(order: Order, rows: int, channel: str) -> Deed:
    """How many were targeted, for the audit: a count, never who."""
    detail = {"rows": rows, "channel": channel, "zone": order.zones[0], "texts": order.texts, "incident": order.incident}
    return Deed(order.decided_at or order.issued_at, "dispatch", "texted", order.identifier, detail, f"t|{order.identifier}|{channel}")


def messages(engine: Engine) -> list[Message]:
    """All texts that were or will be sent, in the order of messages.ndjson."""
    columns = (OUTBOX.c.resident, OUTBOX.c.incident, OUTBOX.c.version, OUTBOX.c.language, DISPATCH_TEXTS.c.text, DISPATCH_TEXTS.c.segments)
    query = select(DISPATCHES.c.issued_us, *columns).select_from(with_texts()).where(OUTBOX.c.state != "withdrawn")
    with reading(engine) as connection:
        rows = connection.execute(query).all()
    # sorted here, because databases differ in how they sort text
    ordered = sorted(rows, key=lambda row: (row.issued_us, row.incident, row.version, row.resident))
    return [Message(*row[1:], issued_at=to_text(row.issued_us)) for row in ordered]


def undispatched(engine: Engine, identifiers: Iterable[str]) -> set[str]:
    """Those of these orders that have not been recorded yet."""
    missing = set(identifiers)
    wanted = iter(sorted(missing))
    with reading(engine) as connection:
        while chunk := list(islice(wanted, _CHUNK)):
            missing -= set(connection.scalars(select(DISPATCHES.c.identifier).where(DISPATCHES.c.identifier.in_(chunk))))
    return missing


def unsent(engine: Engine) -> int:
    """How many rows are not at their end yet: pending or claimed."""
    query = select(func.count()).select_from(OUTBOX).where(OUTBOX.c.state.in_(("pending", "claimed")))
    with reading(engine) as connection:
        return connection.execute(query).scalar_one()


def texts_by_zone(engine: Engine) -> dict[str, int]:
    """How many texts each zone got or will get, by zone."""
    query = select(DISPATCHES.c.zone, func.count()).select_from(OUTBOX.join(DISPATCHES)).where(OUTBOX.c.state != "withdrawn")
    with reading(engine) as connection:
        return dict(sorted(connection.execute(query.group_by(DISPATCHES.c.zone)).all()))


def account(engine: Engine) -> dict[str, int]:
    """How many rows are in each state, those with none included; their sum is all that were ever targeted."""
    query = select(OUTBOX.c.state, func.count()).group_by(OUTBOX.c.state)
    with reading(engine) as connection:
        return dict.fromkeys(STATES, 0) | dict(connection.execute(query).all())


def with_texts() -> FromClause:
    """Outbox rows with their dispatch and the text in their language."""
    text_of_row = (DISPATCH_TEXTS.c.identifier == OUTBOX.c.identifier) & (DISPATCH_TEXTS.c.language == OUTBOX.c.language)
    return OUTBOX.join(DISPATCHES, DISPATCHES.c.identifier == OUTBOX.c.identifier).join(DISPATCH_TEXTS, text_of_row)


def _record(connection: Connection, order: Order) -> bool:
    """Whether the order is new, or new in being released."""
    new = insert_into(connection, DISPATCHES).values(
        identifier=order.identifier,
        incident=order.incident,
        version=order.version,
        msg_type=order.msg_type,
        zone=order.zones[0],
        level=order.level,
        state=order.state,
        issued_us=issued_us(order.decided_at or order.issued_at),
        rows=0,
    )
    released_now = (DISPATCHES.c.state != "released") & (new.excluded.state == "released")
    state = {"state": new.excluded.state, "issued_us": new.excluded.issued_us}
    once = new.on_conflict_do_update(index_elements=[DISPATCHES.c.identifier], set_=state, where=released_now)
    return connection.execute(once, execution_options={"preserve_rowcount": True}).rowcount > 0


def _write_texts(connection: Connection, order: Order) -> None:
    rows = [
        {"identifier": order.identifier, "language": language, "text": text, "segments": segments(text)}
        for language, text in order.texts.items()
    ]
    connection.execute(insert(DISPATCH_TEXTS), rows)


def _write_rows(connection: Connection, order: Order, channel: str) -> int:
    """One statement for all recipients, so that a hundred thousand take no longer than the database needs."""
    resident, language, source, whom = _recipients(order)
    fields: dict[str, ColumnElement[Any]] = {
        "identifier": literal(order.identifier),
        "incident": literal(order.incident),
        "version": literal(order.version),
        "resident": resident,
        "channel": literal(channel),
        "language": _readable(language, list(order.texts)),
        "priority": literal(0 if order.msg_type == "Cancel" else order.level),
        "state": literal("pending"),
        "reason": literal(""),
        "changed_us": literal(issued_us(order.decided_at or order.issued_at), OUTBOX.c.changed_us.type),
        "owner": literal(""),
    }
    chosen = select(*list(fields.values())).select_from(source).where(whom).order_by(resident)
    new = insert_into(connection, OUTBOX).from_select(list(fields), chosen).on_conflict_do_nothing()
    return connection.execute(new, execution_options={"preserve_rowcount": True}).rowcount


def _recipients(order: Order) -> tuple[ColumnElement[str], ColumnElement[str], FromClause, ColumnElement[bool]]:
    """Who gets it and in which language they read: columns, where they come from, and the condition."""
    if order.msg_type != "Cancel":
        return RESIDENTS.c.resident, RESIDENTS.c.language, RESIDENTS, RESIDENTS.c.zone == order.zones[0]
    # what was withdrawn before it was sent has warned nobody
    warned = (OUTBOX.c.incident == order.incident) & (OUTBOX.c.version < order.version) & (OUTBOX.c.state != "withdrawn")
    told = select(OUTBOX.c.resident, func.max(OUTBOX.c.language).label("language")).where(warned).group_by(OUTBOX.c.resident).subquery()
    # who has left the list since is told as well, in the language of the warning
    known = told.outerjoin(RESIDENTS, RESIDENTS.c.resident == told.c.resident)
    return told.c.resident, func.coalesce(RESIDENTS.c.language, told.c.language), known, literal(True)


def _readable(language: ColumnElement[str], available: Sequence[str]) -> ColumnElement[str]:
    """The resident's own language where there is a text in it, else the first there is."""
    return case((language.in_(available), language), else_=literal(available[0]))


def issued_us(issued_at: str) -> int:
    """Microseconds of a time that a step has written."""
    moment_us = parse_us(issued_at)
    if moment_us is None:
        raise ValueError(f"{issued_at!r} is no RFC 3339 time with a zone")
    return moment_us
