"""The moved medians of rivers: numpy walks the trees as scikit-learn does, within limits, and damaged files are refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.ensemble import HistGradientBoostingRegressor

from models.learn.centre import FLOOR_M, MOST, Centre, centre_from, centres_unseen, fit_centre, moved
from models.learn.fit_residual import fit_residual
from models.learn.residual import residual_from
from models.learn.trees import from_boosted
from tests.models.learn.made_up import rows


@pytest.fixture(scope="module")
def centre() -> Centre:
    taught = rows()
    return fit_centre(taught.columns, taught.core_m, taught.outcome_m)


def test_the_trees_add_up_to_what_scikit_learn_says() -> None:
    rng = np.random.default_rng(0)
    columns = rng.normal(size=(600, 6)).astype(np.float32).astype(float)
    fitted = HistGradientBoostingRegressor(max_iter=20, max_leaf_nodes=8).fit(columns, columns[:, 0] * columns[:, 1])
    trees, value = from_boosted([fitted])
    said = float(fitted._baseline_prediction.reshape(-1)[0]) + value[trees.leaves(columns)].sum(axis=1)
    assert np.allclose(fitted.predict(columns), said, atol=1e-9)


def test_it_comes_nearer_on_storms_it_never_saw(centre: Centre) -> None:
    other = rows(storms=6, seed=9)
    error = np.abs(centre(other.columns, other.core_m)[:, :6] - other.measured_m).mean()
    assert error < 0.5 * np.abs(other.core_m[:, :6] - other.measured_m).mean()


def test_what_is_unseen_is_worse_than_what_was_learned_by_heart() -> None:
    taught = rows(storms=6, each=60)
    unseen = centres_unseen(taught.columns, taught.core_m, taught.outcome_m, taught.storm)
    assert unseen is not None
    heart = fit_centre(taught.columns, taught.core_m, taught.outcome_m)(taught.columns, taught.core_m)
    assert np.abs(unseen - taught.outcome_m).mean() > np.abs(heart - taught.outcome_m).mean()


def test_where_storms_are_too_few_no_median_is_moved_and_none_twice() -> None:
    taught = rows(storms=1, each=300)
    assert centres_unseen(taught.columns, taught.core_m, taught.outcome_m, taught.storm) is None
    low_m = 0.5 * taught.outcome_m
    forest = fit_residual(taught.columns, low_m, taught.outcome_m, np.ones(300), taught.storm, 20, 0.5, centred=True)
    assert forest.centre is None
    said = forest(taught.columns, low_m)[:, 3]
    assert np.abs(said - taught.outcome_m).mean() < 0.5 * np.abs(low_m - taught.outcome_m).mean()


@given(off=st.floats(-1e9, 1e9), median=st.floats(0, 20))
def test_no_median_is_moved_beyond_its_limits(off: float, median: float) -> None:
    found = float(moved(np.array(off), np.array(median)))
    assert 0 <= found <= (median + FLOOR_M) * MOST


def test_it_comes_back_from_its_arrays_with_its_forest() -> None:
    taught = rows(storms=6, each=60)
    forest = fit_residual(taught.columns, taught.core_m, taught.outcome_m, np.ones(len(taught)), taught.storm, 20, 0.5, centred=True)
    again = residual_from(forest.arrays())
    assert again.centre is not None
    assert np.array_equal(forest(taught.columns, taught.core_m), again(taught.columns, taught.core_m))


def test_damaged_arrays_are_refused(centre: Centre) -> None:
    whole = centre.arrays()
    with pytest.raises(ValueError, match="do not fit together"):
        centre_from(whole | {"value": whole["value"][1:]})
    with pytest.raises(ValueError, match="do not fit together"):
        centre_from(whole | {"tree_root": whole["tree_root"][1:]})
    with pytest.raises(ValueError, match="cannot be"):
        centre_from(whole | {"value": whole["value"] * np.nan})
    with pytest.raises(ValueError, match="cannot be"):
        centre_from(whole | {"tree_feature": np.full_like(whole["tree_feature"], 999)})
