"""The water of the last hours at low points, for charts and trends of the public page."""

from __future__ import annotations

from collections import defaultdict

import msgspec
from sqlalchemy import Engine, select

from streams.store.engine import reading
from streams.store.history_schema import POINT_HISTORY


class WaterThen(msgspec.Struct, frozen=True):
    """A point at a moment of the log; `level` None for unknown, `depth_m` None where nothing was known."""

    at_us: int
    level: int | None
    depth_m: float | None


def water_between(engine: Engine, from_us: int, until_us: int, low_point: str | None = None) -> dict[str, tuple[WaterThen, ...]]:
    """What was kept from one moment to another, both included, by point and in its order; of one point alone where one is named."""
    query = select(POINT_HISTORY.c.low_point, POINT_HISTORY.c.at_us, POINT_HISTORY.c.level, POINT_HISTORY.c.depth_m)
    query = query.where(POINT_HISTORY.c.at_us.between(from_us, until_us)).order_by(POINT_HISTORY.c.at_us)
    if low_point is not None:
        query = query.where(POINT_HISTORY.c.low_point == low_point)
    found: dict[str, list[WaterThen]] = defaultdict(list)
    with reading(engine) as connection:
        for point, *then in connection.execute(query):
            found[point].append(WaterThen(*then))
    return {point: tuple(rows) for point, rows in found.items()}
