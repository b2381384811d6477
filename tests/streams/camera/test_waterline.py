"""Reading a look: right where it says something, silent where it cannot see, and never dry for want of seeing."""

from __future__ import annotations

from importlib import resources
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest

from streams.camera.calibration import CalibrationError
from streams.camera.picture import CannotSee, Picture, Reading, Why
from streams.camera.waterline import Waterline
from tests.streams.camera.conftest import Site


@pytest.mark.parametrize("depth_m", [0.0, 0.12, 0.55, 1.0])
def test_a_plain_look_is_read_to_five_centimetres(site: Site, depth_m: float) -> None:
    said = site.waterline.read(site.frames("day", depth_m, dirt=0.0))
    assert isinstance(said, Reading), said
    assert said.depth_m == pytest.approx(depth_m, abs=0.05)
    assert said.confidence >= 0.5


def test_deeper_water_never_reads_shallower(site: Site) -> None:
    """By no more than waves and pixels: 3 cm."""
    depths = np.arange(0.0, 1.45, 0.2)
    said = [site.waterline.read(site.frames("day", float(depth_m), seed=3)) for depth_m in depths]
    read = [verdict.depth_m for verdict in said if isinstance(verdict, Reading)]
    assert len(read) >= 0.7 * len(depths)
    assert all(later >= before - 0.03 for before, later in pairwise(read)), read


def same(level: int) -> Picture:
    return np.full((432, 768, 3), level, np.uint8)


def noise(seed: int) -> Picture:
    return np.random.default_rng(seed).integers(0, 256, (432, 768, 3), np.uint8).astype(np.uint8)


@pytest.mark.parametrize("number", [1, 5])
@pytest.mark.parametrize("level", [0, 8, 128, 255])
def test_an_empty_picture_is_not_read(site: Site, level: int, number: int) -> None:
    said = site.waterline.read([same(level)] * number)
    assert isinstance(said, CannotSee)
    if level < 10:
        assert said.why == Why.TOO_DARK
    if level == 255:
        assert said.why == Why.GLARE


def test_noise_is_not_read(site: Site) -> None:
    for seed in range(5):
        assert isinstance(site.waterline.read([noise(seed), noise(seed + 50), noise(seed + 90)]), CannotSee)


def foreign() -> list[Path]:
    """The real photographs at hand: none shows water at a gauge."""
    sklearn = Path(str(resources.files("sklearn"))) / "datasets" / "images"
    return [*sorted(sklearn.glob("*.jpg")), *sorted(Path(str(resources.files("matplotlib"))).glob("mpl-data/sample_data/*.jpg"))]


def test_foreign_photographs_are_not_read(site: Site) -> None:
    files = foreign()
    assert files
    for file in files:
        picture = cv2.resize(np.asarray(cv2.imread(str(file))), (768, 432))
        said = site.waterline.read([picture] * 3)
        assert isinstance(said, CannotSee), (file.name, said)


def test_another_camera_is_not_read(site: Site) -> None:
    for moved in (cv2.flip(site.dry, 1), cv2.rotate(site.dry, cv2.ROTATE_180), cv2.resize(site.dry[100:300, 200:500], (768, 432))):
        assert isinstance(site.waterline.read([np.asarray(moved)] * 3), CannotSee)


def test_a_camera_that_was_turned_says_moved(site: Site) -> None:
    turned = [np.roll(frame, (0, 60), (0, 1)) for frame in site.frames("day", 0.5, shadow=None)]
    said = site.waterline.read(turned)
    assert isinstance(said, CannotSee)
    assert said.why == Why.MOVED


def test_a_little_shake_does_not_change_the_reading(site: Site) -> None:
    frames = site.frames("day", 0.5, shadow=None)
    still = site.waterline.read(frames)
    shaken = site.waterline.read([np.roll(frame, (n % 3 - 1, 2 * (n % 2)), (0, 1)) for n, frame in enumerate(frames)])
    assert isinstance(still, Reading)
    assert isinstance(shaken, Reading)
    assert shaken.depth_m == pytest.approx(still.depth_m, abs=0.02)


def test_brightness_does_not_change_the_reading(site: Site) -> None:
    frames = site.frames("day", 0.5, shadow=None)
    one = site.waterline.read(frames)
    other = site.waterline.read([np.clip(frame * 0.6, 0, 255).astype(np.uint8) for frame in frames])
    assert isinstance(one, Reading)
    assert isinstance(other, Reading)
    assert other.depth_m == pytest.approx(one.depth_m, abs=0.02)


def test_a_gauge_behind_a_board_is_blocked_not_deep_and_not_dry(site: Site) -> None:
    """A grey board before the gauge's lower half, with the road seen beside it."""
    frames = [frame.copy() for frame in site.frames("day", 0.0, shadow=None)]
    at = site.calibration.scale.pixels([0.0, 0.9])
    for frame in frames:
        cv2.rectangle(frame, (int(at[0, 0]) - 60, int(at[1, 1])), (int(at[0, 0]) + 60, int(at[0, 1]) + 40), (150, 140, 130), -1)
    said = site.waterline.read(frames)
    assert isinstance(said, CannotSee), said
    assert said.why == Why.BLOCKED


def test_water_that_goes_on_is_believed_where_a_sudden_edge_is_not(site: Site) -> None:
    for seed in range(30):
        frames = site.frames("day", 0.7, seed=seed, wave_m=0.0005, shadow=None)
        frames = [frames[0]] * 5  # nothing moves
        if isinstance(site.waterline.read(frames), CannotSee):
            said = site.waterline.read(frames, Reading(0.68, 0.9))
            if isinstance(said, Reading):
                assert said.depth_m == pytest.approx(0.7, abs=0.05)
                return
    pytest.fail("no sudden edge was doubted")


def test_a_gauge_that_is_faint_from_some_height_down_is_not_called_dry(site: Site) -> None:
    """Its image in water can be like the gauge band for band: only its contrast tells."""
    frames = [frame.copy() for frame in site.frames("day", 0.0, shadow=None, dirt=0.0, tide_m=None)]
    line = round(float(site.calibration.scale.pixels([0.4])[0, 1]))
    for frame in frames:
        light = cv2.GaussianBlur(frame.astype(np.float32), (0, 0), 14)
        frame[line:] = np.clip(light + 0.35 * (frame - light), 0, 255).astype(np.uint8)[line:]
    said = site.waterline.read(frames)
    assert isinstance(said, CannotSee)
    assert "faint up to 0.3" in said.detail


def test_pictures_of_another_size_are_no_look(site: Site) -> None:
    said = site.waterline.read([np.zeros((100, 100, 3), np.uint8)])
    assert isinstance(said, CannotSee)
    assert said.why == Why.NO_GAUGE


def test_without_a_dry_picture_nothing_is_promised(site: Site) -> None:
    with pytest.raises(CalibrationError, match="dry picture"):
        Waterline(site.calibration, None)


def test_a_learned_mask_is_heard_but_cannot_carry_a_reading_alone(site: Site) -> None:
    frames = site.frames("day", 0.0, shadow=None)
    flooded = Waterline(site.calibration, site.dry, lambda picture: np.ones(picture.shape[:2], np.float32))
    said = flooded.read(frames)
    assert isinstance(said, CannotSee) or said.depth_m < 0.05
