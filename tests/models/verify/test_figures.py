"""What must hold of all figures together: perfect forecasts are perfect, dry ones have no skill over a dry road, draws are paired."""

from __future__ import annotations

import numpy as np
import pytest

from models.verify import scores
from models.verify.bootstrap import Resampling
from models.verify.cases import Cases
from models.verify.chances import chance_scores
from models.verify.depths import RULES, depth_scores
from tests.models.verify.made_up import Teller, cases, dry, nothing, perfect

PEAKS_M = [0.3, 0.5, 0.2, 0.7, 0.12, 0.45]


def judged(tell: Teller, storms: int = 6) -> tuple[Cases, Resampling]:
    found = cases(PEAKS_M, tell, storms)
    return found, Resampling(sorted(set(found.storm.tolist())), sorted(set(found.low_point.tolist())))


def test_perfect_forecasts_have_perfect_scores() -> None:
    for row in depth_scores(*judged(perfect)):
        assert 0 == row.mae_cm["model"].value == row.crps_cm.value == row.width_cm.value
        assert 1 == row.coverage.value == row.skill["recession"].value
        assert 0 == row.missing
    found, resampling = judged(perfect)
    for chance in chance_scores(found, "wet", resampling):
        assert 0 == chance.brier["model"].value == chance.reliability_error.value
        assert not chance.came or 1 == chance.skill["climatology"].value


def test_a_forecast_of_a_dry_road_has_no_skill_over_a_dry_road() -> None:
    for row in depth_scores(*judged(dry)):
        assert 0 == row.skill["zero"].value == row.better_cm["zero"].value
        assert row.mae_cm["zero"] == row.mae_cm["model"]
    found, resampling = judged(dry)
    for chance in chance_scores(found, "wet", resampling):
        assert not chance.came or 0 == chance.skill["never"].value


def test_no_forecast_counts_as_dry_and_as_missing_and_covers_nothing() -> None:
    said, none = depth_scores(*judged(dry))[2], depth_scores(*judged(nothing))[2]
    assert said.mae_cm["model"] == none.mae_cm["model"]
    assert 1 == none.missing
    assert 0 == none.coverage.value


def test_the_difference_to_a_rule_is_the_difference_of_the_errors() -> None:
    for row in depth_scores(*judged(dry)):
        for name in RULES:
            expected = (row.mae_cm[name].value or 0) - (row.mae_cm["model"].value or 0)
            assert expected == pytest.approx(row.better_cm[name].value, abs=2e-5)


def test_differences_are_paired() -> None:
    """The interval of a difference between two equal forecasts has no width, however wide each one's own is."""
    row = depth_scores(*judged(dry))[1]
    own = row.mae_cm["model"]
    assert own.low is not None and own.high is not None and own.low < own.high
    assert (0, 0) == (row.better_cm["zero"].low, row.better_cm["zero"].high)


def test_storms_are_drawn_where_there_are_five_and_low_points_where_there_are_fewer() -> None:
    assert "storm" == judged(dry, storms=5)[1].by
    assert "low_point" == judged(dry, storms=4)[1].by


def test_the_same_cases_give_the_same_intervals() -> None:
    assert depth_scores(*judged(dry)) == depth_scores(*judged(dry))


def test_the_interval_of_a_mean_is_that_of_theory() -> None:
    """Means of 400 blocks: 1.645 standard errors to either side."""
    rng = np.random.default_rng(5)
    values, names = rng.normal(10, 2, 400), [f"s{n:03}" for n in range(400)]
    resampling = Resampling(names, names)
    figure = resampling.figure(np.arange(400), [values, np.ones(400)], scores.ratio)
    assert figure.value is not None and figure.low is not None and figure.high is not None
    assert 2 * 1.645 * 2 / 20 == pytest.approx(figure.high - figure.low, rel=0.12)
    assert figure.low < figure.value < figure.high


def test_what_cannot_be_divided_is_no_figure() -> None:
    figure = Resampling(["s"], ["P"]).figure(np.zeros(1, np.int64), [np.zeros(1), np.zeros(1)], scores.ratio)
    assert (None, None, None) == (figure.value, figure.low, figure.high)
