"""Who cannot be expected to read a text in time, and has given no receipt, is called."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Engine, exists, literal, or_, select

from streams.store.engine import insert_into, reading, writing
from streams.store.outbox import SMS, VOICE
from streams.store.outbox_schema import ATTEMPTS, DISPATCHES, OUTBOX
from streams.store.people_schema import HOMES
from streams.store.recipients import is_last_word

FROM_LEVEL = 3
OPEN = ("pending", "claimed", "unknown", "accepted", "sent", "failed")
"""States of a text that has not come, as far as is known; one that is pending was posted before, in vain."""


def call_vulnerable(engine: Engine, now_us: int, after_s: float) -> int:
    """Write a call for each vulnerable person whose text of a standing order has no receipt after so long; how many are new.

    Vulnerable is who lives in a basement of the zone, or is slow or needs help. One call an order version.
    """
    # since its first post, whatever was said of it or tried again meanwhile; what is no number was never posted to
    posted = exists().where(ATTEMPTS.c.row_id == OUTBOX.c.id, ATTEMPTS.c.posted_us <= now_us - int(after_s * 1_000_000))
    stands = (DISPATCHES.c.msg_type != "Cancel") & (DISPATCHES.c.level >= FROM_LEVEL) & is_last_word()
    vulnerable = exists().where(
        HOMES.c.resident == OUTBOX.c.resident,
        HOMES.c.zone == DISPATCHES.c.zone,
        or_(HOMES.c.mobility.in_(("slow", "needs_help")), HOMES.c.floor < 0),
    )
    called = OUTBOX.alias("called")
    not_yet = ~exists().where(called.c.identifier == OUTBOX.c.identifier, called.c.resident == OUTBOX.c.resident, called.c.channel == VOICE)
    due = posted & stands & vulnerable & not_yet & OUTBOX.c.state.in_(OPEN) & (OUTBOX.c.channel == SMS)
    source = OUTBOX.join(DISPATCHES, DISPATCHES.c.identifier == OUTBOX.c.identifier)
    with reading(engine) as connection:
        if connection.execute(select(OUTBOX.c.id).select_from(source).where(due).limit(1)).first() is None:
            return 0
    fields: dict[str, ColumnElement[Any]] = {
        **{name: OUTBOX.c[name] for name in ("identifier", "incident", "version", "resident", "language", "priority", "rank")},
        "channel": literal(VOICE),
        "state": literal("pending"),
        "reason": literal(""),
        "owner": literal(""),
        "changed_us": literal(now_us, OUTBOX.c.changed_us.type),
        "not_before_us": literal(0, OUTBOX.c.not_before_us.type),
        "attempts": literal(0),
    }
    with writing(engine) as connection:
        chosen = select(*list(fields.values())).select_from(source).where(due).order_by(OUTBOX.c.id)
        new = insert_into(connection, OUTBOX).from_select(list(fields), chosen).on_conflict_do_nothing()
        return connection.execute(new, execution_options={"preserve_rowcount": True}).rowcount
