"""What was, for those who look back on a storm: changes, histories, and forecasts that were kept. Stretches include both their ends."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import Any

import msgspec
import numpy as np
from sqlalchemy import Engine, Row, func, select

from models.verify.record import Floats, Ints
from streams.store.decisions_schema import ORDER_STATES, RAIN_SIGNALS
from streams.store.engine import among, reading
from streams.store.history_rows import LAST
from streams.store.history_schema import FORECASTS_KEPT, POINT_HISTORY, RAIN_HISTORY
from streams.store.schema import ORDERS, WARNINGS
from streams.storms.find import Change
from streams.storms.skill import Foretold
from streams.storms.watched import History, Warned

MEASURED = "measured"

FEW_POINTS = 100
"""Of so many points each is looked up; of more, all that was kept in the stretch is read in one go."""


class Toll(msgspec.Struct, frozen=True):
    """A storm in figures: its worst level, points that came to level 1 at least, the most rain in 30 min (None: not kept), orders."""

    worst_level: int
    points: int
    peak_rain_mm_30min: float | None
    orders: int
    released: int


def changes_between(engine: Engine, from_us: int, until_us: int) -> list[Change]:
    """What begins and ends storms, in its order: points that came to a level or left it, and rainfall signals."""
    wet = select(WARNINGS.c.low_point, WARNINGS.c.issued_us, func.coalesce(WARNINGS.c.level, 0) > 0)
    wet = wet.where(WARNINGS.c.issued_us.between(from_us, until_us)).order_by(WARNINGS.c.issued_us, WARNINGS.c.number)
    signals = select(RAIN_SIGNALS.c.district, RAIN_SIGNALS.c.issued_us, RAIN_SIGNALS.c.signal != "")
    signals = signals.where(RAIN_SIGNALS.c.issued_us.between(from_us, until_us)).order_by(RAIN_SIGNALS.c.issued_us)
    with reading(engine) as connection:
        points = [Change(f"point {name}", at_us, bool(holds)) for name, at_us, holds in connection.execute(wet)]
        districts = [Change(f"district {name}", at_us, bool(holds)) for name, at_us, holds in connection.execute(signals)]
    return points + districts


def toll_of(engine: Engine, from_us: int, until_us: int) -> Toll:
    """A stretch of time in figures."""
    levels = select(func.max(WARNINGS.c.level), func.count(WARNINGS.c.low_point.distinct()))
    levels = levels.where(WARNINGS.c.issued_us.between(from_us, until_us), WARNINGS.c.level > 0)
    rain = select(func.max(RAIN_HISTORY.c.rain_mm_30min)).where(RAIN_HISTORY.c.at_us.between(from_us, until_us))
    told = ORDERS.join(ORDER_STATES, ORDERS.c.identifier == ORDER_STATES.c.identifier)
    orders = (
        select(ORDER_STATES.c.state, func.count().label("versions")).select_from(told).where(ORDERS.c.issued_us.between(from_us, until_us))
    )
    with reading(engine) as connection:
        worst, points = connection.execute(levels).one()
        states = {row.state: row.versions for row in connection.execute(orders.group_by(ORDER_STATES.c.state))}
        return Toll(worst or 0, points, connection.scalar(rain), sum(states.values()), states.get("released", 0))


def histories(engine: Engine, points: Collection[str], from_us: int, until_us: int) -> dict[str, History]:
    """What was kept of points; those of which nothing was are missing."""
    columns = [POINT_HISTORY.c[name] for name in ("low_point", "at_us", "level", "depth_m", "basis", "number")]
    query = select(*columns).where(POINT_HISTORY.c.at_us.between(from_us, until_us))
    rows: dict[str, list[Row[Any]]] = defaultdict(list)
    with reading(engine) as connection:
        if len(points) <= FEW_POINTS:
            # a week of one point is not to cost a week of the whole city
            query = query.where(among(connection, POINT_HISTORY.c.low_point, points))
        for row in connection.execute(query.order_by(POINT_HISTORY.c.at_us)):
            rows[row.low_point].append(row)
    return {point: _history(rows[point]) for point in points if point in rows}


def warned(engine: Engine, from_us: int, until_us: int) -> dict[str, list[Warned]]:
    """Warnings by point, in their order."""
    columns = [WARNINGS.c[name] for name in ("low_point", "issued_us", "level", "basis")]
    query = select(*columns).where(WARNINGS.c.issued_us.between(from_us, until_us))
    found: dict[str, list[Warned]] = defaultdict(list)
    with reading(engine) as connection:
        for point, at_us, level, basis in connection.execute(query.order_by(WARNINGS.c.issued_us, WARNINGS.c.number)):
            found[point].append(Warned(at_us, level, basis))
    return dict(found)


def rain(engine: Engine, from_us: int, until_us: int) -> dict[str, tuple[Ints, Floats]]:
    """Moments and mm in the 30 min before them, by district."""
    query = select(RAIN_HISTORY.c.district, RAIN_HISTORY.c.at_us, RAIN_HISTORY.c.rain_mm_30min)
    query = query.where(RAIN_HISTORY.c.at_us.between(from_us, until_us)).order_by(RAIN_HISTORY.c.at_us)
    found: dict[str, list[tuple[int, float]]] = defaultdict(list)
    with reading(engine) as connection:
        for district, at_us, rain_mm in connection.execute(query):
            found[district].append((at_us, rain_mm))
    return {name: (np.array([at for at, _ in rows], np.int64), np.array([mm for _, mm in rows])) for name, rows in found.items()}


def foretold(engine: Engine, from_us: int, until_us: int) -> list[Foretold]:
    """Forecasts that were kept, in the order of their issue."""
    query = select(FORECASTS_KEPT).where(FORECASTS_KEPT.c.issued_us.between(from_us, until_us)).order_by(FORECASTS_KEPT.c.issued_us)
    with reading(engine) as connection:
        rows = connection.execute(query).all()
    decoder = msgspec.json.Decoder(_Line)
    return [Foretold(row.low_point, row.issued_us, line.lead_min, line.depth_m) for row in rows if (line := decoder.decode(row.line))]


class _Line(msgspec.Struct):
    """As much of a line of forecasts.ndjson as is judged."""

    lead_min: list[int]
    depth_m: dict[str, list[float]]


def _history(rows: list[Row[Any]]) -> History:
    levels = [-1 if row.level is None else row.level for row in rows]
    depths = [np.nan if row.depth_m is None or not _is_measured(row) else row.depth_m for row in rows]
    return History(np.array([row.at_us for row in rows], np.int64), np.array(levels, np.int64), np.array(depths, float))


def _is_measured(row: Row[Any]) -> bool:
    """A minute's word tells the water that is seen, a warning what decided: a forecast, say. While nobody sees, the last depth is none."""
    return bool(row.level is not None and (row.number == LAST or row.basis == MEASURED))
