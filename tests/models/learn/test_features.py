"""What the learner looks at: neighbours, gaps, and nothing that is not a number."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from models.forecaster import run_core
from models.learn.features import NAMES, _close_max, features
from tests.models.moments import moment


@given(peaks=st.lists(st.floats(0, 1), min_size=1, max_size=8), seed=st.integers(0, 5))
def test_the_deepest_close_neighbour_is_found(peaks: list[float], seed: int) -> None:
    count = len(peaks)
    apart = np.random.default_rng(seed).uniform(0, 4, (count, count))
    apart = apart + apart.T
    np.fill_diagonal(apart, 0.0)
    plain = np.where((apart < 2) & ~np.eye(count, dtype=bool), np.array(peaks)[None, :], 0.0).max(axis=1)
    assert np.array_equal(plain, _close_max(apart, np.array(peaks)))


def test_a_moment_of_which_nothing_is_known_makes_numbers_all_the_same() -> None:
    now = moment([[0.0, 0.0], [0.1, 0.2]], silent_min=1)
    columns = features(now, run_core(now).outlook)
    assert columns.shape == (2, len(NAMES))
    assert np.isfinite(columns).all()


def test_rise_and_spell_are_those_of_the_readings() -> None:
    now = moment([[0.0] * 5 + [0.02, 0.05, 0.09]])
    own = dict(zip(NAMES, features(now, run_core(now).outlook)[0].tolist(), strict=True))
    assert abs(own["rise_1_m"] - 0.04 * 2 / 3) < 1e-6, "the newest reading is 20 s old"
    assert abs(own["rate_m_min"] - 0.04) < 1e-6
    assert abs(own["spell_min"] - (2 + 1 / 3)) < 1e-6
    assert own["rain_60_mm"] == -1


def test_points_that_never_spoke_make_numbers_too() -> None:
    now = moment([[0.0], [0.0]], silent_min=5, rain_mm=[1.0])
    assert not np.isfinite(now.history_min).any()
    assert np.isfinite(features(now, run_core(now).outlook)).all()
