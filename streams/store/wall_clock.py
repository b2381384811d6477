"""The database's own clock: a second one to hold that of a process against."""

from __future__ import annotations

from sqlalchemy import Engine, text

from streams.store.engine import reading


def clock_off_s(engine: Engine, now_us: int) -> float:
    """By how much a process' clock is ahead of the database's, s; 0 for SQLite, which has none of its own."""
    if engine.dialect.name != "postgresql":
        return 0.0
    with reading(engine) as connection:
        database_us = connection.execute(text("SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint")).scalar_one()
    return (now_us - int(database_us)) / 1e6
