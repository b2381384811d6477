"""No chance is told that the depths beside it belie."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from models.learn.learned import least_chances
from models.situation import LEAD_MIN, PEAK_QUANTILES, QUANTILES

DEPTHS = st.lists(st.floats(0, 2), min_size=7 * 6, max_size=7 * 6)


@given(DEPTHS, st.lists(st.floats(0, 2), min_size=3, max_size=3), st.lists(st.floats(0.01, 2), min_size=4, max_size=4))
def test_the_least_chance_is_what_the_quantiles_leave(depths: list[float], peaks: list[float], thresholds: list[float]) -> None:
    depth = np.sort(np.array(depths).reshape(1, 7, 6), axis=1)
    peak, threshold = np.sort(np.array([peaks])), np.sort(np.array([thresholds]))
    least = least_chances(depth, peak, threshold)
    assert (np.diff(least, axis=2) >= 0).all(), "more time, no smaller chance"
    assert (np.diff(least, axis=1) <= 0).all(), "a higher level, no greater chance"
    for lead in range(len(LEAD_MIN)):
        for level in range(4):
            for row, quantile in enumerate(QUANTILES.tolist()):
                if depth[0, row, lead] >= threshold[0, level]:
                    assert least[0, level, lead] >= 1 - quantile
    for row, quantile in enumerate(PEAK_QUANTILES.tolist()):
        assert ((peak[:, row] < threshold[0]) | (least[0, :, -1] >= 1 - quantile)).all()


def test_nothing_is_asked_for_where_no_quantile_reaches_the_level() -> None:
    none = least_chances(np.full((2, 7, 6), 0.1), np.full((2, 3), 0.1), np.array([[0.15, 0.27], [0.2, np.inf]]))
    assert (none == 0).all()
