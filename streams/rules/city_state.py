"""Levels by district and for the whole city: told as of the moment that every district has reached (law 4)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from streams.rules.rain_signals import RANKS


class DistrictState(msgspec.Struct, frozen=True):
    """What a district says: when, its highest level, its rainfall signal ("" for none), and how many points are unknown."""

    district: str
    as_of_us: int
    level: int
    signal: str
    unknown_points: int


class CityState(msgspec.Struct, frozen=True):
    """The whole city.

    Attributes
    ----------
    as_of_us
        The moment up to which all districts have spoken; None while one has not.
    level, signal
        The gravest of any district.
    districts_at
        Districts at each level 0 to 4.
    missing
        Districts that have never spoken: with one of them the city's level is a least, not the truth.
    """

    as_of_us: int | None
    level: int
    signal: str
    districts_at: tuple[int, ...]
    missing: tuple[str, ...]


def city_state(expected: Sequence[str], said: Iterable[DistrictState]) -> CityState:
    """Put the districts together; those that the city does not have are passed over."""
    known = {state.district: state for state in said if state.district in expected}
    missing = tuple(district for district in expected if district not in known)
    levels = [state.level for state in known.values()]
    signals = [state.signal for state in known.values() if state.signal]
    return CityState(
        as_of_us=None if missing or not known else min(state.as_of_us for state in known.values()),
        level=max(levels, default=0),
        signal=max(signals, key=lambda name: RANKS.index(name) if name in RANKS else -1, default=""),
        districts_at=tuple(levels.count(level) for level in range(5)),
        missing=missing,
    )
