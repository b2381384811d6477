"""Gaps in the rain, and its futures."""

from __future__ import annotations

import numpy as np

from models.core.rain import HELD_MIN, filled, futures_mm_h

NAN = np.nan


def test_a_silent_gauge_goes_on_for_ten_minutes_and_no_longer() -> None:
    rain = np.array([[0.5, *[NAN] * 15]])
    assert (filled(rain)[0, : HELD_MIN + 1] == 0.5).all()
    assert (filled(rain)[0, HELD_MIN + 1 :] == 0).all()


def test_without_a_bureau_rain_dies_away_and_where_nobody_measures_there_is_none() -> None:
    steps = np.arange(0.0, 120.0, 10.0)
    futures = futures_mm_h(np.array([[NAN] * 30 + [1.0] * 10, [NAN] * 40]), np.full((2, 120), NAN), steps, steps + 10, 8)
    assert (np.diff(futures[0], axis=1) < 0).all()
    assert (futures[1] == 0).all()


def test_the_bureaus_rain_takes_over_from_what_falls_now() -> None:
    steps = np.arange(0.0, 120.0, 10.0)
    coming = np.array([[0.0] * 60 + [2.0] * 60])
    futures = futures_mm_h(np.array([[0.5] * 40]), coming, steps, steps + 10, 8)
    first, last = futures[0, :, 0].mean(), futures[0, :, -1].mean()
    assert 20 < first <= 30, "half a millimetre a minute falls now"
    assert 60 < last < 240, "two are expected then"
    assert len({round(float(one), 6) for one in futures[0, :, -1]}) == 8, "the members differ in how much comes"
