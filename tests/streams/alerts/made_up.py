"""A town whose names are as bad as names can be, and orders of one flood there."""

from __future__ import annotations

from msgspec import structs

from streams.alerts.alert import Alert, Status
from streams.alerts.compose import alert_of
from streams.city.model import City, LowPoint, Public, Zone
from streams.observation.moments import HOUR_US, MINUTE_US, to_text
from streams.rules.outputs import Order
from tests.streams.towns import START_US, square, town

POINT_NAME = "A & B <dip>"
ZONE_NAME = "Koi \"Lane\" 'quarter' 🌊"
ISSUER = "flood.example.org"


def city_of(**changes: object) -> City:
    zones = (Zone("Z0", "D1", square(113.6, 34.7), "锦鲤里", ZONE_NAME),)
    city = town(zones=zones, public=Public(live=True, cap_issuer=ISSUER), **changes)
    return structs.replace(city, low_points=tuple(structs.replace(point, name_en=POINT_NAME) for point in city.low_points))


CITY = city_of()


def order_of(version: int = 1, msg_type: str = "Alert", level: int = 3, after_us: int = 0, **changes: object) -> Order:
    issued_us = START_US + after_us
    values = {
        "incident": "Z0-20260714T080000Z",
        "version": version,
        "msg_type": msg_type,
        "identifier": f"{ISSUER}_20260714160000_Z0-20260714T080000Z_{version}",
        "references": [],
        "zones": ["Z0"],
        "level": level,
        "basis": "measured",
        "state": "released",
        "issued_at": to_text(issued_us),
        "expires": to_text(issued_us + 6 * HOUR_US),
    }
    return Order(**{**values, **changes})  # type: ignore[arg-type]


def made(order: Order, before: Alert | None = None, status: Status = "Actual", city: City = CITY, depth_m: float | None = None) -> Alert:
    place: LowPoint = city.low_points[0]
    return alert_of(city, order, city.zones[0], place, before, status, depth_m=depth_m)


def thread(status: Status = "Actual", city: City = CITY) -> list[Alert]:
    """An Alert, an Update ten minutes later, and a Cancel after half an hour."""
    first = made(order_of(), None, status, city)
    second = made(order_of(2, "Update", 4, 10 * MINUTE_US), first, status, city)
    return [first, second, made(order_of(3, "Cancel", 4, 30 * MINUTE_US), second, status, city)]
