"""Chances: the tables add up to scikit-learn's own answer, and keep what must be so."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.learn.chance import TABLES, Chance, against, chance_from, fit_chance, mean
from models.learn.features import NAMES
from tests.models.learn.made_up import rows

ROUNDS = 60


def asked(seed: int = 3) -> tuple[np.ndarray, np.ndarray]:
    made = rows(seed=seed)
    threshold = np.random.default_rng(seed).uniform(0.1, 0.6, len(made))
    columns = against(made.columns, made.core_peak_m[:, 0, 2], made.core_peak_m[:, 1, 2], threshold, np.full(len(made), 30.0))
    return columns, made.of("depth_m") * np.exp(made.of("rise_5_m") * 8) > threshold


@pytest.fixture(scope="module")
def chance() -> Chance:
    columns, came = asked()
    return fit_chance(columns, came, np.ones(len(came)), ROUNDS)


def test_the_tables_say_what_scikit_learn_says(chance: Chance) -> None:
    from sklearn.ensemble import HistGradientBoostingClassifier

    from models.learn import chance as module

    columns, came = asked()
    own = HistGradientBoostingClassifier(
        max_iter=ROUNDS,
        learning_rate=module.LEARNING_RATE,
        max_leaf_nodes=module.LEAVES,
        min_samples_leaf=module.LEAF_ROWS,
        l2_regularization=module.RIDGE,
        monotonic_cst=list(TABLES.values()),
        interaction_cst="no_interactions",
        early_stopping=False,
        random_state=1,
    ).fit(columns, came, sample_weight=np.ones(len(came)))
    other, _ = asked(seed=8)
    assert np.allclose(own.predict_proba(other)[:, 1], chance(other), atol=1e-12)


@given(nearer=st.floats(0.0, 0.2), lead=st.sampled_from([5.0, 15.0, 60.0]), row=st.integers(0, 200))
def test_a_higher_level_is_never_likelier_and_more_time_never_less(chance: Chance, nearer: float, lead: float, row: int) -> None:
    features = rows(seed=4).columns[row : row + 1]
    peak, threshold = np.array([0.1]), np.array([0.3])
    p = chance(against(features, peak, peak, threshold, np.array([lead])))
    assert chance(against(features, peak, peak, threshold + nearer, np.array([lead]))) <= p + 1e-12
    assert chance(against(features, peak, peak, threshold, np.array([lead * 2]))) >= p - 1e-12


def test_the_mean_of_tables_is_the_mean_of_logits(chance: Chance) -> None:
    columns, came = asked(seed=6)
    other = fit_chance(columns, came, np.ones(len(came)), ROUNDS)

    def logit(p: np.ndarray) -> np.ndarray:
        return np.log(p / (1 - p))

    both = mean([chance, other])
    assert np.allclose(logit(both(columns)), (logit(chance(columns)) + logit(other(columns))) / 2)


def test_tables_come_back_from_their_arrays_and_damaged_ones_are_refused(chance: Chance) -> None:
    columns, _ = asked(seed=6)
    assert np.array_equal(chance(columns), chance_from(chance.arrays())(columns))
    with pytest.raises(ValueError, match="do not fit together"):
        chance_from(chance.arrays() | {"steps": np.zeros(3)})
    with pytest.raises(ValueError, match="not a number"):
        chance_from(chance.arrays() | {"edges": chance.arrays()["edges"] * np.nan})


def test_what_never_came_is_unlikely_and_nothing_breaks() -> None:
    columns, came = asked()
    never = fit_chance(columns, np.zeros(len(came), bool), np.ones(len(came)), ROUNDS)
    assert (never(columns) < 0.001).all()
    assert len(NAMES) == rows().columns.shape[1]


def test_without_any_row_nothing_is_expected() -> None:
    columns, _ = asked()
    none = fit_chance(columns[:0], np.zeros(0, bool), np.zeros(0), ROUNDS)
    assert (none(columns) < 0.001).all()
