"""Writes what holds now beside the points: the stations of a district as its newest word has them, and its water."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, delete, select

from streams.rules.outputs import Standing, StationState, Water
from streams.store.engine import put
from streams.store.now_schema import STATIONS_NOW
from streams.store.outbox import issued_us
from streams.store.readable import readable
from streams.store.schema import DISTRICTS_NOW

Row = dict[str, Any]

_COLUMNS = ("station", "district", "state", "why", "observed_us", "value", "as_of_us")


class Stations(msgspec.Struct, frozen=True):
    """The stations of a district as it told of them at one minute."""

    district: str
    as_of_us: int
    told: Sequence[StationState]

    def rows(self) -> list[tuple[Any, ...]]:
        """Rows in the order of `_COLUMNS`."""
        return [
            (
                one.station,
                self.district,
                one.state,
                readable(one.why),
                issued_us(one.observed_at) if one.observed_at else None,
                one.value,
                self.as_of_us,
            )
            for one in self.told
        ]


def stations_of(standing: Standing) -> Stations:
    """What a district says of its stations."""
    return Stations(standing.district, issued_us(standing.issued_at), standing.stations)


_OLDER = delete(STATIONS_NOW).where((STATIONS_NOW.c.district == bindparam("of")) & (STATIONS_NOW.c.as_of_us < bindparam("before_us")))


def save_stations(connection: Connection, told: Iterable[Stations]) -> None:
    """Write the newest word of each district, and take out the stations that it does not name any more: they are well, or gone.

    Of a word that is older than what `districts_now` knows nothing is written, so that repeats bring nothing back.
    """
    newest: dict[str, Stations] = {}
    for one in told:
        if one.district not in newest or one.as_of_us >= newest[one.district].as_of_us:
            newest[one.district] = one
    if not newest:
        return
    query = select(DISTRICTS_NOW.c.district, DISTRICTS_NOW.c.as_of_us).where(DISTRICTS_NOW.c.district.in_(newest))
    known = {row.district: row.as_of_us for row in connection.execute(query)}
    fresh = [newest[district] for district in sorted(newest) if newest[district].as_of_us >= known.get(district, 0)]
    rows = sorted((row for one in fresh for row in one.rows()), key=lambda row: row[:2])
    put(connection, STATIONS_NOW, rows, _COLUMNS, over=_COLUMNS[2:])
    if fresh:
        # one statement for each: SQLite takes no condition of a thousand parts
        connection.execute(_OLDER, [{"of": one.district, "before_us": one.as_of_us} for one in fresh])


def water_row(water: Water) -> Row:
    """A part of a district's ensemble, as it was told."""
    return {
        "district": water.district,
        "part": water.part,
        "as_of_us": issued_us(water.issued_at),
        "memory": msgspec.msgpack.encode(water),
    }


def newest_waters(rows: Sequence[Row]) -> list[Row]:
    """Of each part the newest: a part may be a quarter of a megabyte, and the others would be written over at once."""
    newest: dict[tuple[str, int], Row] = {}
    for row in rows:
        key = (row["district"], row["part"])
        if key not in newest or row["as_of_us"] >= newest[key]["as_of_us"]:
            newest[key] = row
    return list(newest.values())
