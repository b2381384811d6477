"""Points, zones, districts and warnings as entities: never calmer than what is known (laws 3 and 12)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import msgspec

from streams.city.model import City, LowPoint
from streams.console.live.says import Water
from streams.desk.state import zone_view
from streams.observation.moments import to_text
from streams.store.queries import DistrictSays, PointNow, RecentWarning
from streams.store.recent_water import WaterThen
from streams.web.board import OUTLOOK_US, shown
from streams.web.freshness import Freshness
from streams.web.trend import Trend, trend

Entities = dict[str, bytes]
Then = tuple[WaterThen, ...]

_NOTHING = msgspec.Raw(b"null")


class PointEntity(msgspec.Struct, frozen=True):
    """A low point; null is unknown.

    Attributes
    ----------
    level
        1 to 4 as known or last known, 0 only where that is known now.
    last
        The level is what was last known, not what is known now.
    held
        There is no reading now, but the district is there: a silent sensor.
    was
        The last known level of a point that is told as unknown, where there is one.
    why
        The reason that its last warning gave.
    trend
        Where the water goes; null where that is not known, or there is none to speak of.
    """

    level: int | None = None
    last: bool = False
    held: bool = False
    was: int | None = None
    basis: str | None = None
    unconfirmed: bool = False
    depth_m: float | None = None
    observed_at: str | None = None
    why: str | None = None
    trend: Trend | None = None
    forecast: msgspec.Raw = _NOTHING


class Points:
    """Makes entities of points; of what has not changed, the one that was made. For one thread."""

    def __init__(self, city: City):
        self._city = city
        self._made: dict[str, tuple[tuple[object, ...], bytes]] = {}

    def entities(self, water: Water, then: Mapping[str, Then], fresh: Freshness) -> Entities:
        """Every point of the city, those too of which nothing was ever said: unknown is not dry."""
        return {point.low_point_id: self._entity(point, water, then, fresh) for point in self._city.low_points}

    def _entity(self, point: LowPoint, water: Water, then: Mapping[str, Then], fresh: Freshness) -> bytes:
        name = point.low_point_id
        forecast = water.expected.get(name)
        if forecast is not None and fresh.now_us - forecast.issued_us > OUTLOOK_US:
            forecast = None
        silent = point.district_id in fresh.silent
        told = (water.points.get(name), silent, water.reasons.get(name), then.get(name, ()), forecast)
        made = self._made.get(name)
        if made is None or made[0] != told:
            made = self._made[name] = (told, msgspec.json.encode(_point(*told[:4], forecast.told if forecast else None)))
        return made[1]


def _point(now: PointNow | None, silent: bool, why: str | None, then: Then, forecast: bytes | None) -> PointEntity:
    told = msgspec.Raw(forecast) if forecast is not None else _NOTHING
    if now is None:
        return PointEntity(forecast=told)
    level, last, was = shown(now, silent)
    return PointEntity(
        level=level,
        last=last,
        held=now.level == "unknown",
        was=was,
        basis=now.basis,
        unconfirmed=now.unconfirmed,
        depth_m=now.depth_m,
        observed_at=to_text(now.observed_us) if now.observed_us is not None else None,
        why=why,
        trend=trend(now.depth_m, now.observed_us, then) if level is not None and not last else None,
        forecast=told,
    )


def zones(water: Water) -> Entities:
    """Zones that are not at rest."""
    said = ((says.district, zone) for says in water.districts.values() for zone in says.zones)
    return {zone.zone: msgspec.json.encode({**zone_view(zone).model_dump(), "district": district}) for district, zone in said}


def districts(city: City, water: Water, fresh: Freshness) -> Entities:
    """Every district; one that is silent is at most as calm as it was."""
    unknown = Counter[str]()
    for point in city.low_points:
        now = water.points.get(point.low_point_id)
        if now is None or now.level == "unknown" or point.district_id in fresh.silent:
            unknown[point.district_id] += 1
    return {name: msgspec.json.encode(_district(name, water, name in fresh.silent, unknown[name])) for name in city.districts}


def _district(name: str, water: Water, silent: bool, unknown_points: int) -> dict[str, Any]:
    says, rain = water.districts.get(name), water.rain.get(name)
    return {
        "level": _level(says, silent),
        "signal": says.signal if says else None,
        "rain_mm_30min": rain.rain_mm_30min if rain and not silent else None,
        "as_of": to_text(says.as_of_us) if says else None,
        "silent": silent,
        "unknown_points": unknown_points,
    }


def _level(says: DistrictSays | None, silent: bool) -> int | None:
    if says is None or (silent and says.level == 0):
        return None
    return says.level


def warnings(water: Water) -> Entities:
    """The newest changes of points' states, by key."""
    return {warning.key: msgspec.json.encode(_warning(warning)) for warning in water.warnings}


def _warning(warning: RecentWarning) -> dict[str, Any]:
    return {
        "low_point": warning.low_point,
        "issued_at": to_text(warning.issued_us),
        "level": None if warning.level == "unknown" else warning.level,
        "basis": warning.basis,
        "unconfirmed": warning.unconfirmed,
        "reason": warning.reason,
        "depth_m": warning.depth_m,
    }
