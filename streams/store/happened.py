"""What happened by itself, as entries of the log: decisions, orders, levels, rainfall signals and models, each out of its table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Engine, FromClause, Row, Select, func, select

from streams.duty.entry import Entry, Place
from streams.store.decisions_schema import DECIDED, ORDER_STATES, RAIN_SIGNALS
from streams.store.engine import reading
from streams.store.schema import MODEL_CHANGES, ORDERS, WARNINGS

LOG_FROM_LEVEL = 3
"""Lower levels come and go in every shower: the log would hold nothing else."""
LONG_AGO_US = -(2**62)


class _Source(NamedTuple):
    """Rows of a table that are entries: what is asked for, which of them, when they were, and how a row is told."""

    columns: Sequence[ColumnElement[Any]]
    table: FromClause
    at_us: ColumnElement[int]
    those: ColumnElement[bool]
    entry: Callable[[Row[Any]], Entry]

    def query(self, *more: ColumnElement[bool]) -> Select[Any]:
        return select(*self.columns, self.at_us.label("at_us")).select_from(self.table).where(self.those, *more)


def happened_before(engine: Engine, before_us: int, most: int) -> list[Entry]:
    """At least so many of each kind, if there are, of those up to a moment, the newest; all of that very moment are among them."""
    return [entry for source in _of_log() for entry in _newest(engine, source, before_us, most)]


def happened_between(engine: Engine, from_us: int, until_us: int, from_level: int) -> list[Entry]:
    """All of it from one moment to another, both included, with levels from one on, and orders as they were issued too."""
    sources = [_DECISIONS, _ISSUED, _ORDERS, _levels(from_level), _SIGNALS, _MODELS]
    with reading(engine) as connection:
        return [
            source.entry(row)
            for source in sources
            for row in connection.execute(source.query(source.at_us >= from_us, source.at_us <= until_us))
        ]


def _newest(engine: Engine, source: _Source, before_us: int, most: int) -> list[Entry]:
    # by time alone: texts sort differently in different databases, so who stands within one instant is told apart by the caller
    earlier = source.query(source.at_us < before_us).subquery()
    last = select(earlier.c.at_us).order_by(earlier.c.at_us.desc()).limit(1).offset(most - 1).scalar_subquery()
    those = source.query(source.at_us <= before_us, source.at_us >= func.coalesce(last, LONG_AGO_US))
    with reading(engine) as connection:
        return [source.entry(row) for row in connection.execute(those)]


def _of_log() -> list[_Source]:
    return [_DECISIONS, _ORDERS, _levels(LOG_FROM_LEVEL), _SIGNALS, _MODELS]


def _decision(row: Row[Any]) -> Entry:
    place = Place(row.at_us, "decision", row.key)
    return Entry(place, row.officer, "decision", row.words, what=row.act, outcome=row.outcome, refers=row.subject)


def _order(row: Row[Any]) -> Entry:
    place = Place(row.at_us, "order", row.identifier)
    text = row.decision or row.reason
    return Entry(place, "", "order", text, what=row.now_state, outcome=row.msg_type, level=row.level, refers=row.identifier)


def _issued(row: Row[Any]) -> Entry:
    place = Place(row.at_us, "issued", row.identifier)
    return Entry(place, "", "order", row.reason, what=row.state, outcome=row.msg_type, level=row.level, refers=row.identifier)


def _level(row: Row[Any]) -> Entry:
    place = Place(row.at_us, "level", row.key)
    return Entry(place, "", "level", row.reason, what=row.basis, level=row.level, refers=row.low_point)


def _signal(row: Row[Any]) -> Entry:
    return Entry(Place(row.at_us, "signal", row.key), "", "signal", row.reason, what=row.signal, refers=row.district)


def _model(row: Row[Any]) -> Entry:
    text = f"{row.model}: {row.reason}" if row.reason else row.model
    return Entry(Place(row.at_us, "model", row.key), "", "model", text, what=row.what, refers=row.district)


_TOLD = ORDERS.join(ORDER_STATES, ORDERS.c.identifier == ORDER_STATES.c.identifier)
_OF_ORDERS = [ORDERS.c[name] for name in ("identifier", "msg_type", "level", "state")]
_OF_STATES = [ORDER_STATES.c.state.label("now_state"), ORDER_STATES.c.reason, ORDER_STATES.c.decision]

_DECISIONS = _Source(
    [DECIDED.c[name] for name in ("key", "officer", "act", "subject", "outcome", "words")],
    DECIDED,
    DECIDED.c.issued_us,
    DECIDED.c.key.is_not(None),
    _decision,
)
_ORDERS = _Source(
    [*_OF_ORDERS, *_OF_STATES],
    _TOLD,
    func.coalesce(ORDER_STATES.c.decided_us, ORDERS.c.issued_us),
    ORDER_STATES.c.state.in_(("released", "rejected")),
    _order,
)
_ISSUED = _Source(
    # what was released at once is told once
    [*_OF_ORDERS, *_OF_STATES],
    _TOLD,
    ORDERS.c.issued_us,
    (ORDERS.c.state == "draft"),
    _issued,
)
_SIGNALS = _Source(
    [RAIN_SIGNALS.c[name] for name in ("key", "district", "signal", "reason")],
    RAIN_SIGNALS,
    RAIN_SIGNALS.c.issued_us,
    RAIN_SIGNALS.c.key.is_not(None),
    _signal,
)
_MODELS = _Source(
    [MODEL_CHANGES.c[name] for name in ("key", "district", "what", "model", "reason")],
    MODEL_CHANGES,
    MODEL_CHANGES.c.issued_us,
    MODEL_CHANGES.c.key.is_not(None),
    _model,
)


def _levels(from_level: int) -> _Source:
    columns = [WARNINGS.c[name] for name in ("key", "low_point", "level", "basis", "reason")]
    return _Source(columns, WARNINGS, WARNINGS.c.issued_us, WARNINGS.c.level >= from_level, _level)
