"""The contract's form of a forecast (DESIGN 6)."""

from __future__ import annotations

import math
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from models.forecaster import forecast
from tests.streams.towns import Run, depths, rain, seconds, town


def test_a_wet_point_has_a_line_at_once_and_each_minute_and_a_dry_one_each_fifth() -> None:
    run = Run(town(points=2), forecast).hear(
        [*depths("S0", [0.0] * 6 + [0.02] * 5 + [0.0] * 20, start_s=1), *depths("S1", [0.0] * 31, start_s=2)], until_s=1860
    )
    # the first wet reading is that of 361 s, the last one that of 601 s
    own = [seconds(f.issued_at) for f in run.forecasts if f.low_point == "P0"]
    assert [300.0, 361.0, *[60.0 * n for n in range(7, 21)], 1500.0, 1800.0] == own
    assert [300.0 * n for n in range(1, 7)] == [seconds(f.issued_at) for f in run.forecasts if f.low_point == "P1"]


def test_in_rain_every_point_has_a_line_each_minute() -> None:
    run = Run(town(points=2), forecast).hear([*rain(0, 10), *depths("S0", [0.0] * 10, start_s=1)], until_s=540)
    assert [60.0 * n for n in range(10)] == [seconds(f.issued_at) for f in run.forecasts if f.low_point == "P0"]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0, 1.5), min_size=2, max_size=12), st.booleans())
def test_quantiles_rise_chances_rise_with_lead_and_nothing_is_missing(values: list[float], wet: bool) -> None:
    run = Run(town(points=2), forecast).hear([*(rain(0, 12, 2.0) if wet else []), *depths("S0", values, start_s=1)], until_s=720)
    for line in run.forecasts:
        rows = list(line.depth_m.values())
        assert all(low <= high for below, above in pairwise(rows) for low, high in zip(below, above, strict=True))
        for row in line.p_exceed:
            assert sorted(row.p) == row.p and 0 <= row.p[0] and row.p[-1] <= 1
        for below, above in pairwise(line.p_exceed):
            assert all(low >= high for low, high in zip(below.p, above.p, strict=True))
        numbers = [n for row in rows for n in row] + [n for row in line.p_exceed for n in row.p] + list(line.peak_m.values())
        assert all(math.isfinite(n) and round(n, 3) == n for n in numbers)
        assert ["0.05", "0.1", "0.25", "0.5", "0.75", "0.9", "0.95"] == list(line.depth_m)
        assert [5, 15, 30, 60, 90, 120] == line.lead_min
