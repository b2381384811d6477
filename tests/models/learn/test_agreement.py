"""Depths and chances that are told beside each other do not belie each other."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from models.learn.agree import lifted, limited_depth, limited_peak
from models.situation import LEAD_MIN, PEAK_QUANTILES, QUANTILES

LEVELS = 4
DEPTHS = st.lists(st.floats(0, 2), min_size=7 * 6, max_size=7 * 6)
PEAKS = st.lists(st.floats(0, 2), min_size=3, max_size=3)
CHANCES = st.lists(st.floats(0, 1), min_size=LEVELS * 6, max_size=LEVELS * 6)
THRESHOLDS = st.lists(st.floats(0.01, 2), min_size=LEVELS, max_size=LEVELS)
MEDIAN = QUANTILES.tolist().index(0.5)


@given(DEPTHS, PEAKS, CHANCES, THRESHOLDS)
def test_no_quantile_goes_beyond_a_level_that_is_reached_more_seldom(
    depths: list[float], peaks: list[float], chances: list[float], thresholds: list[float]
) -> None:
    depth = np.sort(np.array(depths).reshape(1, 7, 6), axis=1)
    peak, threshold = np.sort(np.array([peaks])), np.sort(np.array([thresholds]))
    told = np.array(chances).reshape(1, LEVELS, 6)
    told = np.maximum.accumulate(np.minimum.accumulate(told, axis=1), axis=2)
    p = lifted(told, depth, peak, threshold)
    depth_m, peak_m = limited_depth(depth, p, threshold), limited_peak(peak, p, threshold)
    assert (p >= told).all()
    assert (np.diff(p, axis=2) >= 0).all(), "more time, no smaller chance"
    assert (np.diff(p, axis=1) <= 0).all(), "a higher level, no greater chance"
    assert (np.diff(depth_m, axis=1) >= 0).all() and (np.diff(peak_m, axis=1) >= 0).all(), "quantiles in order"
    assert (depth_m[:, MEDIAN] == depth[:, MEDIAN]).all() and (peak_m[:, 1] == peak[:, 1]).all(), "medians stand"
    for level in range(LEVELS):
        for row, quantile in enumerate(QUANTILES.tolist()):
            for lead in range(len(LEAD_MIN)):
                if np.round(depth_m[0, row, lead], 3) >= threshold[0, level]:
                    assert p[0, level, lead] >= 1 - quantile - 1e-9
        for row, quantile in enumerate(PEAK_QUANTILES.tolist()):
            if np.round(peak_m[0, row], 3) >= threshold[0, level]:
                assert p[0, level, -1] >= 1 - quantile - 1e-9


def test_a_level_that_the_median_reaches_is_as_likely_as_not_from_then_on() -> None:
    depth = np.full((1, 7, 6), 0.1)
    depth[0, MEDIAN, 1] = 0.1496  # told as 0.15
    p = lifted(np.full((1, 1, 6), 0.02), depth, np.full((1, 3), 0.1), np.array([[0.15]]))
    assert p[0, 0].tolist() == [0.02, 0.5, 0.5, 0.5, 0.5, 0.5]


def test_a_peak_whose_median_reaches_the_level_lifts_the_last_lead_only() -> None:
    p = lifted(np.full((1, 2, 6), 0.02), np.full((1, 7, 6), 0.1), np.array([[0.1, 0.2, 0.3]]), np.array([[0.15, 0.27]]))
    assert p[0].tolist() == [[0.02] * 5 + [0.5], [0.02] * 6]


def test_nothing_is_changed_where_no_quantile_reaches_a_level() -> None:
    depth, thresholds = np.full((2, 7, 6), 0.1), np.array([[0.15, 0.27], [0.2, np.inf]])
    p = lifted(np.zeros((2, 2, 6)), depth, np.full((2, 3), 0.1), thresholds)
    assert (p == 0).all()
    assert (limited_depth(depth, p, thresholds) == depth).all()


def test_a_quantile_is_cut_to_a_millimetre_that_is_below_the_level() -> None:
    depth = np.full((1, 7, 6), 0.1)
    depth[0, -1] = 0.4
    assert limited_depth(depth, np.zeros((1, 1, 6)), np.array([[0.27]]))[0, -1].round(6).tolist() == [0.269] * 6
    assert limited_depth(depth, np.zeros((1, 1, 6)), np.array([[0.2705]]))[0, -1].round(6).tolist() == [0.27] * 6
