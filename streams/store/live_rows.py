"""What the live stream asks besides what the pages ask: each question one function, small enough to be asked several times a second."""

from __future__ import annotations

from collections.abc import Collection

import msgspec
from sqlalchemy import Engine, select

from streams.store.duty_schema import DUTY_LOG
from streams.store.engine import reading
from streams.store.now_schema import STATIONS_NOW
from streams.store.outbox_schema import SENDERS
from streams.store.schema import FORECASTS_NOW, MODEL_CHANGES, WARNINGS

MOST_NAMED = 500
"""So many points are asked for by name; of more, all are asked for."""


class Reason(msgspec.Struct, frozen=True):
    """Why a point is at its level, and which of its warnings says so."""

    issued_us: int
    number: int
    words: str


class SenderSeen(msgspec.Struct, frozen=True):
    """A sender, its line, and when it last showed a sign of life."""

    owner: str
    line: str
    beat_us: int


class ModelSwap(msgspec.Struct, frozen=True):
    """What last became of a model that was asked for."""

    district: str
    issued_us: int
    what: str
    model: str
    other: str
    reason: str


class StationSeen(msgspec.Struct, frozen=True):
    """A station as one of its districts sees it."""

    station: str
    district: str
    state: str
    why: str
    observed_us: int | None
    value: float | None
    as_of_us: int


class DutyEntry(msgspec.Struct, frozen=True):
    """An entry of the duty log."""

    entry: int
    at_us: int
    officer: str
    kind: str
    text: str
    refers: str


def forecast_stamps(engine: Engine) -> dict[str, int]:
    """When the latest forecast of each point was issued, by point."""
    with reading(engine) as connection:
        return dict(connection.execute(select(FORECASTS_NOW.c.low_point, FORECASTS_NOW.c.issued_us)).all())


def forecasts_of(engine: Engine, points: Collection[str]) -> dict[str, tuple[int, bytes]]:
    """When the latest forecasts of these points were issued, and their lines of JSON; perhaps of others too."""
    query = select(FORECASTS_NOW.c.low_point, FORECASTS_NOW.c.issued_us, FORECASTS_NOW.c.line)
    if len(points) <= MOST_NAMED:
        query = query.where(FORECASTS_NOW.c.low_point.in_(points))
    with reading(engine) as connection:
        return {point: (issued_us, bytes(line)) for point, issued_us, line in connection.execute(query)}


def reasons_since(engine: Engine, since_us: int) -> dict[str, Reason]:
    """Why each point is at its level, by the last of its warnings since then."""
    query = select(WARNINGS.c.low_point, WARNINGS.c.issued_us, WARNINGS.c.number, WARNINGS.c.reason).where(WARNINGS.c.issued_us >= since_us)
    with reading(engine) as connection:
        rows = connection.execute(query.order_by(WARNINGS.c.issued_us, WARNINGS.c.number))
        return {point: Reason(issued_us, number, words) for point, issued_us, number, words in rows}


def senders_seen(engine: Engine) -> list[SenderSeen]:
    """All senders that showed up lately."""
    with reading(engine) as connection:
        rows = connection.execute(select(SENDERS.c.owner, SENDERS.c.line, SENDERS.c.beat_us)).all()
    return sorted((SenderSeen(*row) for row in rows), key=lambda row: (row.owner, row.line))


def last_model_swap(engine: Engine) -> ModelSwap | None:
    """The newest change of a model, None where there was none yet."""
    columns = [MODEL_CHANGES.c[name] for name in ModelSwap.__struct_fields__]
    newest = select(*columns).order_by(MODEL_CHANGES.c.issued_us.desc(), MODEL_CHANGES.c.number.desc(), MODEL_CHANGES.c.key).limit(1)
    with reading(engine) as connection:
        row = connection.execute(newest).first()
    return None if row is None else ModelSwap(*row)


def stations_seen(engine: Engine) -> list[StationSeen]:
    """All stations, each as every one of its districts sees it, by id."""
    columns = [STATIONS_NOW.c[name] for name in StationSeen.__struct_fields__]
    with reading(engine) as connection:
        rows = [StationSeen(*row) for row in connection.execute(select(*columns))]
    return sorted(rows, key=lambda row: (row.station, row.district))


def newest_duty(engine: Engine, limit: int) -> list[DutyEntry]:
    """The newest entries of the duty log, newest first."""
    columns = [DUTY_LOG.c[name] for name in DutyEntry.__struct_fields__]
    with reading(engine) as connection:
        return [DutyEntry(*row) for row in connection.execute(select(*columns).order_by(DUTY_LOG.c.entry.desc()).limit(limit))]
