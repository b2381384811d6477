"""Our scores are those of the `scores` package of the Australian Bureau of Meteorology, on numbers drawn at random."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from models.verify import scores as ours
from models.verify.bootstrap import Resampling
from models.verify.cases import QUANTILES

xr = pytest.importorskip("xarray", reason="the development packages are not installed")
categorical = pytest.importorskip("scores.categorical", reason="the development packages are not installed")
continuous = pytest.importorskip("scores.continuous", reason="the development packages are not installed")
probability = pytest.importorskip("scores.probability", reason="the development packages are not installed")

ROWS = 40
DEPTHS = arrays(float, ROWS, elements=st.floats(0, 3, width=32))
CHANCES = arrays(float, ROWS, elements=st.floats(0, 1, width=32))
CAME = arrays(bool, ROWS).map(lambda came: came.astype(float))
SPREAD = arrays(float, (ROWS, 7), elements=st.floats(0, 3, width=32)).map(lambda drawn: np.sort(drawn, axis=1))


def column(values: np.ndarray) -> object:
    return xr.DataArray(values, dims="case")


@given(DEPTHS, DEPTHS)
def test_mean_absolute_error(observed_m: np.ndarray, said_m: np.ndarray) -> None:
    theirs = float(continuous.mae(column(said_m), column(observed_m)))
    assert theirs == pytest.approx(ours.absolute_error(observed_m, said_m).mean(), abs=1e-12)


@given(CAME, CHANCES)
def test_brier_score(came: np.ndarray, chance: np.ndarray) -> None:
    theirs = float(probability.brier_score(column(chance), column(came)))
    assert theirs == pytest.approx(ours.brier(came, chance).mean(), abs=1e-12)


@given(DEPTHS, SPREAD)
def test_pinball_loss_of_every_quantile(observed_m: np.ndarray, quantiles_m: np.ndarray) -> None:
    own = ours.pinball(observed_m, quantiles_m, QUANTILES).mean(axis=0)
    for place, level in enumerate(QUANTILES.tolist()):
        theirs = float(continuous.quantile_score(column(quantiles_m[:, place]), column(observed_m), alpha=level))
        assert theirs == pytest.approx(own[place], abs=1e-12)


@given(DEPTHS, SPREAD)
def test_crps_of_evenly_spaced_quantiles_is_that_of_an_ensemble(observed_m: np.ndarray, quantiles_m: np.ndarray) -> None:
    even = (np.arange(7) + 0.5) / 7
    members = xr.DataArray(quantiles_m, dims=("case", "member"))
    theirs = float(probability.crps_for_ensemble(members, column(observed_m), "member", method="ecdf"))
    assert theirs == pytest.approx(ours.crps(observed_m, quantiles_m, even).mean(), abs=1e-9)


@given(DEPTHS, DEPTHS)
def test_crps_of_a_forecast_without_spread_is_its_absolute_error(observed_m: np.ndarray, said_m: np.ndarray) -> None:
    own = ours.crps(observed_m, np.repeat(said_m[:, None], 7, axis=1), QUANTILES)
    # 7 quantiles: an error on either side costs the same, as the levels lie evenly around one half
    assert own == pytest.approx(ours.absolute_error(observed_m, said_m), abs=1e-9)


@given(DEPTHS, SPREAD)
def test_coverage_is_where_the_interval_score_has_no_penalty(observed_m: np.ndarray, quantiles_m: np.ndarray) -> None:
    low_m, high_m = quantiles_m[:, 1], quantiles_m[:, 5]
    score = continuous.quantile_interval_score(column(low_m), column(high_m), column(observed_m), 0.1, 0.9, preserve_dims="all")
    outside_m = (score["overprediction_penalty"] + score["underprediction_penalty"]).to_numpy()
    clear = (outside_m == 0) | (outside_m > 10 * 2 * ours.RESOLUTION_M)  # ours forgives half a millimetre
    assert (outside_m == 0)[clear].tolist() == ours.covered(observed_m, low_m, high_m)[clear].tolist()


@given(CAME, arrays(bool, ROWS).map(lambda said: said.astype(float)))
def test_pod_far_and_csi_of_a_contingency_table(came: np.ndarray, said: np.ndarray) -> None:
    table = categorical.BinaryContingencyManager(column(said), column(came))
    crossed, hit, false = came, came * said, (1 - came) * said
    resampling = Resampling(["storm"], ["point"])
    block = np.zeros(ROWS, np.int64)

    def own(top: np.ndarray, bottom: np.ndarray) -> float:
        value = resampling.figure(block, [top, bottom], ours.ratio).value
        return np.nan if value is None else value

    assert float(table.probability_of_detection()) == pytest.approx(own(hit, crossed), abs=1e-5, nan_ok=True)
    assert float(table.false_alarm_ratio()) == pytest.approx(own(false, hit + false), abs=1e-5, nan_ok=True)
    assert float(table.critical_success_index()) == pytest.approx(own(hit, crossed + false), abs=1e-5, nan_ok=True)


def test_a_reliable_forecast_has_no_reliability_error() -> None:
    chance = np.repeat([0.25, 0.75], 4)
    came = np.array([1, 0, 0, 0, 1, 1, 1, 0], float)
    assert 0 == ours.reliability_error(ours.reliability_sums(came, chance, np.ones(8), np.zeros(8, np.int64), 1)[0])


def test_the_reliability_error_is_the_weighted_distance_from_the_diagonal() -> None:
    came, chance, weight = np.array([1.0, 0.0]), np.array([0.9, 0.2]), np.array([3.0, 1.0])
    sums = ours.reliability_sums(came, chance, weight, np.array([0, 1]), 2)
    assert (3 * 0.1 + 1 * 0.2) / 4 == pytest.approx(float(ours.reliability_error(sums.sum(axis=0))))


def test_half_a_millimetre_outside_an_interval_is_still_covered() -> None:
    observed_m = np.array([0.0996, 0.0994, 0.2004, 0.2006])
    assert [True, False, True, False] == ours.covered(observed_m, np.full(4, 0.1), np.full(4, 0.2)).tolist()
