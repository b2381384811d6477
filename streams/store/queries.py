"""The read side: what the page shows, each question one function. Whoever asks decides how old is too old (law 12)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import msgspec
from sqlalchemy import ColumnElement, Engine, func, select

from streams.rules.city_state import CityState, DistrictState, city_state
from streams.rules.outputs import ZoneState
from streams.store.decisions_schema import DISTRICTS_SAY, ORDER_STATES
from streams.store.engine import reading
from streams.store.schema import DEAD_LETTERS, DISTRICTS_HEARD, DISTRICTS_NOW, FORECASTS_NOW, ORDERS, POINTS_NOW, WARNINGS

Level = int | Literal["unknown"]


class PointNow(msgspec.Struct, frozen=True):
    """What is last known of a low point; `observed_us` None: not seen yet, `depth_m` None: nothing known."""

    low_point: str
    level: Level
    held_level: int
    basis: str
    unconfirmed: bool
    depth_m: float | None
    observed_us: int | None
    as_of_us: int


class RecentWarning(msgspec.Struct, frozen=True):
    """A change of a point's state."""

    low_point: str
    issued_us: int
    level: Level
    basis: str
    unconfirmed: bool
    reason: str
    depth_m: float
    readings: list[str]
    key: str


class OpenOrder(msgspec.Struct, frozen=True):
    """The latest version of an incident that is not over, as last told; `texts` by language, `decided_us` None before anybody decided."""

    identifier: str
    incident: str
    version: int
    msg_type: str
    zone: str
    level: int
    basis: str
    issued_us: int
    expires_us: int
    state: str
    texts: dict[str, str]
    district: str
    reason: str
    unconfirmed: bool
    signed_by: tuple[str, ...]
    decided_us: int | None
    decision: str
    low_point: str


class OutcomeOfAct(msgspec.Struct, frozen=True):
    """What came of an officer's act on one subject."""

    act_id: str
    district: str
    issued_us: int
    officer: str
    act: str
    subject: str
    outcome: str
    words: str


class DistrictSays(msgspec.Struct, frozen=True):
    """A district's highest level, its rainfall signal ("" for none), its unknown points, and its zones that are not at rest."""

    district: str
    as_of_us: int
    level: int
    signal: str
    unknown_points: int
    zones: tuple[ZoneState, ...]


class DistrictNow(msgspec.Struct, frozen=True):
    """How far a district has come, and how much it has rained there in the last 30 min."""

    district: str
    as_of_us: int
    rain_mm_30min: float


class DistrictHeard(msgspec.Struct, frozen=True):
    """The log time up to which a district has heard everything, and when by the wall clock it came to be known here."""

    district: str
    up_to_us: int
    written_us: int


def points_now(engine: Engine) -> list[PointNow]:
    """All points of which anything was ever said, by id."""
    with reading(engine) as connection:
        rows = [row._asdict() for row in connection.execute(select(POINTS_NOW))]
    points = [PointNow(**{**row, "level": _level(row["level"]), "held_level": row["held_level"] or 0}) for row in rows]
    return sorted(points, key=lambda point: point.low_point)


def recent_warnings(engine: Engine, limit: int) -> list[RecentWarning]:
    """The last warnings, newest first."""
    columns = [WARNINGS.c[name] for name in RecentWarning.__struct_fields__]
    newest = select(*columns).order_by(WARNINGS.c.issued_us.desc(), WARNINGS.c.low_point, WARNINGS.c.number.desc()).limit(limit)
    with reading(engine) as connection:
        rows = [row._asdict() for row in connection.execute(newest)]
    decoded = ({"level": _level(row["level"]), "readings": msgspec.json.decode(row["readings"])} for row in rows)
    return [RecentWarning(**{**row, **own}) for row, own in zip(rows, decoded, strict=True)]


_OF_ORDERS = ("identifier", "incident", "version", "msg_type", "zone", "level", "basis", "issued_us", "expires_us")
_OF_STATES = ("state", "texts", "district", "reason", "unconfirmed", "signed_by", "decided_us", "decision", "low_point")
_TOLD = ORDERS.join(ORDER_STATES, ORDERS.c.identifier == ORDER_STATES.c.identifier)
"""What may change is told by its state, the rest by the order as it was issued."""


def open_orders(engine: Engine) -> list[OpenOrder]:
    """The latest version of each incident whose latest version is not its end, the most dangerous first; drafts included."""
    last = select(ORDERS.c.incident, func.max(ORDERS.c.version).label("version")).group_by(ORDERS.c.incident).subquery()
    newest = (ORDERS.c.incident == last.c.incident) & (ORDERS.c.version == last.c.version)
    told = _TOLD.join(last, newest)
    with reading(engine) as connection:
        rows = connection.execute(select(*_order_columns()).select_from(told).where(ORDERS.c.msg_type != "Cancel")).all()
    return sorted((_order(row) for row in rows), key=lambda order: (-order.level, order.issued_us, order.incident))


def told_order(engine: Engine, identifier: str) -> OpenOrder | None:
    """One order as last told, whatever version of its incident it is; None where there is none of this identifier."""
    with reading(engine) as connection:
        row = connection.execute(select(*_order_columns()).select_from(_TOLD).where(ORDERS.c.identifier == identifier)).first()
    return None if row is None else _order(row)


def districts_say(engine: Engine) -> list[DistrictSays]:
    """What all districts say of their zones and their rain, by id."""
    with reading(engine) as connection:
        rows = connection.execute(select(DISTRICTS_SAY)).all()
    found = [DistrictSays(**{**row._asdict(), "zones": msgspec.json.decode(row.zones, type=tuple[ZoneState, ...])}) for row in rows]
    return sorted(found, key=lambda says: says.district)


def city_of(districts: Sequence[str], says: Sequence[DistrictSays]) -> CityState:
    """The whole city out of what its districts say, as of the moment that every one of them has reached."""
    return city_state(districts, [DistrictState(s.district, s.as_of_us, s.level, s.signal, s.unknown_points) for s in says])


def _order_columns() -> list[ColumnElement[Any]]:
    return [*(ORDERS.c[name] for name in _OF_ORDERS), *(ORDER_STATES.c[name] for name in _OF_STATES)]


def _order(row: Any) -> OpenOrder:
    own = {name: getattr(row, name) for name in (*_OF_ORDERS, *_OF_STATES)}
    own |= {"texts": msgspec.json.decode(row.texts), "signed_by": tuple(msgspec.json.decode(row.signed_by))}
    return OpenOrder(**own)


def forecast_lines(engine: Engine) -> dict[str, bytes]:
    """The latest forecast of each point as a line of JSON, by point."""
    with reading(engine) as connection:
        rows = connection.execute(select(FORECASTS_NOW.c.low_point, FORECASTS_NOW.c.line)).all()
    return {point: bytes(line) for point, line in sorted(rows)}


def districts_now(engine: Engine) -> list[DistrictNow]:
    """All districts that have spoken, by id."""
    with reading(engine) as connection:
        rows = [DistrictNow(**row._asdict()) for row in connection.execute(select(DISTRICTS_NOW))]
    return sorted(rows, key=lambda row: row.district)


def districts_heard(engine: Engine) -> list[DistrictHeard]:
    """How far each district has come, by id."""
    with reading(engine) as connection:
        rows = [DistrictHeard(**row._asdict()) for row in connection.execute(select(DISTRICTS_HEARD))]
    return sorted(rows, key=lambda row: row.district)


def dead_letter_counts(engine: Engine) -> dict[str, int]:
    """How many dead letters there are, by reason."""
    query = select(DEAD_LETTERS.c.reason, func.count()).group_by(DEAD_LETTERS.c.reason)
    with reading(engine) as connection:
        return dict(sorted(connection.execute(query).all()))


def _level(level: int | None) -> Level:
    return "unknown" if level is None else level
