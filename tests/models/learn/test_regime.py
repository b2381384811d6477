"""An expert speaks only where it was taught: what a creek taught must not call out the people behind an embankment."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from models.forecaster import CoreOnly
from models.learn.package import shipped
from models.situation import Situation
from tests.models.moments import moment

RISING = [0.0] * 10 + [0.02, 0.04, 0.06, 0.08]


def beside_a_river(hollow_m3: float) -> Situation:
    now = moment([RISING], point_class="riverside", rain_mm=[0.3] * 60)
    return replace(now, sites=replace(now.sites, hollow_m3=np.array([hollow_m3]), catchment_ha=np.array([2.0])))


def test_a_river_that_floods_the_road_is_told_by_what_the_creek_taught() -> None:
    assert ("full",) == shipped()(beside_a_river(np.nan)).method


def test_a_road_whose_hollow_is_recorded_is_not() -> None:
    now = beside_a_river(400.0)
    told, core = shipped()(now), CoreOnly()(now)
    assert ("core only",) == told.method
    assert np.array_equal(core.raises, told.raises)
    assert np.array_equal(core.p_exceed, told.p_exceed)


def test_streets_with_gauges_are_left_to_the_core_for_none_was_taught() -> None:
    assert ("core only",) == shipped()(moment([RISING], rain_mm=[0.3] * 60)).method
    assert ("full",) == shipped()(moment([RISING])).method
