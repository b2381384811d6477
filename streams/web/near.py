"""The shelters nearest to a place, and how far they are as the crow flies."""

from __future__ import annotations

from math import asin, cos, radians, sin, sqrt

import msgspec

from streams.city.model import City, LowPoint, Shelter

EARTH_M = 6_371_000


class Near(msgspec.Struct, frozen=True):
    """A shelter and its distance."""

    shelter: Shelter
    distance_m: float


def placed(thing: LowPoint | Shelter) -> bool:
    """Whether it is known where something is: 0, 0 is what has no place."""
    return (thing.lon, thing.lat) != (0.0, 0.0)


def nearest(city: City, point: LowPoint, most: int = 3) -> list[Near]:
    """The nearest shelters, the nearest first; none where nobody knows where the point is."""
    if not placed(point):
        return []
    found = [Near(shelter, distance_m(point.lon, point.lat, shelter.lon, shelter.lat)) for shelter in city.shelters if placed(shelter)]
    return sorted(found, key=lambda near: (near.distance_m, near.shelter.shelter_id))[:most]


def distance_m(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    """Metres along a great circle."""
    north, east = radians(other_lat - lat), radians(other_lon - lon)
    half = sin(north / 2) ** 2 + cos(radians(lat)) * cos(radians(other_lat)) * sin(east / 2) ** 2
    return 2 * EARTH_M * asin(sqrt(half))
