"""A road is closed from the city's level on, and never open on stale data (law 12)."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from streams.city.model import City, Public
from streams.observation.moments import HOUR_US, SECOND_US
from streams.signs.closure import Closure, closures
from streams.store.level_changes import LevelChange
from streams.store.queries import DistrictHeard, PointNow
from streams.web.freshness import freshness
from tests.streams.towns import town

NOW_US = 1_784_535_744 * SECOND_US
CITY = town()


def point(level: Any, held_level: int | None = None, **changes: Any) -> PointNow:
    held = held_level if held_level is not None else level if isinstance(level, int) else 0
    return PointNow(
        "P0", level, held, **{"basis": "measured", "unconfirmed": False, "depth_m": 0.1, "observed_us": 1, "as_of_us": 1, **changes}
    )


def road(
    now: PointNow | None,
    heard_ago_s: float | None = 5,
    changes: tuple[tuple[float, int | None], ...] = (),
    city: City = CITY,
    up_to_ago_s: float | None = None,
) -> Closure:
    heard = {}
    if heard_ago_s is not None:
        up_to_us = NOW_US - round((heard_ago_s if up_to_ago_s is None else up_to_ago_s) * SECOND_US)
        heard = {"D1": DistrictHeard("D1", up_to_us, NOW_US - round(heard_ago_s * SECOND_US))}
    points = {"P0": now} if now is not None else {}
    told = {"P0": [LevelChange(NOW_US - round(ago_s * SECOND_US), level) for ago_s, level in changes]}
    (found,) = closures(city, points, told, freshness(city, heard, NOW_US), NOW_US)
    return found


@pytest.mark.parametrize(("level", "state"), [(0, "open"), (1, "open"), (2, "closed"), (3, "closed"), (4, "closed")])
def test_cars_stay_out_from_level_2_on(level: int, state: str) -> None:
    found = road(point(level))
    assert (state, level) == (found.state, found.level)


def test_a_city_may_close_its_roads_earlier_or_later() -> None:
    assert "closed" == road(point(1), city=replace(CITY, public=Public(close_from_level=1))).state
    assert "open" == road(point(2), city=replace(CITY, public=Public(close_from_level=3))).state


def test_an_unknown_point_is_unknown_and_never_open() -> None:
    found = road(point("unknown"))
    assert ("unknown", "unknown", "no reading now, last known level 0 none") == (found.state, found.level, found.reason)
    assert "unknown" == road(None).state


def test_a_sensor_that_drowned_opens_no_road() -> None:
    found = road(point("unknown", held_level=3))
    assert ("closed", 3, "no reading now, last known level 3 orange, measured") == (found.state, found.level, found.reason)
    assert "unknown" == road(point("unknown", held_level=1)).state


@pytest.mark.parametrize("level", [0, 1, 2, 4, "unknown"])
@pytest.mark.parametrize(
    ("heard_ago_s", "up_to_ago_s"), [(None, None), (60.001, None), (3600, None), (1, 61)], ids=["never", "late", "long ago", "catching up"]
)
def test_a_district_that_is_not_heard_for_60_s_is_unknown(level: Any, heard_ago_s: float | None, up_to_ago_s: float | None) -> None:
    found = road(point(level), heard_ago_s, up_to_ago_s=up_to_ago_s)
    assert ("unknown", "unknown") == (found.state, found.level)


def test_exactly_60_s_are_not_too_long() -> None:
    assert "open" == road(point(0), 60).state


def test_a_storm_that_is_played_is_as_fresh_as_its_last_news() -> None:
    played = replace(CITY, simulated=True)
    assert "open" == road(point(0), 5, up_to_ago_s=40 * 86_400, city=played).state
    assert "unknown" == road(point(0), 61, up_to_ago_s=40 * 86_400, city=played).state


def test_open_holds_no_longer_than_its_district_counts_as_heard_and_closed_for_a_minute() -> None:
    assert NOW_US + 55 * SECOND_US == road(point(0), 5).valid_until_us
    assert NOW_US + 60 * SECOND_US == road(point(3), 5).valid_until_us == road(None, None).valid_until_us


@pytest.mark.parametrize(
    ("now", "changes", "since_ago_s"),
    [
        (point(3), ((900, 0), (600, 2), (300, 3)), 600),
        (point(1), ((900, 2), (600, 1), (300, 0), (200, 1)), 600),
        (point(2), ((900, 2), (600, 0), (300, 2)), 300),
        (point("unknown"), ((900, 0), (300, None)), 300),
        (point("unknown", held_level=2), ((900, 2), (300, None)), 900),
        (point(2), ((900, 2), (600, None), (300, 2)), 900),
        (point(0), (), None),
        (point(3), ((300, 0),), None),
    ],
    ids=["closed higher", "open lower", "closed again", "unknown", "held", "held and back", "no change", "change not told yet"],
)
def test_since_is_when_the_state_began_not_the_level(now: PointNow, changes: Any, since_ago_s: float | None) -> None:
    expected = None if since_ago_s is None else NOW_US - round(since_ago_s * SECOND_US)
    assert expected == road(now, changes=changes).since_us


def test_a_silent_district_is_unknown_since_it_counts_as_silent() -> None:
    assert NOW_US - HOUR_US + 60 * SECOND_US == road(point(0), 3600).since_us


def test_an_unconfirmed_level_closes_too_and_says_so() -> None:
    found = road(point(2, unconfirmed=True, basis="report"))
    assert ("closed", "level 2 yellow, report, unconfirmed") == (found.state, found.reason)
