"""Writes the audit, in the transaction of the deed that it tells, and reads it."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine, LargeBinary, Select, cast, insert, select

from streams.audit.chain import chained
from streams.audit.row import NO_ROWS, AuditRow, Deed, Head
from streams.store.audit_schema import AUDIT
from streams.store.engine import alone, reading

_CHUNK = 5000
_COLUMNS = [AUDIT.c[name] for name in AuditRow.__struct_fields__]


def append(connection: Connection, deeds: Iterable[Deed]) -> Head:
    """Add a row for each deed whose key no row has yet, and return the head then.

    Call it last in a transaction of `engine.writing`: from here to its end, all other writers of the audit wait.

    Raises
    ------
    AuditError
        Where a deed cannot be told.
    """
    alone(connection, "audit")
    head = _head(connection)
    rows = list(chained(_untold(connection, list(deeds)), head))
    if not rows:
        return head
    connection.execute(insert(AUDIT), [msgspec.structs.asdict(row) for row in rows])
    return Head(rows[-1].number, rows[-1].hash)


def audit_head(engine: Engine) -> Head:
    """Number and hash of the last row."""
    with reading(engine) as connection:
        return _head(connection)


def audit_rows(engine: Engine) -> Generator[AuditRow, None, None]:
    """All rows in the order of their numbers, as of one moment, without holding them all."""
    with reading(engine) as connection, connection.execution_options(yield_per=1000).execute(_all(connection)) as rows:
        for row in rows:
            yield AuditRow(*map(_text, row))


def _all(connection: Connection) -> Select[Any]:
    """All rows; from SQLite as bytes, because it keeps any, and its driver gives up at those that are no text."""
    number, *texts = _COLUMNS
    raw = connection.dialect.name == "sqlite"
    return select(number, *(cast(column, LargeBinary) if raw else column for column in texts)).order_by(number)


def _text(value: Any) -> Any:
    return value.decode("utf-8", "surrogateescape") if isinstance(value, bytes) else value


def _head(connection: Connection) -> Head:
    query = select(AUDIT.c.number, AUDIT.c.hash).order_by(AUDIT.c.number.desc()).limit(1)
    row = connection.execute(query).first()
    return Head(row.number, row.hash) if row else NO_ROWS


def _untold(connection: Connection, deeds: Sequence[Deed]) -> Iterator[Deed]:
    told: set[str | None] = set()
    keys = [deed.key for deed in deeds if deed.key is not None]
    for start in range(0, len(keys), _CHUNK):
        told.update(connection.scalars(select(AUDIT.c.key).where(AUDIT.c.key.in_(keys[start : start + _CHUNK]))))
    for deed in deeds:
        if deed.key is None:
            yield deed
        elif deed.key not in told:
            told.add(deed.key)
            yield deed
