"""Residual distributions: they learn what the core does not know, cover what comes, and say the same as scikit-learn's trees."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.tree import DecisionTreeRegressor

from models.learn.fit_residual import fit_residual
from models.learn.residual import Residual, residual_from
from models.learn.rows import flood_weights
from models.learn.trees import from_arrays, from_sklearn
from tests.models.learn.made_up import rows


@pytest.fixture(scope="module")
def forest() -> Residual:
    taught = rows()
    return fit_residual(taught.columns, taught.core_m, taught.outcome_m, flood_weights(taught), taught.storm)


def test_the_trees_walk_as_scikit_learn_does() -> None:
    rng = np.random.default_rng(0)
    columns = rng.normal(size=(500, 6)).astype(np.float32).astype(float)
    fitted = [DecisionTreeRegressor(min_samples_leaf=5, random_state=n).fit(columns, columns[:, n] ** 2) for n in range(3)]
    trees = from_sklearn(fitted)
    expected = np.stack([tree.apply(columns.astype(np.float32)) for tree in fitted], axis=1)
    assert np.array_equal(expected, trees.leaves(columns) - trees.root)


def test_it_learns_what_the_core_does_not_know_on_storms_it_never_saw(forest: Residual) -> None:
    other = rows(storms=6, seed=9)
    said = forest(other.columns, other.core_m)[:, 3, 2]
    error, core_error = np.abs(said - other.measured_m[:, 2]).mean(), np.abs(other.core_m[:, 2] - other.measured_m[:, 2]).mean()
    assert error < 0.5 * core_error


def test_four_fifths_of_what_comes_lie_inside(forest: Residual) -> None:
    other = rows(storms=6, seed=9)
    said = forest(other.columns, other.core_m)
    for lead in range(6):
        inside = (other.measured_m[:, lead] >= said[:, 1, lead] - 5e-4) & (other.measured_m[:, lead] <= said[:, 5, lead] + 5e-4)
        assert 0.7 <= inside.mean() <= 0.92


def test_quantiles_rise_and_depths_are_never_below_the_road(forest: Residual) -> None:
    said = forest(rows(seed=5).columns, rows(seed=5).core_m)
    assert (np.diff(said, axis=1) >= 0).all()
    assert (said >= 0).all()


def test_a_forest_comes_back_from_its_arrays(forest: Residual) -> None:
    again = residual_from(forest.arrays())
    columns = rows(seed=5).columns
    assert np.array_equal(forest.raw(columns), again.raw(columns))


def test_equal_rows_make_equal_forests() -> None:
    taught = rows(storms=5, each=60)
    one, other = (fit_residual(taught.columns, taught.core_m, taught.outcome_m, flood_weights(taught), taught.storm) for _ in range(2))
    assert all(np.array_equal(value, other.arrays()[name]) for name, value in one.arrays().items())


def test_nodes_that_lead_nowhere_are_refused(forest: Residual) -> None:
    broken = forest.trees.arrays() | {"left": forest.trees.left + len(forest.trees.left)}
    with pytest.raises(ValueError, match="leads to nowhere"):
        from_arrays(broken)
    with pytest.raises(ValueError, match="do not fit together"):
        residual_from(forest.arrays() | {"leaf": np.full(len(forest.leaf), 10**6)})


def test_too_few_rows_are_refused_with_what_is_needed() -> None:
    few = rows(storms=1, each=10)
    with pytest.raises(ValueError, match="80 at least"):
        fit_residual(few.columns, few.core_m, few.outcome_m, np.ones(len(few)), few.storm)
