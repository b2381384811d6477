"""Pictures that cameras gave with their readings."""

from __future__ import annotations

import msgspec
from sqlalchemy import Engine, func, or_, select, update

from streams.store.engine import reading, writing
from streams.store.reports_schema import STATION_PICTURES

ADDRESSES = ("https://", "http://")
NAME_LENGTH = 64
"""Of a name on the shelf: SHA-256 in hexadecimal."""


class StationPicture(msgspec.Struct, frozen=True):
    """A picture with what was read from it: a name on the shelf, or an address elsewhere."""

    station: str
    observed_us: int
    picture: str
    depth_m: float
    confidence: float | None


def newest_pictures(engine: Engine, low_point: str, since_us: int) -> list[StationPicture]:
    """The newest picture of each camera at a low point that can be shown, the newest first: an unknown name hides no picture before it."""
    columns = [STATION_PICTURES.c[name] for name in StationPicture.__struct_fields__]
    rank = func.row_number().over(partition_by=STATION_PICTURES.c.station, order_by=STATION_PICTURES.c.observed_us.desc())
    own = (STATION_PICTURES.c.low_point == low_point) & (STATION_PICTURES.c.observed_us >= since_us)
    shown = or_(*[STATION_PICTURES.c.picture.startswith(one) for one in ADDRESSES], func.length(STATION_PICTURES.c.picture) == NAME_LENGTH)
    ranked = select(*columns, rank.label("place")).where(own & shown).subquery()
    query = select(*[ranked.c[column.name] for column in columns]).where(ranked.c.place == 1)
    with reading(engine) as connection:
        rows = connection.execute(query.order_by(ranked.c.observed_us.desc(), ranked.c.station))
        return [StationPicture(*row) for row in rows]


def pictures_called(engine: Engine, beginning: str, after_us: int) -> list[tuple[str, StationPicture]]:
    """Low point and picture of all whose name begins so, observed after a moment, in the order of their time."""
    columns = [STATION_PICTURES.c[name] for name in StationPicture.__struct_fields__]
    such = STATION_PICTURES.c.picture.startswith(beginning, autoescape=True) & (STATION_PICTURES.c.observed_us > after_us)
    query = select(STATION_PICTURES.c.low_point, *columns).where(such)
    with reading(engine) as connection:
        rows = connection.execute(query.order_by(STATION_PICTURES.c.observed_us, STATION_PICTURES.c.station))
        return [(low_point, StationPicture(*row)) for low_point, *row in rows]


def call_picture(engine: Engine, seen: StationPicture, name: str) -> None:
    """Give a picture another name, if it still has the one it had."""
    same = (STATION_PICTURES.c.station == seen.station) & (STATION_PICTURES.c.observed_us == seen.observed_us)
    with writing(engine) as connection:
        connection.execute(update(STATION_PICTURES).where(same & (STATION_PICTURES.c.picture == seen.picture)).values(picture=name))
