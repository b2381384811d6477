"""What is told to the millimetre agrees with itself: chances against depths, over leads and over levels (DESIGN 6)."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from models.learn.package import shipped
from streams.rules.outputs import Forecast
from tests.streams.towns import Run, depths, rain, town

MODEL = shipped()


def assert_agrees(line: Forecast) -> None:
    """No chance is smaller than what the depths beside it say."""
    for row in line.p_exceed:
        for name, told in line.depth_m.items():
            for p, depth_m in zip(row.p, told, strict=True):
                assert depth_m < row.threshold_m or p >= 1 - float(name) - 1e-3
        assert line.peak_m["0.5"] < row.threshold_m or row.p[-1] >= 0.5 - 1e-3
        assert sorted(row.p) == row.p
    for below, above in pairwise(line.p_exceed):
        assert all(low >= high for low, high in zip(below.p, above.p, strict=True))


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(0, 1.0), min_size=3, max_size=12), st.lists(st.floats(0, 0.6), min_size=3, max_size=12), st.booleans())
def test_the_shipped_model_tells_no_chance_that_its_depths_belie(one: list[float], other: list[float], wet: bool) -> None:
    run = Run(town(points=3), MODEL).hear([*(rain(0, 12, 1.0) if wet else []), *depths("S0", one, 1), *depths("S1", other, 2)], until_s=720)
    wet_lines = [line for line in run.forecasts if line.method == "full"]
    for line in wet_lines:
        assert_agrees(line)
