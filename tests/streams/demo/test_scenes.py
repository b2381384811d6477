"""Rendered scenes: equal for equal seeds, true to their depth, and those held out are of other kinds."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from streams.demo.scene_place import make_place, paintings
from streams.demo.scene_water import Surface, mirrored
from streams.demo.scene_weather import CONDITIONS, make_weather
from streams.demo.scenes import make_look, make_reference

PLACE = make_place(5, held_out=False)


def picture(raw: bytes) -> np.ndarray:
    found = cv2.imdecode(np.frombuffer(raw, np.uint8), cv2.IMREAD_COLOR)
    assert found is not None
    return np.asarray(found)


def frame(condition: str, depth_m: float, seed: int = 1) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return picture(make_look(PLACE, make_weather(condition, rng), depth_m, rng, 1).frames[0])


@pytest.mark.parametrize("condition", CONDITIONS)
def test_a_look_of_each_condition_is_rendered_and_the_same_again(condition: str) -> None:
    one, again = frame(condition, 0.4), frame(condition, 0.4)
    assert (432, 768, 3) == one.shape
    assert (one == again).all()
    assert 1 < one.std()


def test_another_seed_is_another_look() -> None:
    assert (frame("day", 0.4, 1) != frame("day", 0.4, 2)).any()


@pytest.mark.parametrize("depth_m", [0.2, 0.7, 1.3])
def test_the_picture_changes_below_the_waterline_and_not_above_it(depth_m: float) -> None:
    """On the gauge's middle line, against the same look without water."""
    rng = np.random.default_rng(1)
    weather = make_weather("day", rng)
    calm = replace(weather, dirt=0.0, tide_m=None, foam=0.0, wave_m=0.001, noise=0.2, shake_px=0.0)
    dry, wet = (picture(make_look(PLACE, calm, depth, np.random.default_rng(2), 1).frames[0]).astype(float) for depth in (0.0, depth_m))
    heights_m = np.arange(0.0, PLACE.gauge_top_m - 0.1, 0.02)
    x, y = np.round(PLACE.gauge_pixels(heights_m)).astype(int).T
    above, below = heights_m > depth_m + 0.15, heights_m < depth_m - 0.05
    changed = np.abs(dry[y, x] / dry[y, x][above].mean(0) - wet[y, x] / wet[y, x][above].mean(0)).max(1)  # exposure apart
    assert np.median(changed[below]) > 2 * np.median(changed[above])


def test_still_water_mirrors_as_schlick_says() -> None:
    straight_down = np.array([[0.0, 0.0, -1.0]], np.float32)
    grazing = np.array([[0.0, 0.9998, -0.02]], np.float32)
    still = np.zeros((1, 2), np.float32)
    out, share = mirrored(straight_down, still, 0.0)
    assert out[0] == pytest.approx([0, 0, 1], abs=1e-6)
    assert share[0] == pytest.approx(0.02, abs=1e-3)
    assert mirrored(grazing, still, 0.0)[1][0] > 0.85


def test_waves_go_up_and_down_about_the_depth() -> None:
    surface = Surface(5, 0.5, 0.01, 0.0, 3.0)
    line_m = surface.line_m(np.linspace(-4, 4, 4000, dtype=np.float32)[None])
    assert line_m.mean() == pytest.approx(0.5, abs=0.004)
    assert 0.001 < line_m.std() < 0.02
    assert not Surface(5, 0.0, 0.01, 0.0, 3.0).line_m(np.zeros((1, 3), np.float32)).any()


def test_the_gauge_stands_where_its_place_says() -> None:
    wall, _ = paintings(PLACE)
    dry = picture(make_reference(PLACE))
    x, y = PLACE.gauge_pixels(np.array([1.0]))[0]
    on, beside = dry[round(y) - 20 : round(y) + 20, round(x)], dry[round(y) - 20 : round(y) + 20, round(x) + 40]
    assert on.std() > beside.std()
    assert wall.min() >= 0
    assert wall.max() <= 1


def test_held_out_places_have_walls_gauges_and_waters_that_were_not_tuned_on() -> None:
    tuned, held = ([make_place(seed, held_out) for seed in range(60)] for held_out in (False, True))
    assert {"checker", "ticks", "narrow_bands"} <= {place.pattern for place in held} - {place.pattern for place in tuned}
    assert {"brick", "plaster"} <= {place.wall for place in held} - {place.wall for place in tuned}
    assert not {place.water for place in held} & {place.water for place in tuned}
