"""Pictures that cameras gave with their readings."""

from __future__ import annotations

import msgspec
from sqlalchemy import Engine, func, select

from streams.store.engine import reading
from streams.store.reports_schema import STATION_PICTURES


class StationPicture(msgspec.Struct, frozen=True):
    """A picture with what was read from it: a name on the shelf, or an address elsewhere."""

    station: str
    observed_us: int
    picture: str
    depth_m: float
    confidence: float | None


def newest_pictures(engine: Engine, low_point: str, since_us: int) -> list[StationPicture]:
    """The newest picture of each camera at a low point, the newest first."""
    columns = [STATION_PICTURES.c[name] for name in StationPicture.__struct_fields__]
    rank = func.row_number().over(partition_by=STATION_PICTURES.c.station, order_by=STATION_PICTURES.c.observed_us.desc())
    own = (STATION_PICTURES.c.low_point == low_point) & (STATION_PICTURES.c.observed_us >= since_us)
    ranked = select(*columns, rank.label("place")).where(own).subquery()
    query = select(*[ranked.c[column.name] for column in columns]).where(ranked.c.place == 1)
    with reading(engine) as connection:
        rows = connection.execute(query.order_by(ranked.c.observed_us.desc(), ranked.c.station))
        return [StationPicture(*row) for row in rows]
