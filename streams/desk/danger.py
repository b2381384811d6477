"""How many of a zone stand in the water that its order speaks of, and where that water is."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
from sqlalchemy import Engine

from streams.area.addresses import Addresses, read_addresses
from streams.area.danger import Area, DangerAreas, Outlook, When, feature_collection
from streams.city.model import City, LowPoint
from streams.city.near import distance_m
from streams.rules.limits import WET_M
from streams.rules.outputs import Forecast
from streams.store.live_rows import forecasts_of
from streams.store.queries import PointNow, points_now
from streams.web.board import OUTLOOK_US
from streams.web.freshness import Freshness

NEAR_M = 2000.0
MOST_POINTS = 12
MUST_RECKON = "0.9"


@dataclass(frozen=True)
class Near:
    """A point with its water: `current` false for what was last known and not what is known now."""

    point: LowPoint
    carries: bool
    outlook: Outlook
    current: bool

    @property
    def soon_m(self) -> float | None:
        """What must be reckoned with within half an hour."""
        return self.outlook.soon_m(MUST_RECKON)

    @property
    def wet(self) -> bool:
        """Whether there is water, or may be."""
        return max(self.outlook.now_m or 0.0, self.soon_m or 0.0) >= WET_M


@dataclass(frozen=True)
class Danger:
    """Points with water near a zone, the areas of these that touch it, and how many live in both; None where nobody can count."""

    points: tuple[Near, ...]
    areas: tuple[Area, ...]
    people_now: int | None
    people_soon: int | None

    @property
    def geojson(self) -> dict[str, object]:
        """The areas."""
        return feature_collection(self.areas)


class Dangers:
    """Answers for the zones of one city; the terrain and the addresses are read when it is first asked."""

    def __init__(self, city: City):
        self._city = city
        self._lock = threading.Lock()
        self._made: tuple[DangerAreas, Addresses | None] | None = None

    def of(self, engine: Engine, fresh: Freshness, zone: str, district: str, low_point: str) -> Danger:
        """What threatens a zone now.

        Parameters
        ----------
        low_point
            The one that carries the order; "" where an officer raised the zone as a whole: then the worst of its district stands for it.
        """
        near = self._near(engine, fresh, district, low_point)
        with self._lock:
            self._made = self._made or self._make()
            areas, addresses = self._made
            drawn = [area for one in near if one.wet for area in areas.of(one.point.low_point_id, one.outlook)]
        touching = tuple(area for area in drawn if area.depth_m >= WET_M and any(part.zone_id == zone for part in area.zones))
        # of a point whose depth is not known, nobody can say how many stand in its water
        now = _people(touching, zone, "now", addresses) if near and near[0].outlook.now_m is not None else None
        soon = _people(touching, zone, "30 min", addresses) if near and near[0].soon_m is not None else None
        return Danger(near, touching, now, soon)

    def _make(self) -> tuple[DangerAreas, Addresses | None]:
        addresses = read_addresses(Path(self._city.folder)) if self._city.folder else None
        return DangerAreas(self._city, addresses), addresses

    def _near(self, engine: Engine, fresh: Freshness, district: str, low_point: str) -> tuple[Near, ...]:
        """The point that carries it, whatever is known of it, then those near by that are wet or may be."""
        own = [point for point in self._city.low_points if point.district_id == district]
        now = {row.low_point: row for row in points_now(engine)}
        carrying = next((point for point in own if point.low_point_id == low_point), None) or _worst(own, now)
        if carrying is None:
            return ()
        others = sorted((_metres(carrying, point), point.low_point_id, point) for point in own if point is not carrying)
        wanted = [carrying, *(point for metres, _, point in others if metres <= NEAR_M)]
        ahead = forecasts_of(engine, [point.low_point_id for point in wanted])
        found = [_near(point, point is carrying, now.get(point.low_point_id), ahead.get(point.low_point_id), fresh) for point in wanted]
        return tuple([one for one in found if one.carries or one.wet][:MOST_POINTS])


def _near(point: LowPoint, carries: bool, row: PointNow | None, told: tuple[int, bytes] | None, fresh: Freshness) -> Near:
    depth_m = row.depth_m if row else None
    forecast = _forecast(told[1]) if told is not None and fresh.now_us - told[0] <= OUTLOOK_US else None
    outlook = Outlook(depth_m) if forecast is None else Outlook(depth_m, forecast.lead_min, forecast.depth_m)
    known = row is not None and row.level != "unknown"
    return Near(point, carries, outlook, known and point.district_id not in fresh.silent)


def _people(areas: Iterable[Area], zone: str, when: When, addresses: Addresses | None) -> int | None:
    """Each counted once, however many areas they stand in."""
    if addresses is None:
        return None
    asked = [area for area in areas if area.when == when and area.quantile in (None, MUST_RECKON)]
    inside = [part.addresses for area in asked for part in area.zones if part.zone_id == zone and part.addresses is not None]
    return int(addresses.people[np.unique(np.concatenate([np.zeros(0, np.int64), *inside]))].sum())


def _worst(points: list[LowPoint], now: dict[str, PointNow]) -> LowPoint | None:
    def badness(point: LowPoint) -> tuple[int, float]:
        row = now.get(point.low_point_id)
        return (row.held_level, row.depth_m or 0.0) if row else (-1, 0.0)

    return max(points, key=badness, default=None)


def _metres(one: LowPoint, other: LowPoint) -> float:
    return distance_m(one.lon, one.lat, other.lon, other.lat)


def _forecast(line: bytes) -> Forecast | None:
    try:
        return msgspec.json.decode(line, type=Forecast)
    except msgspec.DecodeError:
        return None  # one that cannot be read is none (law 9)
