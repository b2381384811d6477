"""Laws of quantiles over weighted members."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.table.weighted import SMOOTH, Floats, median_minutes, weighted_quantiles

QUANTILES = np.array([0.05, 0.1, 0.5, 0.9, 0.95])


def drawn(seed: int) -> tuple[Floats, Floats]:
    rng = np.random.default_rng(seed)
    values = np.round(rng.gamma(1.0, 0.2, (3, 17, 4)), 2)  # rounded, so that some are equal
    weight = rng.gamma(0.3, 1.0, (3, 17))
    return values, weight / weight.sum(axis=1, keepdims=True)


@given(st.integers(0, 10_000))
def test_quantiles_rise_and_stay_within_the_members(seed: int) -> None:
    values, weight = drawn(seed)
    found = weighted_quantiles(values, weight, QUANTILES)
    assert (3, 4, 5) == found.shape
    assert (np.diff(found, axis=2) >= -1e-12).all()
    assert (found >= values.min(axis=1)[:, :, None] - 1e-12).all()
    assert (found <= values.max(axis=1)[:, :, None] + 1e-12).all()


@given(st.integers(0, 10_000))
def test_no_quantile_falls_when_members_rise_however_unequal_the_weights(seed: int) -> None:
    values, weight = drawn(seed)
    higher = values + np.random.default_rng(seed + 1).choice([0.0, 0.3], values.shape)
    rise = weighted_quantiles(higher, weight, QUANTILES) - weighted_quantiles(values, weight, QUANTILES)
    assert (rise >= -1e-12).all()


def test_a_member_that_weighs_nothing_counts_for_nothing() -> None:
    values, weight = drawn(1)
    weight[:, 0] = 0
    weight /= weight.sum(axis=1, keepdims=True)
    other = values.copy()
    other[:, 0] = 99.0
    np.testing.assert_allclose(weighted_quantiles(values, weight, QUANTILES), weighted_quantiles(other, weight, QUANTILES))


def test_many_equal_members_have_the_quantiles_of_numpy() -> None:
    values = np.random.default_rng(3).random((1, 2000, 1))
    found = weighted_quantiles(values, np.full((1, 2000), 1 / 2000), QUANTILES)[0, 0]
    np.testing.assert_allclose(found, np.quantile(values[0, :, 0], QUANTILES), atol=SMOOTH / 2)


def test_half_the_weight_decides_when_a_level_is_reached() -> None:
    minutes = np.array([[[5.0], [10.0], [np.inf]]])
    assert 10.0 == median_minutes(minutes, np.array([[0.3, 0.3, 0.4]]))[0, 0]
    assert 5.0 == median_minutes(minutes, np.array([[0.5, 0.1, 0.4]]))[0, 0]
    assert np.inf == median_minutes(minutes, np.array([[0.3, 0.1, 0.6]]))[0, 0]


@pytest.mark.parametrize("quantile", [0.0, 1.0])
def test_the_ends_are_quantiles_too(quantile: float) -> None:
    values, weight = drawn(5)
    assert np.isfinite(weighted_quantiles(values, weight, np.array([quantile]))).all()
