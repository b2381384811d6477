"""Observations that were made of accepted reports: they wait here until Kafka has them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import msgspec
from sqlalchemy import ColumnElement, Connection, Engine, select, update

from streams.store.engine import insert_into, reading, writing
from streams.store.reports_schema import REPORT_READINGS


class ReportReading(msgspec.Struct, frozen=True):
    """One observation: `reading` is its own id, by which it is heard once however often it is sent; `line` as the contract has it."""

    reading: str
    report: str
    station: str
    owner: str
    line: str
    made_us: int


_COLUMNS = [REPORT_READINGS.c[name] for name in ReportReading.__struct_fields__]


def keep_readings(connection: Connection, readings: Sequence[ReportReading]) -> None:
    """Write them in the transaction of whoever accepted their reports; one that is there stays as it is."""
    if readings:
        rows = [msgspec.structs.asdict(one) for one in readings]
        connection.execute(insert_into(connection, REPORT_READINGS).on_conflict_do_nothing(), rows)


def owners_unsent(engine: Engine) -> list[str]:
    """Owners of stations for whom something waits."""
    query = select(REPORT_READINGS.c.owner).where(REPORT_READINGS.c.sent_us.is_(None)).distinct().order_by(REPORT_READINGS.c.owner)
    with reading(engine) as connection:
        return list(connection.scalars(query))


def unsent(engine: Engine, limit: int, owner: str | None = None) -> list[ReportReading]:
    """Those that Kafka has not acknowledged, of one owner or of all, oldest first."""
    waits: ColumnElement[bool] = REPORT_READINGS.c.sent_us.is_(None)
    if owner is not None:
        waits = waits & (REPORT_READINGS.c.owner == owner)
    query = select(*_COLUMNS).where(waits).order_by(REPORT_READINGS.c.made_us, REPORT_READINGS.c.reading)
    with reading(engine) as connection:
        return [ReportReading(*row) for row in connection.execute(query.limit(limit))]


def mark_sent(engine: Engine, readings: Collection[str], at_us: int) -> None:
    """Kafka has them."""
    own = REPORT_READINGS.c.reading.in_(readings) & REPORT_READINGS.c.sent_us.is_(None)
    with writing(engine) as connection:
        connection.execute(update(REPORT_READINGS).where(own).values(sent_us=at_us))


def readings_of(engine: Engine, reports: Collection[str]) -> dict[str, int | None]:
    """When the observation of each of these reports was sent, None where it waits; those without one are missing."""
    query = select(REPORT_READINGS.c.report, REPORT_READINGS.c.sent_us).where(REPORT_READINGS.c.report.in_(reports))
    with reading(engine) as connection:
        return {row.report: row.sent_us for row in connection.execute(query)}
