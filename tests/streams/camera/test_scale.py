"""A straight gauge in perspective: any three heights say all others."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from streams.camera.scale import Scale, ScaleError

UPRIGHT = [((100.0, 400.0), 0.0), ((102.0, 300.0), 0.5), ((104.0, 210.0), 1.0), ((106.0, 128.0), 1.5)]


def scale_of(points: list[tuple[tuple[float, float], float]]) -> Scale:
    return Scale([pixel for pixel, _ in points], [height_m for _, height_m in points])


@given(
    st.floats(2, 8), st.floats(2, 5), st.floats(-3, 3), st.floats(500, 2000), st.lists(st.floats(0, 2), min_size=4, max_size=9, unique=True)
)
def test_heights_of_a_pinhole_camera_come_back(far_m: float, high_m: float, aside_m: float, focal_px: float, heights: list[float]) -> None:
    heights = sorted(round(height, 2) for height in heights)
    if len(set(heights)) < 4 or min(np.diff(heights)) < 0.05:
        return
    down = np.arctan2(high_m - 0.8, far_m)  # it looks at 0.8 m

    def seen(height_m: float) -> tuple[float, float]:
        ahead = far_m * np.cos(down) + (high_m - height_m) * np.sin(down)
        up = -far_m * np.sin(down) + (high_m - height_m) * np.cos(down)
        return float(640 + focal_px * aside_m / ahead), float(360 + focal_px * up / ahead)

    clicked = np.array([seen(height) for height in heights])
    assume(np.linalg.norm(np.diff(clicked, axis=0), axis=1).min() > 2.5)  # nearer ones are refused
    scale = Scale([seen(height) for height in heights], heights)
    assert max(abs(scale.residuals_m)) < 1e-6
    for height in np.linspace(heights[0], heights[-1], 7):
        assert np.allclose(scale.pixels([float(height)])[0], seen(float(height)), rtol=0, atol=1e-4)


def test_the_order_in_which_points_are_given_does_not_matter() -> None:
    heights_m = [0.0, 0.7, 1.5]
    assert scale_of(UPRIGHT).pixels(heights_m) == pytest.approx(scale_of(UPRIGHT[::-1]).pixels(heights_m))


@pytest.mark.parametrize(
    ("points", "word"),
    [
        (UPRIGHT[:2], "at least 3"),
        ([*UPRIGHT, ((103.0, 250.0), 0.5)], "same height"),
        ([UPRIGHT[0], UPRIGHT[1], ((104.0, 210.0), 2.0), ((106.0, 128.0), 1.5)], "not in order"),
        ([*UPRIGHT, ((180.0, 250.0), 0.75)], "beside the line"),
        ([((100.0, 400.0), 0.0), ((100.0, 399.0), 0.5), ((100.0, 200.0), 1.0)], "less than 2 pixels"),
        ([((100.0, 400.0), 0.0), ((100.0, 300.0), 0.01), ((100.0, 200.0), 9.0)], "no camera"),
    ],
)
def test_points_that_cannot_be_are_named(points: list[tuple[tuple[float, float], float]], word: str) -> None:
    with pytest.raises(ScaleError, match=word):
        scale_of(points)
