"""Which reports are of one water: the same low point, or as near as that, at the same time. Exercises are never with what is real."""

from __future__ import annotations

from collections.abc import Iterable
from math import cos, hypot, radians

import msgspec

from streams.observation.moments import MINUTE_US

NEAR_M = 150.0
APART_US = 30 * MINUTE_US
_M_PER_DEG = 111_195.0
"""Of latitude, on a sphere of 6,371 km."""


class Sight(msgspec.Struct, frozen=True):
    """What of a report tells which water it saw; of one that comes just now `group_id` is its own id."""

    group_id: str
    training: bool
    observed_us: int
    low_point: str | None = None
    lon: float | None = None
    lat: float | None = None


def group_of(new: Sight, others: Iterable[Sight]) -> str:
    """The group of a report: that of the report it fits best, else its own.

    The same low point goes before a place nearby, then what is nearer, then what was seen last; the id settles what is left, so that the
    order in which others are given does not matter. A group in which somebody names another low point is never it, not even by a report
    between the two that names none.
    """
    every = list(others)
    barred = {other.group_id for other in every if _names_another(new, other)}
    fits = [(rank, other) for other in every if other.group_id not in barred and (rank := _rank(new, other)) is not None]
    return min(fits, key=lambda fit: (*fit[0], fit[1].group_id))[1].group_id if fits else new.group_id


def apart_m(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    """Metres between two places of one city, where the earth is flat: within 0.1 % up to some kilometres."""
    east = (other_lon - lon + 180.0) % 360.0 - 180.0
    return hypot(east * cos(radians((lat + other_lat) / 2)), other_lat - lat) * _M_PER_DEG


def _names_another(new: Sight, other: Sight) -> bool:
    return new.low_point is not None and other.low_point is not None and new.low_point != other.low_point


def _rank(new: Sight, other: Sight) -> tuple[float, ...] | None:
    """How well another fits, the best first; None where it does not."""
    between_us = abs(new.observed_us - other.observed_us)
    if new.training != other.training or between_us > APART_US or _names_another(new, other):
        return None
    if new.low_point is not None and new.low_point == other.low_point:
        return (0, 0.0, between_us)
    if new.lon is None or new.lat is None or other.lon is None or other.lat is None:
        return None
    metres = apart_m(new.lon, new.lat, other.lon, other.lat)
    return (1, metres, between_us) if metres <= NEAR_M else None
