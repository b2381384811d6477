"""Whether the road at a low point is open, by what is known now: never open on stale data (law 12)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec

from streams.alerts.levels import NAMES
from streams.city.model import City, LowPoint
from streams.store.level_changes import LevelChange
from streams.store.queries import PointNow
from streams.web.freshness import STALE_US, Freshness

State = Literal["open", "closed", "unknown"]

HEARTBEAT_S = 30
"""How often everything is said again at least."""


class Closure(msgspec.Struct, frozen=True):
    """The state of one road.

    Attributes
    ----------
    level
        1 to 4 as known or, of a road that is closed without a reading, as known last; 0 only where that is known now.
    since_us
        Since when the state has held; None where that is longer ago than two days, or nobody can tell.
    valid_until_us
        By the wall clock. Whoever does not hear again by then knows nothing, and a sign shows its fail-safe state.
    """

    low_point: str
    state: State
    level: int | Literal["unknown"]
    since_us: int | None
    reason: str
    valid_until_us: int


def closures(
    city: City, points: Mapping[str, PointNow], changes: Mapping[str, Sequence[LevelChange]], fresh: Freshness, now_us: int
) -> tuple[Closure, ...]:
    """The state of every road, in the order of the points' ids.

    Parameters
    ----------
    points
        What is last known of each point, by its id.
    changes
        When its level changed lately, in their order.
    fresh
        How old what is known is, at this moment.
    now_us
        The wall clock.
    """
    close_from = city.public.close_from_level
    ordered = sorted(city.low_points, key=lambda point: point.low_point_id)
    return tuple(
        _closure(point, points.get(point.low_point_id), changes.get(point.low_point_id, ()), fresh, close_from, now_us) for point in ordered
    )


def _closure(
    point: LowPoint, now: PointNow | None, changes: Sequence[LevelChange], fresh: Freshness, close_from: int, now_us: int
) -> Closure:
    name, district = point.low_point_id, point.district_id
    age_us = fresh.ages_us.get(district)
    if age_us is None:
        return Closure(name, "unknown", "unknown", None, f"nothing was ever heard of district {district}", now_us + STALE_US)
    if age_us > STALE_US:
        silent_us = now_us - age_us + STALE_US
        return Closure(name, "unknown", "unknown", silent_us, f"nothing new of district {district}{_was(now)}", now_us + STALE_US)
    if now is None:
        return Closure(name, "unknown", "unknown", None, "nothing was ever said of this point", now_us + STALE_US)
    # unknown does not end a level: a sensor that drowned opens no road
    level = now.held_level if now.level == "unknown" else now.level
    state: State = "closed" if level >= close_from else "unknown" if now.level == "unknown" or now.observed_us is None else "open"
    since_us = _since_us(changes, close_from, state)
    if state == "unknown":
        return Closure(name, state, "unknown", since_us, f"no reading now{_was(now)}", now_us + STALE_US)
    basis = f"{now.basis}, unconfirmed" if now.unconfirmed else now.basis
    gap = "no reading now, last known " if now.level == "unknown" else ""
    # an open road is open for no longer than its district counts as heard
    valid_us = now_us + STALE_US - (age_us if state == "open" else 0)
    return Closure(name, state, level, since_us, f"{gap}level {level} {NAMES[level]}, {basis}", valid_us)


def _was(now: PointNow | None) -> str:
    if now is None:
        return ""
    level = now.held_level if now.level == "unknown" else now.level
    return f", last known level {level} {NAMES[level]}"


def _since_us(changes: Sequence[LevelChange], close_from: int, wanted: State) -> int | None:
    state, since_us = None, None
    for change in changes:
        if change.level is not None:
            found: State = "closed" if change.level >= close_from else "open"
        else:
            found = "closed" if state == "closed" else "unknown"
        if found != state:
            state, since_us = found, change.issued_us
    return since_us if state == wanted else None
