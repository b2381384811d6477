"""How soon the water of an order comes, by the last forecast of the point that carries it."""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection, select

from streams.rules.outputs import Order, TimeTo
from streams.store.schema import FORECASTS_NOW

UNKNOWN_MIN = 30.0


class _Line(msgspec.Struct):
    minutes_to: list[TimeTo]


def minutes_to_water(connection: Connection, order: Order) -> float:
    """Minutes until the level of an order is reached: 0 where it was measured, at most 120."""
    if order.msg_type == "Cancel" or order.basis != "forecast":
        return 0.0
    line = connection.execute(select(FORECASTS_NOW.c.line).where(FORECASTS_NOW.c.low_point == order.low_point)).scalar()
    if line is None:
        return UNKNOWN_MIN
    rungs = msgspec.json.decode(line, type=_Line).minutes_to
    minutes = rungs[order.level - 1].q50 if 0 < order.level <= len(rungs) else None
    return UNKNOWN_MIN if minutes is None else min(120.0, max(0.0, minutes))
