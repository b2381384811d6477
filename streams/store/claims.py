"""Claims on outbox rows: a row belongs to one sender from before it is sent until its end is known, durably."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import msgspec
from sqlalchemy import Connection, Engine, or_, select, update

from streams.store.engine import reading, writing
from streams.store.outbox import with_texts
from streams.store.schema import DISPATCH_TEXTS, DISPATCHES, OUTBOX

MOST_ROWS = 10_000
"""Rows in one claim: SQLite takes 32,766 parameters in a statement."""


class OutboxRow(msgspec.Struct, frozen=True):
    """One text to one resident, as a sender sees it."""

    id: int
    identifier: str
    incident: str
    version: int
    resident: str
    channel: str
    language: str
    text: str
    segments: int
    level: int


def claim(engine: Engine, channel: str, owner: str, now_us: int, most: int) -> list[OutboxRow]:
    """Claim up to `most` pending rows of a channel, the most dangerous first; the claim stands when this returns."""
    due = select(OUTBOX.c.id).where(OUTBOX.c.state == "pending", OUTBOX.c.channel == channel)
    first = due.order_by(OUTBOX.c.priority.desc(), OUTBOX.c.id).limit(min(most, MOST_ROWS))
    with reading(engine) as connection:
        if connection.execute(due.limit(1)).first() is None:
            return []  # an idle sender takes no write lock
    with writing(engine) as connection:
        ids = list(connection.scalars(first.with_for_update(skip_locked=True)))
        values = {"state": "claimed", "owner": owner, "claimed_us": now_us, "changed_us": now_us}
        connection.execute(update(OUTBOX).where(OUTBOX.c.id.in_(ids)).values(**values))
        return _rows(connection, ids)


def finish(engine: Engine, owner: str, results: Iterable[tuple[int, str, str]], now_us: int) -> int:
    """Store how rows ended, (id, state, reason) each; how many were still this owner's."""
    ids_by_end: dict[tuple[str, str], list[int]] = defaultdict(list)
    for row_id, state, reason in results:
        ids_by_end[state, reason].append(row_id)
    kept = 0
    with writing(engine) as connection:
        for (state, reason), ids in ids_by_end.items():
            own = update(OUTBOX).where(OUTBOX.c.id.in_(ids), OUTBOX.c.state == "claimed", OUTBOX.c.owner == owner)
            kept += connection.execute(own.values(state=state, reason=reason, changed_us=now_us)).rowcount
    return kept


def give_back(engine: Engine, channel: str, stale_before_us: int, now_us: int, owner: str | None = None) -> int:
    """Make pending again what was claimed before a moment, or by this owner; how many rows.

    Only for a channel on which sending twice does no harm; on any other, the outcome of such a claim is unknown and has to be found out.
    """
    left = or_(OUTBOX.c.claimed_us < stale_before_us, OUTBOX.c.owner == owner) if owner else OUTBOX.c.claimed_us < stale_before_us
    stale = (OUTBOX.c.state == "claimed") & (OUTBOX.c.channel == channel) & left
    with reading(engine) as connection:
        if connection.execute(select(OUTBOX.c.id).where(stale).limit(1)).first() is None:
            return 0
    with writing(engine) as connection:
        back = update(OUTBOX).where(stale).values(state="pending", owner="", claimed_us=None, changed_us=now_us)
        return connection.execute(back).rowcount


def _rows(connection: Connection, ids: list[int]) -> list[OutboxRow]:
    columns = [OUTBOX.c[name] for name in ("id", "identifier", "incident", "version", "resident", "channel", "language")]
    query = select(*columns, DISPATCH_TEXTS.c.text, DISPATCH_TEXTS.c.segments, DISPATCHES.c.level).select_from(with_texts())
    found = connection.execute(query.where(OUTBOX.c.id.in_(ids)).order_by(OUTBOX.c.priority.desc(), OUTBOX.c.id))
    return [OutboxRow(**row._asdict()) for row in found]
