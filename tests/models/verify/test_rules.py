from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from models.verify import rules
from models.verify.cases import LEAD_MIN
from tests.models.verify.made_up import cases, nothing

FLOODS = cases([0.3, 0.5, 0.4, 0.7], nothing, storms=2)


def test_recession_finds_the_rate_that_water_drains_at() -> None:
    falling = FLOODS.pick(FLOODS.rise_3min_m < 0)
    assert 0.04 == pytest.approx(rules.fitted_rate(falling), rel=0.1)


def test_recession_never_learns_from_the_storm_that_it_forecasts() -> None:
    changed = replace(FLOODS, observed_m=np.where((FLOODS.storm == "storm 0")[:, None], 9.9, FLOODS.observed_m))
    own = FLOODS.storm == "storm 0"
    assert rules.recession(FLOODS)[own].tolist() == rules.recession(changed)[own].tolist()
    assert rules.recession(FLOODS)[~own].tolist() != rules.recession(changed)[~own].tolist()


def test_climatology_never_learns_from_the_storm_that_it_forecasts() -> None:
    came = (FLOODS.storm == "storm 0").astype(float)
    chance = rules.climatology(rules.fold_numbers(FLOODS), came, np.ones(len(FLOODS)))
    assert {0.0} == set(chance[came == 1].tolist())
    assert {1.0} == set(chance[came == 0].tolist())


def test_with_one_storm_only_the_other_points_teach() -> None:
    single = replace(FLOODS, storm=np.full(len(FLOODS), "s"))
    assert rules.folds_of(single).tolist() == single.low_point.tolist()


def test_trend_carries_the_last_three_minutes_on_down_to_a_dry_road() -> None:
    one = replace(FLOODS.pick(np.arange(1)), known_m=np.array([0.10]), rise_3min_m=np.array([-0.03]))
    assert (np.maximum(0.10 - 0.01 * LEAD_MIN, 0)).tolist() == pytest.approx(rules.trend(one)[0].tolist())


def test_every_flood_weighs_the_same() -> None:
    mask = ~np.isnan(FLOODS.observed_m[:, 2])
    weight = rules.event_weights(FLOODS, mask)
    assert [1.0] * 4 == pytest.approx([float(weight[FLOODS.event == number].sum()) for number in range(4)])
