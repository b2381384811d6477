"""The projector's write side: outputs into tables, so that one that comes twice or late changes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

import msgspec
from sqlalchemy import Engine

from streams import clock
from streams.audit.row import Deed
from streams.observation.dead_letter import DeadLetter
from streams.rules.outputs import Decided, Forecast, ModelChange, Order, OutputMessage, RainSignalChange, Seen, Standing, Warning, Water
from streams.store.audit import append
from streams.store.decided_rows import decided_row, deeds_of, district_row, signal_row, state_row
from streams.store.decisions_schema import DECIDED, DISTRICTS_SAY, ORDER_STATES, RAIN_SIGNALS
from streams.store.engine import writing
from streams.store.history_rows import is_kept, point_rows, rain_row, seen_row, verdict_rows
from streams.store.history_schema import FORECASTS_KEPT, POINT_HISTORY, RAIN_HISTORY, VERDICTS
from streams.store.keep import keep_first, keep_heard, keep_latest, keep_points
from streams.store.now_rows import Stations, newest_waters, save_stations, stations_of, water_row
from streams.store.now_schema import WATER_NOW
from streams.store.outbox import issued_us
from streams.store.readable import readable
from streams.store.reports_schema import STATION_PICTURES
from streams.store.schema import DEAD_LETTERS, DISTRICTS_NOW, FORECASTS_NOW, MODEL_CHANGES, ORDERS, WARNINGS

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
    point_history: list[Row] = field(default_factory=list)
    rain_history: list[Row] = field(default_factory=list)
    verdicts: list[Row] = field(default_factory=list)
    stations: list[Stations] = field(default_factory=list)
    waters: list[Row] = field(default_factory=list)
    seen: list[Row] = field(default_factory=list)

    def __bool__(self) -> bool:
        return any(getattr(self, each.name) for each in fields(self))


def rows_of(message: OutputMessage) -> Rows:
    """Rows of all outputs of a message.

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
        point_history=[row for output in outputs for row in point_rows(output)],
        rain_history=[row for standing in standings if (row := rain_row(standing))],
        verdicts=verdict_rows(outputs),
        stations=[stations_of(standing) for standing in standings],
        waters=[water_row(output) for output in outputs if isinstance(output, Water)],
        seen=[seen_row(output) for output in outputs if isinstance(output, Seen)],
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
        The time by the wall clock: a district that has come further is marked with it, and a dead letter.
    """
    rows = Rows(*([row for some in many for row in getattr(some, each.name)] for each in fields(Rows)))
    if not rows:
        return
    with writing(engine) as connection:
        keep_points(connection, rows.points)
        keep_first(connection, WARNINGS, rows.warnings)
        keep_first(connection, ORDERS, rows.orders)
        keep_latest(connection, ORDER_STATES, "number", rows.order_states)
        keep_first(connection, DECIDED, rows.decided)
        keep_latest(connection, DISTRICTS_SAY, "as_of_us", rows.districts_say)
        keep_first(connection, RAIN_SIGNALS, rows.rain_signals)
        keep_latest(connection, FORECASTS_NOW, "issued_us", _latest_forecasts(rows.forecasts))
        keep_latest(connection, DISTRICTS_NOW, "as_of_us", rows.districts)
        keep_heard(connection, [{**row, "written_us": written_us} for row in rows.heard])
        keep_first(connection, DEAD_LETTERS, [{**row, "written_us": written_us} for row in rows.letters])
        keep_first(connection, MODEL_CHANGES, rows.model_changes)
        keep_latest(connection, POINT_HISTORY, "number", rows.point_history)
        keep_first(connection, STATION_PICTURES, rows.seen)
        keep_first(connection, RAIN_HISTORY, rows.rain_history)
        keep_first(connection, FORECASTS_KEPT, [_kept_row(us, forecast) for us, forecast in rows.forecasts if is_kept(us, forecast)])
        keep_first(connection, VERDICTS, rows.verdicts)
        save_stations(connection, rows.stations)  # after the districts, whose newest word they belong to
        keep_latest(connection, WATER_NOW, "as_of_us", newest_waters(rows.waters))
        if rows.deeds:
            append(connection, rows.deeds)


def save_outputs(engine: Engine, message: OutputMessage) -> None:
    """Save all outputs of a message in one transaction."""
    save(engine, [rows_of(message)], clock.now_us())


def save_dead_letter(engine: Engine, key: str, letter: DeadLetter) -> None:
    """Save a dead letter under its key; the second time changes nothing."""
    save(engine, [rows_of_letter(key, letter)], clock.now_us())


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


def _kept_row(moment_us: int, forecast: Forecast) -> Row:
    return {"low_point": forecast.low_point, "issued_us": moment_us, "line": _line(forecast)}


def _line(forecast: Forecast) -> bytes:
    """A line of forecasts.ndjson (DESIGN 6): without the tag that tells outputs apart."""
    return msgspec.json.encode(forecast).replace(b'"type":"forecast",', b"", 1)
