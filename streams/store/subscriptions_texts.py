"""Texts that are no orders, in the same outbox as those: codes and notices. So pace, receipts, account and the door are the same.

They carry level 0, which no order that reaches anybody does: so none of them ever counts as an order that somebody was told by, calls
nobody, and sends nobody to knock; and they go out after all orders.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec
from sqlalchemy import Connection, Select, func, insert, literal, null, select, update

from streams.messages.segments import segments
from streams.store.engine import insert_into
from streams.store.outbox import CALLED_OFF, SMS, SUPERSEDED
from streams.store.outbox_schema import DISPATCH_TEXTS, DISPATCHES, OUTBOX
from streams.store.people_schema import OPT_OUTS, RESIDENTS
from streams.store.recipients import reason_of, state_of, with_opt_outs
from streams.store.subscriptions_schema import SUBSCRIPTIONS

CODE: Literal["Code"] = "Code"
"""The kind of a text that holds a code: neither an order nor news, and no part of the account by zone."""

PRIORITY_NOTICE, PRIORITY_CODE = 5, 6
"""After every order, whose last is an all-clear at 4."""

Kind = Literal["Alert", "Update", "Cancel", "Code"]


class Notice(msgspec.Struct, frozen=True):
    """A text that is no order.

    Attributes
    ----------
    identifier
        Once in the outbox, however many processes write it.
    incident, version
        Its thread: a newer one drops what of an older one is unsent, and its end goes to whom it has told.
    place
        What it is about, such as `road:LP07`.
    status
        Actual, Exercise or Test; only Actual ever reaches a telephone.
    texts
        By language.
    """

    identifier: str
    incident: str
    version: int
    kind: Kind
    place: str
    status: str
    issued_us: int
    expires_us: int
    texts: Mapping[str, str]


def write_notice(connection: Connection, notice: Notice, people: Select[Any]) -> int | None:
    """Write a row for each of these people; how many, None where it is in the outbox already.

    Parameters
    ----------
    people
        Columns as `recipients.residents_of` gives them.
    """
    if not _record(connection, notice):
        return None
    _drop_older(connection, notice)
    texts = [{"identifier": notice.identifier, "language": language, "text": text} for language, text in notice.texts.items()]
    connection.execute(insert(DISPATCH_TEXTS), [{**row, "segments": segments(row["text"])} for row in texts])
    rows = _write_rows(connection, notice, people)
    connection.execute(update(DISPATCHES).where(DISPATCHES.c.identifier == notice.identifier).values(rows=rows))
    return rows


def only(resident: str) -> Select[Any]:
    """One person, as recipients."""
    return _people().where(RESIDENTS.c.resident == resident)


def subscribers_of(road: str, until_us: int) -> Select[Any]:
    """Who had a subscription of a road by a moment of the wall clock, as recipients."""
    theirs = (SUBSCRIPTIONS.c.kind == "road") & (SUBSCRIPTIONS.c.place == road) & (SUBSCRIPTIONS.c.since_us <= until_us)
    return _people().where(RESIDENTS.c.resident.in_(select(SUBSCRIPTIONS.c.resident).where(theirs)))


def _people() -> Select[Any]:
    columns = (RESIDENTS.c.resident, RESIDENTS.c.language, RESIDENTS.c.lookup, RESIDENTS.c.reachable)
    turn = func.row_number().over(order_by=RESIDENTS.c.resident)
    return select(*columns, null().label("told_by"), turn.label("turn"))


def _record(connection: Connection, notice: Notice) -> bool:
    new = insert_into(connection, DISPATCHES).values(
        identifier=notice.identifier,
        incident=notice.incident,
        version=notice.version,
        msg_type=notice.kind,
        zone=notice.place,
        level=0,
        state="released",
        status=notice.status,
        issued_us=notice.issued_us,
        expires_us=notice.expires_us,
        rows=0,
    )
    once = new.on_conflict_do_nothing(index_elements=[DISPATCHES.c.identifier])
    return connection.execute(once, execution_options={"preserve_rowcount": True}).rowcount > 0


def _drop_older(connection: Connection, notice: Notice) -> None:
    """What nobody has sent yet of the same thread is news no more."""
    older = (OUTBOX.c.incident == notice.incident) & (OUTBOX.c.version < notice.version) & (OUTBOX.c.state == "pending")
    why = CALLED_OFF if notice.kind == "Cancel" else SUPERSEDED
    connection.execute(update(OUTBOX).where(older).values(state="suppressed", reason=why, changed_us=notice.issued_us))


def _write_rows(connection: Connection, notice: Notice, recipients: Select[Any]) -> int:
    people = recipients.subquery("people")
    first = next(iter(notice.texts))
    fields: dict[str, Any] = {
        "identifier": literal(notice.identifier),
        "incident": literal(notice.incident),
        "version": literal(notice.version),
        "resident": people.c.resident,
        "channel": literal(SMS),
        "language": func.coalesce(_spoken(people, notice), literal(first)),
        "priority": literal(PRIORITY_CODE if notice.kind == CODE else PRIORITY_NOTICE),
        "rank": literal(0),
        "state": state_of(people, OPT_OUTS.c.lookup),
        "reason": reason_of(people, OPT_OUTS.c.lookup),
        "changed_us": literal(notice.issued_us, OUTBOX.c.changed_us.type),
        "owner": literal(""),
        "not_before_us": literal(0, OUTBOX.c.not_before_us.type),
        "attempts": literal(0),
    }
    chosen = select(*list(fields.values())).select_from(with_opt_outs(people)).order_by(people.c.turn)
    new = insert_into(connection, OUTBOX).from_select(list(fields), chosen).on_conflict_do_nothing()
    return connection.execute(new, execution_options={"preserve_rowcount": True}).rowcount


def _spoken(people: Any, notice: Notice) -> Any:
    """A person's own language where there is a text in it."""
    theirs = (DISPATCH_TEXTS.c.identifier == notice.identifier) & (DISPATCH_TEXTS.c.language == people.c.language)
    return select(DISPATCH_TEXTS.c.language).where(theirs).scalar_subquery()
