"""Pulse of the senders: who is alive, and how many share a line."""

from __future__ import annotations

from sqlalchemy import Connection, Engine, delete, func, select

from streams.store.engine import insert_into, reading, writing
from streams.store.outbox_schema import SENDERS

ALIVE_US = 6_000_000
"""A sender that has not shown up for so long is gone."""


def beat(engine: Engine, owner: str, line: str, now_us: int) -> int:
    """Show a sign of life; how many senders share the line now, this one included."""
    with writing(engine) as connection:
        new = insert_into(connection, SENDERS).values(owner=owner, line=line, since_us=now_us, beat_us=now_us)
        connection.execute(new.on_conflict_do_update(index_elements=[SENDERS.c.owner, SENDERS.c.line], set_={"beat_us": now_us}))
        connection.execute(delete(SENDERS).where(SENDERS.c.beat_us < now_us - 10 * ALIVE_US))
        return _alive(connection, line, now_us)


def sharing(engine: Engine, line: str, now_us: int) -> int:
    """How many senders share a line."""
    with reading(engine) as connection:
        return _alive(connection, line, now_us)


def gone(engine: Engine, owner: str) -> None:
    """Say goodbye, so that the others need not wait to find out."""
    with writing(engine) as connection:
        connection.execute(delete(SENDERS).where(SENDERS.c.owner == owner))


def _alive(connection: Connection, line: str, now_us: int) -> int:
    on_it = (SENDERS.c.line == line) & (SENDERS.c.beat_us >= now_us - ALIVE_US)
    return connection.execute(select(func.count()).select_from(SENDERS).where(on_it)).scalar_one()
