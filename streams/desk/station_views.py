"""Stations as every page tells of them."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from msgspec import structs
from sqlalchemy import Engine

from streams.city.model import City, Station
from streams.console.live.beside import MOST_STATIONS, reticent, stations
from streams.desk.points_wire import StationView
from streams.store.live_rows import stations_seen
from streams.store.queries import districts_now
from streams.web.freshness import Freshness


class _Told(msgspec.Struct):
    state: str
    why: str
    observed_at: str | None
    value: float | None


_TOLD = msgspec.json.Decoder(_Told)


def station_views(engine: Engine, city: City, own: Iterable[Station], fresh: Freshness) -> list[StationView]:
    """These stations in their order, well or not; one that serves several districts is as well as the worst of them says."""
    own = list(own)
    rows, spoken = stations_seen(engine), {district.district for district in districts_now(engine)}
    brief, views = reticent(city), []
    for first in range(0, len(own), MOST_STATIONS):  # of more at once only those that are not well would be told
        some = own[first : first + MOST_STATIONS]
        found = stations(structs.replace(city, stations=tuple(some)), rows, spoken, fresh, brief)
        views += [_view(station, _TOLD.decode(found[station.station_id])) for station in some]
    return views


def _view(station: Station, told: _Told) -> StationView:
    return StationView(
        station=station.station_id,
        kind=station.kind,
        state=told.state,
        why=told.why,
        observed_at=told.observed_at,
        value=told.value,
    )
