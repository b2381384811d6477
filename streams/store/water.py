"""The model's water as the districts last told it."""

from __future__ import annotations

import msgspec
from sqlalchemy import Engine, select

from streams.rules.outputs import Water
from streams.store.engine import reading
from streams.store.now_schema import WATER_NOW

_WATERS = msgspec.msgpack.Decoder(Water)


def water_now(engine: Engine) -> list[Water]:
    """The newest water of each part of each district, by both; one that cannot be read is left out, as if it had not been told."""
    query = select(WATER_NOW.c.memory).order_by(WATER_NOW.c.district, WATER_NOW.c.part)
    with reading(engine) as connection:
        rows = connection.scalars(query).all()
    return [water for row in rows if (water := _decoded(bytes(row))) is not None]


def _decoded(row: bytes) -> Water | None:
    try:
        return _WATERS.decode(row)
    except msgspec.DecodeError:
        return None
