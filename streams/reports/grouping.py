"""Which reports are of one water: the same low point, or as near as that, at the same time. Exercises are never with what is real."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from streams.city.near import distance_m
from streams.observation.moments import MINUTE_US

NEAR_M = 150.0
WIDEST_M = 2 * NEAR_M
"""No group is wider: else water would be linked to water along a whole road, and all of it be said to stand at one low point."""
APART_US = 30 * MINUTE_US


class Sight(msgspec.Struct, frozen=True):
    """What of a report tells which water it saw; of one that comes just now `group_id` is its own id.

    `error_m` is how far off its place may be; beyond `NEAR_M` it is only roughly placed.
    """

    group_id: str
    training: bool
    observed_us: int
    low_point: str | None = None
    lon: float | None = None
    lat: float | None = None
    error_m: float | None = None


def is_rough(error_m: float | None) -> bool:
    """Whether a place is too uncertain to say which water was seen: all telephones of one mast are told to be in its middle."""
    return error_m is not None and error_m > NEAR_M


def group_of(new: Sight, others: Iterable[Sight]) -> str:
    """The group of a report: that of the report it fits best, else its own.

    The same low point goes before a place nearby, then what is nearer, then what was seen last; the id settles what is left, so that the
    order in which others are given does not matter. A group in which somebody names another low point is never it, not even by a report
    between the two that names none; nor one, of places alone, that would become wider than `WIDEST_M`. What is only roughly placed is with
    its like.
    """
    every = list(others)
    barred = {other.group_id for other in every if _names_another(new, other) or is_too_far(new, other)}
    fits = [(rank, other) for other in every if other.group_id not in barred and (rank := _rank(new, other)) is not None]
    return min(fits, key=lambda fit: (*fit[0], fit[1].group_id))[1].group_id if fits else new.group_id


def _names_another(new: Sight, other: Sight) -> bool:
    return new.low_point is not None and other.low_point is not None and new.low_point != other.low_point


def is_too_far(new: Sight, other: Sight) -> bool:
    """Whether a report that names no low point would make the group of another one wider than it may be."""
    apart = _metres(new, other)
    return new.low_point is None and apart is not None and apart > WIDEST_M


def _metres(new: Sight, other: Sight) -> float | None:
    if new.lon is None or new.lat is None or other.lon is None or other.lat is None:
        return None
    return distance_m(new.lon, new.lat, other.lon, other.lat)


def _rank(new: Sight, other: Sight) -> tuple[float, ...] | None:
    """How well another fits, the best first; None where it does not."""
    between_us = abs(new.observed_us - other.observed_us)
    if new.training != other.training or between_us > APART_US or _names_another(new, other):
        return None
    if new.low_point is not None and new.low_point == other.low_point:
        return (0, 0.0, between_us)
    metres = _metres(new, other)
    if metres is None or metres > NEAR_M or is_rough(new.error_m) != is_rough(other.error_m):
        return None
    return (1, metres, between_us)
