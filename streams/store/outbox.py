"""The outbox: an order becomes one row per recipient, in one transaction, at most once per order version (laws 5 and 6).

The orders of an incident come in their order, because they come through one partition.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    FromClause,
    Integer,
    case,
    cast,
    func,
    insert,
    literal,
    select,
    update,
)

from streams.audit.row import Deed
from streams.messages.message import Message
from streams.messages.segments import segments
from streams.messages.told_once import Row, told_once
from streams.observation.moments import parse_us, to_text
from streams.rules.outputs import Order
from streams.store.audit import append
from streams.store.engine import alone, insert_into, reading, writing
from streams.store.minutes_to_water import minutes_to_water
from streams.store.outbox_schema import DISPATCH_TEXTS, DISPATCHES, OUTBOX, STATES
from streams.store.people_schema import OPT_OUTS
from streams.store.recipients import (
    TOLD_BY,
    Place,
    ends_us,
    reason_of,
    residents_of,
    standing_elsewhere,
    state_of,
    warned_by,
    with_opt_outs,
)

SMS, VOICE = "sms", "voice"
SUPERSEDED, CALLED_OFF = "superseded", "called_off"
_CHUNK = 5000
_ALL_CLEAR = 4
"""Priority of an all-clear: after every warning, whose priority is 4 less their level."""


def write_order(engine: Engine, order: Order, channel: str = SMS, *, status: str = "Test", near: Place | None = None) -> int:
    """Record an order and write its rows; how many are new, 0 when it was here before.

    Only a released order with texts writes rows. An Alert or Update goes to all who live in its zone now, a Cancel to exactly those
    whom an earlier version has warned. What is still unsent of earlier versions is dropped in the same transaction. Who lives in two
    zones and was told of the more severe danger is not told of the other, as long as the first stands. An order that was recorded as a
    draft can still be released under the same identifier.

    Parameters
    ----------
    order
        Of one zone, as the step gave it.
    channel
        What kind of message the rows ask for; a resident gets one row per version and channel.
    status
        Actual, Exercise or Test; only Actual ever reaches a telephone.
    near
        Where the point is that carries the danger, (lon, lat).
    """
    with writing(engine) as connection:
        # two orders that are written at once must see each other: who lives in both zones is told by one of them
        alone(connection, "dispatch")
        if not _record(connection, order, status) or order.state != "released":
            return 0
        if not order.texts and order.msg_type != "Cancel":
            return 0  # a lower level, or more time: what was said before stands
        _drop_older(connection, order)
        rows = 0
        if order.texts:
            _write_texts(connection, order)
            rows = _write_rows(connection, order, channel, near)
            _note(connection, order, rows, channel)
        _give_way_no_more(connection, order)
        return rows


def write_at_once(engine: Engine, order: Order) -> int:
    """Record an order as if every text went out the moment it was released: the dry run of a replay, where no sender runs.

    So what comes out depends on the log alone (law 4). Who lives in two zones gets a row of both; `messages_once` sorts that out.
    """
    with writing(engine) as connection:
        if not _record(connection, order, "Test") or order.state != "released" or not order.texts:
            return 0
        _write_texts(connection, order)
        rows = _write_rows(connection, order, SMS, None, at_once=True)
        _note(connection, order, rows, SMS)
        return rows


def messages(engine: Engine) -> list[Message]:
    """All texts that were or will be sent, in the order of messages.ndjson."""
    return [message for _, message in _messages(engine)]


def messages_once(engine: Engine) -> list[Message]:
    """The same for what was written at once: who lives in two zones gets the more severe."""
    found = _messages(engine)
    kept = told_once([row for row, _ in found], _prolonged(engine))
    return [message for (_, message), keep in zip(found, kept, strict=True) if keep]


def _messages(engine: Engine) -> list[tuple[Row, Message]]:
    columns = (OUTBOX.c.resident, OUTBOX.c.incident, OUTBOX.c.version, OUTBOX.c.language, DISPATCH_TEXTS.c.text, DISPATCH_TEXTS.c.segments)
    rest = (DISPATCHES.c.issued_us, DISPATCHES.c.expires_us, DISPATCHES.c.msg_type, DISPATCHES.c.level, DISPATCHES.c.zone)
    # what has failed for want of a telephone is no message, what failed at the provider is
    sent = (OUTBOX.c.state != "suppressed") & ((OUTBOX.c.state != "failed") | (OUTBOX.c.attempts > 0)) & (OUTBOX.c.channel == SMS)
    with reading(engine) as connection:
        rows = connection.execute(select(*columns, *rest).select_from(with_texts()).where(sent)).all()
    # sorted here, because databases differ in how they sort text
    ordered = sorted(rows, key=lambda row: (row.issued_us, row.incident, row.version, row.resident))
    return [
        (
            Row(row.resident, row.zone, row.incident, row.msg_type, row.level, row.issued_us, row.expires_us),
            Message(*row[:6], issued_at=to_text(row.issued_us)),
        )
        for row in ordered
    ]


def _prolonged(engine: Engine) -> dict[str, list[tuple[int, int]]]:
    """When each incident's orders were issued and would end, those without texts included."""
    found: dict[str, list[tuple[int, int]]] = defaultdict(list)
    query = select(DISPATCHES.c.incident, DISPATCHES.c.issued_us, DISPATCHES.c.expires_us).where(DISPATCHES.c.state == "released")
    with reading(engine) as connection:
        for row in connection.execute(query):
            found[row.incident].append((row.issued_us, row.expires_us))
    return found


def undispatched(engine: Engine, identifiers: Iterable[str]) -> set[str]:
    """Those of these orders that have not been recorded yet."""
    missing = set(identifiers)
    wanted = iter(sorted(missing))
    with reading(engine) as connection:
        while chunk := list(islice(wanted, _CHUNK)):
            missing -= set(connection.scalars(select(DISPATCHES.c.identifier).where(DISPATCHES.c.identifier.in_(chunk))))
    return missing


def unsent(engine: Engine) -> int:
    """How many rows nobody has taken yet: pending, claimed or unknown."""
    query = select(func.count()).select_from(OUTBOX).where(OUTBOX.c.state.in_(("pending", "claimed", "unknown")))
    with reading(engine) as connection:
        return connection.execute(query).scalar_one()


def texts_by_zone(engine: Engine) -> dict[str, int]:
    """How many texts each zone got or will get, by zone."""
    query = select(DISPATCHES.c.zone, func.count()).select_from(OUTBOX.join(DISPATCHES)).where(OUTBOX.c.state != "suppressed")
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


def _write_texts(connection: Connection, order: Order) -> None:
    rows = [
        {"identifier": order.identifier, "language": language, "text": text, "segments": segments(text)}
        for language, text in order.texts.items()
    ]
    connection.execute(insert(DISPATCH_TEXTS), rows)


def _record(connection: Connection, order: Order, status: str) -> bool:
    """Whether the order is new, or new in being released."""
    new = insert_into(connection, DISPATCHES).values(
        identifier=order.identifier,
        incident=order.incident,
        version=order.version,
        msg_type=order.msg_type,
        zone=order.zones[0],
        level=order.level,
        state=order.state,
        status=status,
        issued_us=_issued_us(order),
        expires_us=issued_us(order.expires),
        rows=0,
    )
    released_now = (DISPATCHES.c.state != "released") & (new.excluded.state == "released")
    # what was drafted as a drill never becomes real by its release, nor the other way round
    status_now = case((DISPATCHES.c.status == "Actual", new.excluded.status), else_=DISPATCHES.c.status)
    state = {name: new.excluded[name] for name in ("state", "issued_us", "expires_us")} | {"status": status_now}
    once = new.on_conflict_do_update(index_elements=[DISPATCHES.c.identifier], set_=state, where=released_now)
    return connection.execute(once, execution_options={"preserve_rowcount": True}).rowcount > 0


def _note(connection: Connection, order: Order, rows: int, channel: str) -> None:
    """How many were targeted, with the order and in the audit: a count, never who."""
    connection.execute(update(DISPATCHES).where(DISPATCHES.c.identifier == order.identifier).values(rows=rows))
    detail = {"rows": rows, "channel": channel, "zone": order.zones[0], "texts": order.texts, "incident": order.incident}
    at = order.decided_at or order.issued_at
    append(connection, [Deed(at, "dispatch", "texted", order.identifier, detail, f"t|{order.identifier}|{channel}")])


def _drop_older(connection: Connection, order: Order) -> None:
    """What nobody has sent yet of earlier versions is not worth sending any more."""
    older = (OUTBOX.c.incident == order.incident) & (OUTBOX.c.version < order.version) & (OUTBOX.c.state == "pending")
    why = CALLED_OFF if order.msg_type == "Cancel" else SUPERSEDED
    connection.execute(update(OUTBOX).where(older).values(state="suppressed", reason=why, changed_us=_issued_us(order)))
    # and who gave way to another incident's order has a newer version to give way with
    gave_way = (OUTBOX.c.incident == order.incident) & (OUTBOX.c.version < order.version) & OUTBOX.c.reason.startswith(TOLD_BY)
    connection.execute(update(OUTBOX).where(gave_way, OUTBOX.c.state == "suppressed").values(reason=why))


def _give_way_no_more(connection: Connection, order: Order) -> None:
    """Whose text gave way to this incident's is told after all, once this one is less severe than that, or over."""
    level = 0 if order.msg_type == "Cancel" else order.level
    more_severe = select(DISPATCHES.c.identifier).where(DISPATCHES.c.level > level, ends_us(DISPATCHES) > _issued_us(order))
    gave_way = (OUTBOX.c.state == "suppressed") & (OUTBOX.c.reason == TOLD_BY + order.incident) & OUTBOX.c.identifier.in_(more_severe)
    connection.execute(update(OUTBOX).where(gave_way).values(state="pending", reason="", changed_us=_issued_us(order)))


def _write_rows(connection: Connection, order: Order, channel: str, near: Place | None, *, at_once: bool = False) -> int:
    """One statement for all recipients, so that a hundred thousand take no longer than the database needs."""
    people = _recipients(connection, order, near, at_once=at_once).subquery("people")
    state, reason = state_of(people, OPT_OUTS.c.lookup), reason_of(people, OPT_OUTS.c.lookup)
    if at_once:
        state, reason = case((state == "pending", "sent"), else_=state), case((state == "pending", "dry run"), else_=reason)
    fields: dict[str, ColumnElement[Any]] = {
        "identifier": literal(order.identifier),
        "incident": literal(order.incident),
        "version": literal(order.version),
        "resident": people.c.resident,
        "channel": literal(channel),
        "language": _readable(people.c.language, list(order.texts)),
        "priority": literal(_priority(order)),
        "rank": _rank(connection, order, people.c.turn),
        "state": state,
        "reason": reason,
        "changed_us": literal(_issued_us(order), OUTBOX.c.changed_us.type),
        "owner": literal(""),
        "not_before_us": literal(0, OUTBOX.c.not_before_us.type),
        "attempts": literal(0),
    }
    chosen = select(*list(fields.values())).select_from(with_opt_outs(people)).order_by(people.c.turn)
    new = insert_into(connection, OUTBOX).from_select(list(fields), chosen).on_conflict_do_nothing()
    return connection.execute(new, execution_options={"preserve_rowcount": True}).rowcount


def _recipients(connection: Connection, order: Order, near: Place | None, *, at_once: bool) -> Any:
    if order.msg_type == "Cancel":
        return warned_by(order.incident, order.version)
    zone = order.zones[0]
    elsewhere = [] if at_once else standing_elsewhere(connection, order.incident, zone, order.level, _issued_us(order))
    return residents_of(zone, near, elsewhere)


def _priority(order: Order) -> int:
    return _ALL_CLEAR if order.msg_type == "Cancel" else 4 - order.level


def _rank(connection: Connection, order: Order, turn: ColumnElement[int]) -> ColumnElement[int]:
    """When a row's turn comes among those of its priority.

    Orders take turns, whatever their size: a new one begins where the others stand, so none waits for a whole other zone (start-time
    fair queueing). One whose water is an hour away steps five times as far with each text, and so gets a fifth of the turns.
    """
    waiting = (OUTBOX.c.state == "pending") & (OUTBOX.c.priority == _priority(order))
    start = (connection.execute(select(func.min(OUTBOX.c.rank)).where(waiting)).scalar() or 1) - 1
    minutes = minutes_to_water(connection, order)
    return cast(start + turn * (1 + minutes / 15), Integer)


def _readable(language: ColumnElement[str], available: Sequence[str]) -> ColumnElement[str]:
    """The resident's own language where there is a text in it, else the first there is."""
    return case((language.in_(available), language), else_=literal(available[0]))


def _issued_us(order: Order) -> int:
    return issued_us(order.decided_at or order.issued_at)


def issued_us(issued_at: str) -> int:
    """Microseconds of a time that a step has written."""
    moment_us = parse_us(issued_at)
    if moment_us is None:
        raise ValueError(f"{issued_at!r} is no RFC 3339 time with a zone")
    return moment_us
