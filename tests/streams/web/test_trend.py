"""The trend is one of what is known, whatever was kept."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from streams.observation.moments import MINUTE_US
from streams.store.recent_water import WaterThen
from streams.web.trend import CHANGE_M, SLACK_US, SPAN_US, WET_M, trend

NOW_US = 10**15
depths = st.none() | st.integers(-50, 3000).map(lambda mm: mm / 1000)
kept = st.lists(st.builds(WaterThen, st.integers(NOW_US - 30 * MINUTE_US, NOW_US), st.none(), depths), max_size=20)


@given(depths, kept)
def test_a_trend_has_two_ends_that_are_known(depth_m: float | None, rows: list[WaterThen]) -> None:
    found = trend(depth_m, NOW_US, rows)
    near = [row for row in rows if row.depth_m is not None and abs(row.at_us - (NOW_US - SPAN_US)) <= SLACK_US]
    if found is not None:
        assert depth_m is not None and near
        assert max(depth_m, *(row.depth_m or 0.0 for row in near)) >= WET_M


@given(st.integers(30, 3000), st.integers(0, 3000))
def test_water_that_was_lower_rises_and_turned_round_it_falls(now_mm: int, before_mm: int) -> None:
    def between(before: int, now: int) -> str | None:
        return trend(now / 1000, NOW_US, [WaterThen(NOW_US - SPAN_US, 1, before / 1000)])

    turned = {"rising": "falling", "falling": "rising", "steady": "steady", None: None}
    assert turned[between(now_mm, before_mm)] == between(before_mm, now_mm)
    if abs(now_mm - before_mm) >= CHANGE_M * 1000:
        assert ("rising" if now_mm > before_mm else "falling") == between(before_mm, now_mm)


def test_what_was_never_observed_has_no_trend() -> None:
    assert trend(0.3, None, [WaterThen(NOW_US - SPAN_US, 1, 0.1)]) is None
