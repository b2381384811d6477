"""Questions about what was, each one function; moments are of the log, both ends of a stretch included."""

from __future__ import annotations

from collections.abc import Collection

import msgspec
from sqlalchemy import Engine, select

from streams.store.engine import among, reading
from streams.store.history_schema import FORECASTS_KEPT, POINT_HISTORY, RAIN_HISTORY, VERDICTS
from streams.store.schema import WARNINGS


class PointThen(msgspec.Struct, frozen=True):
    """A low point at a moment; `level` None for unknown, `depth_m` None where nothing was known."""

    at_us: int
    level: int | None
    depth_m: float | None
    basis: str
    unconfirmed: bool


class RainThen(msgspec.Struct, frozen=True):
    """Rain of the 30 min before a moment, in mm, and the rainfall signal, "" for none."""

    at_us: int
    rain_mm_30min: float
    signal: str


class KeptForecast(msgspec.Struct, frozen=True):
    """A forecast that was kept to be judged: a line of JSON."""

    issued_us: int
    line: bytes


class VerdictThen(msgspec.Struct, frozen=True):
    """What quality control noticed about a reading."""

    station: str
    reading: str
    at_us: int
    flags: tuple[str, ...]
    reason: str


class WarningThen(msgspec.Struct, frozen=True):
    """A change of a point's state; `level` None for unknown."""

    issued_us: int
    number: int
    level: int | None
    basis: str
    unconfirmed: bool
    reason: str
    depth_m: float
    key: str


def point_history(engine: Engine, low_point: str, from_us: int, until_us: int) -> list[PointThen]:
    """What was kept of a point, oldest first."""
    columns = [POINT_HISTORY.c[name] for name in PointThen.__struct_fields__]
    own = (POINT_HISTORY.c.low_point == low_point) & POINT_HISTORY.c.at_us.between(from_us, until_us)
    with reading(engine) as connection:
        return [PointThen(*row) for row in connection.execute(select(*columns).where(own).order_by(POINT_HISTORY.c.at_us))]


def rain_history(engine: Engine, district: str, from_us: int, until_us: int) -> list[RainThen]:
    """What was kept of a district's rain, oldest first."""
    columns = [RAIN_HISTORY.c[name] for name in RainThen.__struct_fields__]
    own = (RAIN_HISTORY.c.district == district) & RAIN_HISTORY.c.at_us.between(from_us, until_us)
    with reading(engine) as connection:
        return [RainThen(*row) for row in connection.execute(select(*columns).where(own).order_by(RAIN_HISTORY.c.at_us))]


def kept_forecasts(engine: Engine, low_point: str, from_us: int, until_us: int) -> list[KeptForecast]:
    """Forecasts of a point that were kept, oldest first."""
    own = (FORECASTS_KEPT.c.low_point == low_point) & FORECASTS_KEPT.c.issued_us.between(from_us, until_us)
    query = select(FORECASTS_KEPT.c.issued_us, FORECASTS_KEPT.c.line).where(own).order_by(FORECASTS_KEPT.c.issued_us)
    with reading(engine) as connection:
        return [KeptForecast(issued_us, bytes(line)) for issued_us, line in connection.execute(query)]


def verdicts_of(engine: Engine, stations: Collection[str], limit: int) -> list[VerdictThen]:
    """The newest verdicts on readings of these stations, newest first."""
    columns = [VERDICTS.c[name] for name in VerdictThen.__struct_fields__]
    if not stations:
        return []
    with reading(engine) as connection:
        own = select(*columns).where(among(connection, VERDICTS.c.station, stations))
        rows = connection.execute(own.order_by(VERDICTS.c.at_us.desc(), VERDICTS.c.key).limit(limit)).all()
    return [VerdictThen(**{**row._asdict(), "flags": tuple(msgspec.json.decode(row.flags))}) for row in rows]


def warnings_of(engine: Engine, low_point: str, from_us: int, until_us: int) -> list[WarningThen]:
    """Changes of a point's state, newest first."""
    columns = [WARNINGS.c[name] for name in WarningThen.__struct_fields__]
    own = (WARNINGS.c.low_point == low_point) & WARNINGS.c.issued_us.between(from_us, until_us)
    newest = select(*columns).where(own).order_by(WARNINGS.c.issued_us.desc(), WARNINGS.c.number.desc())
    with reading(engine) as connection:
        return [WarningThen(*row) for row in connection.execute(newest)]


def last_warning_of(engine: Engine, low_point: str) -> WarningThen | None:
    """The last change of a point's state, None where there was none."""
    columns = [WARNINGS.c[name] for name in WarningThen.__struct_fields__]
    newest = select(*columns).where(WARNINGS.c.low_point == low_point).order_by(WARNINGS.c.issued_us.desc(), WARNINGS.c.number.desc())
    with reading(engine) as connection:
        row = connection.execute(newest.limit(1)).first()
    return None if row is None else WarningThen(*row)
