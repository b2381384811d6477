"""The age that the screen tells is never younger than the data (law 12)."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from streams.city.model import City
from streams.observation.moments import HOUR_US, SECOND_US
from streams.store.queries import DistrictHeard
from streams.web.freshness import Freshness, freshness
from tests.streams.towns import town

NOW_US = 1_784_535_744 * SECOND_US


def seen(heard_ago_s: float, written_ago_s: float, simulated: bool) -> Freshness:
    city: City = replace(town(), simulated=simulated)
    heard = DistrictHeard("D1", NOW_US - round(heard_ago_s * SECOND_US), NOW_US - round(written_ago_s * SECOND_US))
    return freshness(city, {"D1": heard}, NOW_US)


def test_a_live_worker_that_catches_up_on_an_hour_is_not_up_to_date() -> None:
    found = seen(3600, 0.1, simulated=False)
    assert (HOUR_US, True, ("D1",), False) == (found.age_us, found.stale, found.silent, found.storm_time)


@pytest.mark.parametrize(("written_ago_s", "stale"), [(0.5, False), (59, False), (61, True)])
def test_a_storm_of_another_day_is_as_old_as_what_was_last_written(written_ago_s: float, stale: bool) -> None:
    found = seen(40 * 86_400, written_ago_s, simulated=True)
    assert (True, stale) == (found.storm_time, found.stale)
    assert found.now_us == (found.data_us or 0) + found.age_us, "observations get older while nothing comes"


def test_a_clock_that_is_ahead_makes_nothing_fresh() -> None:
    assert seen(-500, 100, simulated=False).stale


def test_nothing_is_stale_and_silent() -> None:
    found = freshness(town(), {}, NOW_US)
    assert (None, True, ("D1",)) == (found.data_us, found.stale, found.silent)
