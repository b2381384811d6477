"""How far things of a city are from each other, as the crow flies, and which of its shelters are nearest."""

from __future__ import annotations

from math import asin, cos, pi, radians, sin, sqrt

import msgspec
import numpy as np
import numpy.typing as npt

from streams.city.model import City, LowPoint, Shelter

EARTH_M = 6_371_000
"""Mean radius of the earth."""
M_PER_DEG = pi * EARTH_M / 180
"""Of latitude."""


class Near(msgspec.Struct, frozen=True):
    """A shelter and its distance."""

    shelter: Shelter
    distance_m: float


def distance_m(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    """Metres between two places, along a great circle of a sphere: within 0.6 % of the ellipsoid's.

    Notes
    -----
    The haversine formula, which loses nothing where places are close together (R. W. Sinnott, "Virtues of the Haversine", Sky and
    Telescope 68, 1984, p. 159). Where tenths of a per cent matter there is `streams.city.geometry.distances_m`.
    """
    north, east = radians(other_lat - lat), radians(other_lon - lon)
    half = sin(north / 2) ** 2 + cos(radians(lat)) * cos(radians(other_lat)) * sin(east / 2) ** 2
    return 2 * EARTH_M * asin(min(1.0, sqrt(half)))


def distances_to_m(lon: float, lat: float, lons: npt.NDArray[np.float64], lats: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The same from one place to many, shape (n,)."""
    north, east = np.radians(lats - lat), np.radians(lons - lon)
    half = np.sin(north / 2) ** 2 + np.cos(np.radians(lat)) * np.cos(np.radians(lats)) * np.sin(east / 2) ** 2
    return np.asarray(2 * EARTH_M * np.arcsin(np.minimum(1.0, np.sqrt(half))), np.float64)


def placed(thing: LowPoint | Shelter) -> bool:
    """Whether it is known where something is: 0, 0 is what has no place."""
    return (thing.lon, thing.lat) != (0.0, 0.0)


def nearest_shelters(city: City, lon: float, lat: float, most: int = 3) -> list[Near]:
    """The nearest shelters to a place, the nearest first; none to 0, 0, which is where nobody knows where something is."""
    if (lon, lat) == (0.0, 0.0):
        return []
    found = [Near(shelter, distance_m(lon, lat, shelter.lon, shelter.lat)) for shelter in city.shelters if placed(shelter)]
    return sorted(found, key=lambda near: (near.distance_m, near.shelter.shelter_id))[:most]
