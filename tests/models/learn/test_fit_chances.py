"""Told chances come as often as they say; the score for alarms is chosen on storms that its tables had not seen."""

from __future__ import annotations

import numpy as np

from models.learn.fit_chances import fit_alarms, fit_told, half_hour
from models.learn.rows import FOLDS, Rows, flood_weights, folds
from tests.models.learn.made_up import rows

LEVELS_M = np.array([0.15, 0.27, 0.4, 0.6])


def test_a_told_chance_comes_as_often_as_it_says() -> None:
    told, other = fit_told(rows(storms=40), by_flood=True), rows(storms=20, seed=9)
    said = half_hour(told, other, LEVELS_M)[:, 0]
    below = other.of("depth_m") < LEVELS_M[0]
    came = other.peak_m[:, 2] >= LEVELS_M[0]
    assert abs(said[below].mean() - came[below].mean()) < 0.03
    assert (said[~below] == 1).all()


def test_the_score_is_chosen_on_storms_that_its_tables_had_not_seen() -> None:
    wet, seen = rows(storms=10), []

    def choose(asked: Rows, told: np.ndarray) -> tuple[tuple[float, ...], tuple[float, ...], dict[str, dict[str, float]]]:
        seen.append((asked, told))
        return (0.2, 0.2, 0.3, 0.4), (0.1, 0.1, 0.2, 0.3), {}

    alarm = fit_alarms(wet, flood_weights(wet), LEVELS_M, choose)
    assert (0.2, 0.2, 0.3, 0.4) == alarm.raise_p
    (asked, told), fold = seen[0], folds(wet.storm)
    assert len(asked) == len(told)
    assert np.isfinite(told).all()
    assert not np.allclose(told, half_hour(alarm.score, wet, LEVELS_M))
    assert FOLDS == len(np.unique(fold))
    assert all(1 == len(np.unique(fold[wet.storm == storm])) for storm in np.unique(wet.storm)), "a storm is never split"
