"""The last hours of one road: the water for its chart, the changes of its level, and pictures of its water."""

from __future__ import annotations

import msgspec
from sqlalchemy import Engine, select

from streams.observation.moments import HOUR_US
from streams.store.engine import reading
from streams.store.public_pictures import PublicPicture, public_pictures
from streams.store.queries import districts_heard
from streams.store.recent_water import WaterThen, water_between
from streams.store.schema import WARNINGS

HOURS = 3
CHANGES = 8


class Change(msgspec.Struct, frozen=True):
    """The level of a road from a moment of the log on; None for unknown."""

    issued_us: int
    level: int | None
    basis: str


class Past(msgspec.Struct, frozen=True):
    """What was kept of a road: the water in its order up to a moment of the log, the last changes and pictures, newest first."""

    until_us: int = 0
    water: tuple[WaterThen, ...] = ()
    changes: tuple[Change, ...] = ()
    pictures: tuple[PublicPicture, ...] = ()


NO_PAST = Past()


def take_past(engine: Engine, low_point: str) -> Past:
    """Ask the store for the last three hours of the log, and for the last changes however long ago."""
    until_us = max((row.up_to_us for row in districts_heard(engine)), default=0)
    water = water_between(engine, until_us - HOURS * HOUR_US, until_us, low_point).get(low_point, ())
    columns = (WARNINGS.c.issued_us, WARNINGS.c.level, WARNINGS.c.basis)
    newest = select(*columns).where(WARNINGS.c.low_point == low_point).order_by(WARNINGS.c.issued_us.desc(), WARNINGS.c.number.desc())
    with reading(engine) as connection:
        changes = tuple(Change(*row) for row in connection.execute(newest.limit(CHANGES)))
    return Past(until_us, water, changes, public_pictures(engine, low_point, until_us - HOURS * HOUR_US))
