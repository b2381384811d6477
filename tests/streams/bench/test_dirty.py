from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from models.verify.bootstrap import Resampling
from models.verify.rules import persistence
from streams.bench.dirty import Soiling, soil_storms
from streams.evaluate.evaluation import Source
from tests.streams.evaluate.made_up import write_storm
from tests.streams.towns import calm


@pytest.fixture(scope="module")
def soiling(tmp_path_factory: pytest.TempPathFactory) -> Soiling:
    source: Source = write_storm(tmp_path_factory.mktemp("storms"), "2026-07-14")
    return soil_storms([source], lambda _: calm, lambda _: None, seed=1)


def test_clean_and_soiled_are_scored_at_the_same_moments_against_the_same_truth(soiling: Soiling) -> None:
    assert len(soiling.clean) > 0
    for name in ("low_point", "issued_us", "event"):
        assert (getattr(soiling.clean, name) == getattr(soiling.soiled, name)).all()
    np.testing.assert_array_equal(soiling.clean.observed_m, soiling.soiled.observed_m)
    assert (soiling.clean.known_m != soiling.soiled.known_m).any()


def test_the_loss_is_the_growth_of_the_error(soiling: Soiling) -> None:
    twice = replace(soiling.clean, known_m=np.zeros(len(soiling.clean)))
    resampling = Resampling(["a"], soiling.clean.low_point.tolist())
    clean, worse, loss = Soiling(soiling.clean, twice, []).errors(15, persistence, resampling)
    assert clean.value is not None and worse.value is not None
    assert loss.value == pytest.approx(worse.value / clean.value - 1, abs=1e-4)
    assert 0.0 == Soiling(twice, twice, []).errors(15, persistence, resampling)[2].value


def test_a_point_is_not_scored_from_when_its_sensor_sticks(soiling: Soiling) -> None:
    # the clean storm has floods at five points, and one sensor of six sticks: at these moments its cases are cut off
    assert 4 <= len(set(soiling.clean.low_point.tolist())) <= 5


def test_the_tables_name_leads_rules_and_what_was_no_water(soiling: Soiling) -> None:
    text = "\n".join(soiling.lines())
    for word in ("| 15 min | model |", "| 30 min | recession |", "spike, denied within 60 s", "stuck sensor", "parked car"):
        assert word in text
