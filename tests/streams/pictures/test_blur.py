"""What is found is unreadable afterwards, wherever it lies; what is not found is as it was."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from streams.bench.honest_pictures import plate
from streams.pictures.blur import CELLS, MARGIN, THOROUGH, Box, Search, Searches, blur, find, hide

# a portrait of 1984 by the US Navy, in the public domain, that comes with matplotlib
PORTRAIT = Path(mpl.__file__).parent / "mpl-data/sample_data/grace_hopper.jpg"
FACE = (180, 60, 330, 210)


@pytest.fixture(scope="module")
def portrait() -> Image.Image:
    return Image.open(PORTRAIT).convert("RGB")


def detail(picture: Image.Image, box: tuple[int, int, int, int]) -> float:
    """How much neighbouring pixels differ."""
    grey = np.asarray(picture.crop(box).convert("L"), float)
    return float(np.abs(np.diff(grey)).mean())


def test_a_face_is_found_and_has_no_features_left(portrait: Image.Image) -> None:
    before = portrait.tobytes()
    hidden = hide(portrait)
    assert hidden.faces >= 1
    assert detail(portrait, FACE) > 4 * detail(hidden.canvas, FACE)
    assert [] == find(hidden.canvas, THOROUGH.faces[0])
    assert before == portrait.tobytes()


def test_the_rest_of_the_picture_is_as_it_was(portrait: Image.Image) -> None:
    hidden = hide(portrait, Searches((Search("frontalface_alt2", 800, 1.2),), ()))
    assert 1 == hidden.faces
    below = (0, 450, portrait.width, portrait.height)
    assert portrait.crop(below).tobytes() == hidden.canvas.crop(below).tobytes()


@pytest.mark.parametrize("turns", range(4))
def test_before_the_public_a_face_is_found_in_a_picture_that_lies_on_its_side(portrait: Image.Image, turns: int) -> None:
    turned = portrait.rotate(90 * turns, expand=True)
    hidden = hide(turned)
    assert hidden.faces >= 1
    assert detail(portrait, FACE) > 4 * detail(hidden.canvas.rotate(-90 * turns, expand=True), FACE)


def test_plates_are_found_dark_on_light_and_light_on_dark() -> None:
    for seed in range(6):
        canvas = Image.new("RGB", (1600, 1200), (120, 120, 115))
        draw = ImageDraw.Draw(canvas)
        draw.rounded_rectangle((500, 500, 1000, 800), 30, fill=(80, 20, 30))
        box = plate(draw, np.random.default_rng(seed), 650, 650, 200)
        hidden = hide(canvas)
        assert hidden.plates >= 1
        inside = (box[0] + 10, box[1] + 10, box[0] + box[2] - 10, box[1] + box[3] - 10)
        assert detail(canvas, inside) > 3 * detail(hidden.canvas, inside)


@given(st.integers(0, 2**32 - 1))
def test_nothing_is_left_but_averages_so_that_many_pictures_become_the_same(seed: int) -> None:
    rng = np.random.default_rng(seed)
    side, cell = 60, 60 // CELLS
    first = rng.integers(0, 256, (side, side, 3), dtype=np.uint8)
    # rows in another order within each band of cells: the averages of columns are rounded before those of rows are taken
    other = np.concatenate([rng.permutation(first[row : row + cell]) for row in range(0, side, cell)])
    canvases = [Image.fromarray(first), Image.fromarray(other)]
    assert canvases[0].tobytes() != canvases[1].tobytes()
    for canvas in canvases:
        blur(canvas, Box(0, 0, side, side))
    assert canvases[0].tobytes() == canvases[1].tobytes()


@given(st.integers(-40, 140), st.integers(-40, 140), st.integers(1, 150), st.integers(1, 150))
def test_all_of_a_box_and_its_margin_is_painted_over_and_nothing_beyond(x: int, y: int, width: int, height: int) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (100, 120, 3), dtype=np.uint8)
    canvas = Image.fromarray(noise)
    blur(canvas, Box(x, y, width, height))
    aside, above = round(width * MARGIN), round(height * MARGIN)
    beyond = np.ones((100, 120), bool)
    beyond[max(0, y - above) : max(0, y + height + above), max(0, x - aside) : max(0, x + width + aside)] = False
    assert np.array_equal(noise[beyond], np.asarray(canvas)[beyond])


def test_a_box_that_lies_outside_changes_nothing(portrait: Image.Image) -> None:
    canvas = portrait.copy()
    blur(canvas, Box(5000, 5000, 10, 10))
    assert portrait.tobytes() == canvas.tobytes()


@pytest.mark.parametrize("size", [(1, 1), (1600, 1), (1, 1600), (19, 19), (64, 20), (25, 25)])
def test_the_smallest_pictures_are_searched_without_harm(size: tuple[int, int]) -> None:
    canvas = Image.new("RGB", size)
    assert (canvas, 0, 0) == hide(canvas)
