"""Writes rows so that what comes twice or late changes nothing. Statements are made once: making one costs more than running it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Table, func
from sqlalchemy.dialects import postgresql, sqlite

from streams.store.schema import DISTRICTS_HEARD, POINTS_NOW

Row = dict[str, Any]
Insert = sqlite.Insert | postgresql.Insert


def keep_first(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Write rows whose keys are not there yet."""
    if rows:
        connection.execute(_first(connection.dialect.name, table), _in_order(table, rows))


def keep_latest(connection: Connection, table: Table, time: str, rows: Sequence[Row]) -> None:
    """Write rows that are not older than what stands there."""
    if rows:
        connection.execute(_latest(connection.dialect.name, table, time), _in_order(table, rows))


def keep_points(connection: Connection, rows: Sequence[Row]) -> None:
    """A warning does not say what is held while the point is unknown, nor when the water was seen: there the last word stands."""
    if rows:
        connection.execute(_points(connection.dialect.name), _in_order(POINTS_NOW, rows))


def keep_heard(connection: Connection, rows: Sequence[Row]) -> None:
    """Only who has come further is marked as written now: messages that are read a second time make nothing look fresh (law 12)."""
    if rows:
        connection.execute(_heard(connection.dialect.name), _in_order(DISTRICTS_HEARD, rows))


def _insert_into(dialect: str, table: Table) -> Insert:
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


@lru_cache
def _first(dialect: str, table: Table) -> Insert:
    return _insert_into(dialect, table).on_conflict_do_nothing()


@lru_cache
def _latest(dialect: str, table: Table, time: str) -> Insert:
    new = _insert_into(dialect, table)
    changed = {column.name: new.excluded[column.name] for column in table.c if not column.primary_key}
    return new.on_conflict_do_update(index_elements=list(table.primary_key), set_=changed, where=new.excluded[time] >= table.c[time])


@lru_cache
def _points(dialect: str) -> Insert:
    new = _insert_into(dialect, POINTS_NOW)
    changed: Row = {name: new.excluded[name] for name in ("level", "basis", "unconfirmed", "depth_m", "as_of_us")}
    changed |= {name: func.coalesce(new.excluded[name], POINTS_NOW.c[name]) for name in ("held_level", "observed_us")}
    later = new.excluded.as_of_us >= POINTS_NOW.c.as_of_us
    return new.on_conflict_do_update(index_elements=[POINTS_NOW.c.low_point], set_=changed, where=later)


@lru_cache
def _heard(dialect: str) -> Insert:
    new = _insert_into(dialect, DISTRICTS_HEARD)
    changed = {name: new.excluded[name] for name in ("up_to_us", "written_us")}
    later = new.excluded.up_to_us > DISTRICTS_HEARD.c.up_to_us
    return new.on_conflict_do_update(index_elements=[DISTRICTS_HEARD.c.district], set_=changed, where=later)


def _in_order(table: Table, rows: Sequence[Row]) -> list[Row]:
    """By key, so that two writers never wait for each other; rows of one key stay in the order they came in."""
    key = next(iter(table.primary_key)).name
    return sorted(rows, key=lambda row: str(row[key]))
