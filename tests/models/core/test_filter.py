"""The ensemble follows what was measured, however late it comes, and goes on with the rain where nothing is."""

from __future__ import annotations

import numpy as np
import pytest

from models.core.bank import MEMBERS, lay_out
from models.core.filter import pack, unpack, width
from models.core.hydraulics import depth_m
from models.forecaster import CoreOnly, run_core
from models.situation import LEAD_MIN, Situation
from tests.models.moments import moment

RISE = [0.0] * 20 + [0.02 * n for n in range(1, 12)]
FALL = [0.0] * 20 + [0.05, 0.1, 0.16, 0.2] + [0.2 * 0.95**n for n in range(20)]


def now_m(now: Situation) -> float:
    run = run_core(now)
    depth = depth_m(lay_out(now.sites), run.ensemble.water.pond_mm)
    return float((run.ensemble.weight() * depth).sum())


@pytest.mark.parametrize("series", [RISE, FALL, [0.0] * 20 + [0.1] * 20])
def test_the_ensemble_stands_where_the_sensor_does(series: list[float]) -> None:
    assert series[-1] == pytest.approx(now_m(moment([series])), abs=0.02)


def test_rising_water_is_expected_to_go_on_and_falling_water_to_fall() -> None:
    rising, falling = CoreOnly()(moment([RISE])), CoreOnly()(moment([FALL]))
    assert rising.depth_m[0, 3, 0] > RISE[-1]
    assert falling.depth_m[0, 3, 0] < FALL[-1]
    assert falling.depth_m[0, 3, 0] > 0.4 * FALL[-1], "water that falls by 5 % a minute is not gone in five"


def test_a_late_reading_counts_as_if_it_had_come_in_time() -> None:
    """The memory of a minute that knew less, and the readings now: the same ensemble as if they had been known then."""
    known = run_core(moment([RISE], minute=28))
    late = run_core(moment([RISE], minute=28, silent_min=3))
    in_time = run_core(moment([RISE], minute=30, memory=pack(known.kept)))
    afterwards = run_core(moment([RISE], minute=30, memory=pack(late.kept)))
    assert np.array_equal(pack(in_time.ensemble), pack(afterwards.ensemble))


def test_where_the_level_is_silent_the_rain_goes_on_and_it_is_said() -> None:
    silent = [[0.0] * 90]
    wet = CoreOnly()(moment(silent, silent_min=80, rain_mm=[2.0] * 30))
    dry = CoreOnly()(moment(silent, silent_min=80))
    assert wet.depth_m[0, 3, 1] > 0.05 > dry.depth_m[0, 5, 1]
    assert ("core only, level silent",) == wet.method


def test_a_jump_that_nothing_confirms_is_not_carried_into_the_future() -> None:
    told = CoreOnly()(moment([RISE], doubtful=[True]))
    assert ("measured only",) == told.method
    assert (told.depth_m[0, 3] == RISE[-1]).all()


def test_rain_that_is_expected_brings_water_and_rain_that_has_fallen_more_than_none() -> None:
    dry = [[0.0] * 30]
    expected = CoreOnly()(moment(dry, coming_mm=[1.5] * 60))
    fallen = CoreOnly()(moment(dry, rain_mm=[1.5] * 15))
    nothing = CoreOnly()(moment(dry))
    hour = LEAD_MIN.tolist().index(60.0)
    assert expected.depth_m[0, 3, hour] > 0.05
    assert fallen.p_exceed[0, 0, 2] > nothing.p_exceed[0, 0, 2]


def test_memory_of_another_model_begins_anew() -> None:
    assert unpack(np.zeros((1, 7)), MEMBERS) is None
    plain, strange = CoreOnly()(moment([RISE])), CoreOnly()(moment([RISE], memory=np.ones((1, 7))))
    assert np.array_equal(plain.depth_m, strange.depth_m)
    assert plain.memory.shape == (1, width())


def test_quantiles_rise_and_chances_grow_with_the_lead_and_shrink_with_the_level() -> None:
    told = CoreOnly()(moment([RISE, FALL[: len(RISE)]], rain_mm=[0.8] * 20))
    assert (np.diff(told.depth_m, axis=1) >= 0).all()
    assert (np.diff(told.p_exceed, axis=2) >= 0).all()
    assert (np.diff(told.p_exceed, axis=1) <= 0).all()
