"""The projector's write side: outputs into tables, so that one that comes twice or late changes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine, Table, func

from streams import clock
from streams.audit.row import Deed
from streams.observation.dead_letter import DeadLetter
from streams.rules.outputs import Decided, Forecast, ModelChange, Order, OutputMessage, RainSignalChange, Standing, Warning
from streams.store.audit import append
from streams.store.decided_rows import decided_row, deeds_of, district_row, signal_row, state_row
from streams.store.decisions_schema import DECIDED, DISTRICTS_SAY, ORDER_STATES, RAIN_SIGNALS
from streams.store.engine import insert_into, writing
from streams.store.outbox import issued_us
from streams.store.readable import readable
from streams.store.schema import DEAD_LETTERS, DISTRICTS_HEARD, DISTRICTS_NOW, FORECASTS_NOW, MODEL_CHANGES, ORDERS, POINTS_NOW, WARNINGS

Row = dict[str, Any]


@dataclass(frozen=True)
class Rows:
    """What messages ask of each table, checked before anything is written."""

    points: list[Row] = field(default_factory=list)
    warnings: list[Row] = field(default_factory=list)
    orders: list[Row] = field(default_factory=list)
    forecasts: list[tuple[int, Forecast]] = field(default_factory=list)
    districts: list[Row] = field(default_factory=list)
    heard: list[Row] = field(default_factory=list)
    letters: list[Row] = field(default_factory=list)
    model_changes: list[Row] = field(default_factory=list)
    order_states: list[Row] = field(default_factory=list)
    decided: list[Row] = field(default_factory=list)
    districts_say: list[Row] = field(default_factory=list)
    rain_signals: list[Row] = field(default_factory=list)
    deeds: list[Deed] = field(default_factory=list)

    def __bool__(self) -> bool:
        return any(getattr(self, each.name) for each in fields(self))


def rows_of(message: OutputMessage) -> Rows:
    """Rows of all outputs of a message; verdicts are not kept.

    Raises
    ------
    ValueError
        Where a time is none.
    """
    outputs = message.outputs
    standings = [output for output in outputs if isinstance(output, Standing)]
    return Rows(
        points=[row for output in outputs for row in _point_rows(output)],
        warnings=[_warning_row(output) for output in outputs if isinstance(output, Warning)],
        orders=[_order_row(output) for output in outputs if isinstance(output, Order)],
        forecasts=[(issued_us(output.issued_at), output) for output in outputs if isinstance(output, Forecast)],
        districts=[_district_row(standing) for standing in standings],
        heard=_heard_rows(message, standings),
        model_changes=[_model_row(output) for output in outputs if isinstance(output, ModelChange)],
        order_states=[state_row(message.district, output) for output in outputs if isinstance(output, Order)],
        decided=[decided_row(output) for output in outputs if isinstance(output, Decided)],
        districts_say=[district_row(standing) for standing in standings],
        rain_signals=[signal_row(output) for output in outputs if isinstance(output, RainSignalChange)],
        deeds=[deed for output in outputs for deed in deeds_of(output)],
    )


def rows_of_letter(key: str, letter: DeadLetter) -> Rows:
    """Row of a dead letter under its key."""
    row = {"id": key, "reason": letter.reason, "file": letter.file, "line": letter.line, "bytes": letter.bytes, "detail": letter.detail}
    return Rows(letters=[{name: readable(value) if isinstance(value, str) else value for name, value in row.items()}])


def save(engine: Engine, many: Sequence[Rows], written_us: int) -> None:
    """Save the rows of many messages, given in their order, in one transaction.

    Parameters
    ----------
    written_us
        The time by the wall clock: a district that has come further is marked with it.
    """
    rows = Rows(*([row for some in many for row in getattr(some, each.name)] for each in fields(Rows)))
    if not rows:
        return
    with writing(engine) as connection:
        _save_points(connection, rows.points)
        _keep_first(connection, WARNINGS, rows.warnings)
        _keep_first(connection, ORDERS, rows.orders)
        _keep_latest(connection, ORDER_STATES, "number", rows.order_states)
        _keep_first(connection, DECIDED, rows.decided)
        _keep_latest(connection, DISTRICTS_SAY, "as_of_us", rows.districts_say)
        _keep_first(connection, RAIN_SIGNALS, rows.rain_signals)
        _keep_latest(connection, FORECASTS_NOW, "issued_us", _latest_forecasts(rows.forecasts))
        _keep_latest(connection, DISTRICTS_NOW, "as_of_us", rows.districts)
        _save_heard(connection, [{**row, "written_us": written_us} for row in rows.heard])
        _keep_first(connection, DEAD_LETTERS, rows.letters)
        _keep_first(connection, MODEL_CHANGES, rows.model_changes)
        if rows.deeds:
            append(connection, rows.deeds)


def save_outputs(engine: Engine, message: OutputMessage) -> None:
    """Save all outputs of a message in one transaction; verdicts are not kept."""
    save(engine, [rows_of(message)], clock.now_us())


def save_dead_letter(engine: Engine, key: str, letter: DeadLetter) -> None:
    """Save a dead letter under its key; the second time changes nothing."""
    save(engine, [rows_of_letter(key, letter)], clock.now_us())


def _keep_first(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    if rows:
        connection.execute(insert_into(connection, table).on_conflict_do_nothing(), _in_order(table, rows))


def _keep_latest(connection: Connection, table: Table, time: str, rows: Sequence[Row]) -> None:
    """Write rows that are not older than what stands there."""
    if rows:
        new = insert_into(connection, table)
        changed = {column.name: new.excluded[column.name] for column in table.c if not column.primary_key}
        key = list(table.primary_key)
        connection.execute(
            new.on_conflict_do_update(index_elements=key, set_=changed, where=new.excluded[time] >= table.c[time]), _in_order(table, rows)
        )


def _save_points(connection: Connection, rows: Sequence[Row]) -> None:
    """A warning does not say what is held while the point is unknown, nor when the water was seen: there the last word stands."""
    if rows:
        new = insert_into(connection, POINTS_NOW)
        changed: Row = {name: new.excluded[name] for name in ("level", "basis", "unconfirmed", "depth_m", "as_of_us")}
        changed |= {name: func.coalesce(new.excluded[name], POINTS_NOW.c[name]) for name in ("held_level", "observed_us")}
        later = new.excluded.as_of_us >= POINTS_NOW.c.as_of_us
        once = new.on_conflict_do_update(index_elements=[POINTS_NOW.c.low_point], set_=changed, where=later)
        connection.execute(once, _in_order(POINTS_NOW, rows))


def _save_heard(connection: Connection, rows: Sequence[Row]) -> None:
    """Only who has come further is marked as written now: messages that are read a second time make nothing look fresh (law 12)."""
    if rows:
        new = insert_into(connection, DISTRICTS_HEARD)
        changed = {name: new.excluded[name] for name in ("up_to_us", "written_us")}
        later = new.excluded.up_to_us > DISTRICTS_HEARD.c.up_to_us
        once = new.on_conflict_do_update(index_elements=[DISTRICTS_HEARD.c.district], set_=changed, where=later)
        connection.execute(once, _in_order(DISTRICTS_HEARD, rows))


def _in_order(table: Table, rows: Sequence[Row]) -> list[Row]:
    """By key, so that two writers never wait for each other; rows of one key stay in the order they came in."""
    key = next(iter(table.primary_key)).name
    return sorted(rows, key=lambda row: str(row[key]))


def _level(level: int | str) -> int | None:
    return level if isinstance(level, int) else None


def _point_rows(output: object) -> list[Row]:
    if isinstance(output, Warning):
        level = _level(output.level)
        return [_point_row(output, level, level, None, issued_us(output.issued_at), output.depth_m)]
    if isinstance(output, Standing):
        as_of_us = issued_us(output.issued_at)
        return [
            _point_row(p, _level(p.level), p.held_level, issued_us(p.observed_at) if p.observed_at else None, as_of_us, p.depth_m)
            for p in output.points
        ]
    return []


def _point_row(said: Any, level: int | None, held_level: int | None, observed_us: int | None, as_of_us: int, depth_m: float | None) -> Row:
    return {
        "low_point": said.low_point,
        "level": level,
        "held_level": held_level,
        "basis": said.basis,
        "unconfirmed": said.unconfirmed,
        "depth_m": depth_m,
        "observed_us": observed_us,
        "as_of_us": as_of_us,
    }


def _warning_row(warning: Warning) -> Row:
    return {
        "key": warning.key,
        "low_point": warning.low_point,
        "issued_us": issued_us(warning.issued_at),
        "number": warning.number,
        "level": _level(warning.level),
        "basis": warning.basis,
        "unconfirmed": warning.unconfirmed,
        "reason": readable(warning.reason),
        "depth_m": warning.depth_m,
        "readings": msgspec.json.encode(warning.readings),
    }


def _order_row(order: Order) -> Row:
    return {
        "identifier": order.identifier,
        "incident": order.incident,
        "version": order.version,
        "msg_type": order.msg_type,
        "references": msgspec.json.encode(order.references),
        "zone": order.zones[0],
        "level": order.level,
        "basis": order.basis,
        "state": order.state,
        "issued_us": issued_us(order.issued_at),
        "expires_us": issued_us(order.expires),
        "texts": msgspec.json.encode(order.texts),
    }


def _model_row(change: ModelChange) -> Row:
    return {
        "key": change.key,
        "district": change.district,
        "issued_us": issued_us(change.issued_at),
        "number": change.number,
        "what": change.what,
        "model": change.model,
        "other": change.other,
        "reason": readable(change.reason),
    }


def _latest_forecasts(forecasts: Iterable[tuple[int, Forecast]]) -> list[Row]:
    """The latest of each point: only these are encoded."""
    latest: dict[str, tuple[int, Forecast]] = {}
    for moment_us, forecast in forecasts:
        if forecast.low_point not in latest or moment_us >= latest[forecast.low_point][0]:
            latest[forecast.low_point] = (moment_us, forecast)
    return [{"low_point": point, "issued_us": us, "line": _line(forecast)} for point, (us, forecast) in latest.items()]


def _district_row(standing: Standing) -> Row:
    return {"district": standing.district, "as_of_us": issued_us(standing.issued_at), "rain_mm_30min": standing.rain_mm_30min}


def _heard_rows(message: OutputMessage, standings: Sequence[Standing]) -> list[Row]:
    """How far the message's district has come: what is due is said again once a minute, but ticks come every few seconds."""
    up_to_us = max([message.up_to_us, *(issued_us(standing.issued_at) for standing in standings)])
    return [{"district": message.district, "up_to_us": up_to_us}] if up_to_us else []


def _line(forecast: Forecast) -> bytes:
    """A line of forecasts.ndjson (DESIGN 6): without the tag that tells outputs apart."""
    return msgspec.json.encode(forecast).replace(b'"type":"forecast",', b"", 1)
