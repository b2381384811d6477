"""What is taken in comes out upright, small, plain and by the name of its content."""

from __future__ import annotations

import hashlib
from io import BytesIO

import numpy as np
import pytest
from PIL import ExifTags, Image

from streams.bench.hostile.file import encoded, jpeg, png, scene, webp
from streams.pictures.intake import PictureRefused, clean, hide_well, take
from streams.pictures.jpeg import strangers
from streams.pictures.refused import Refusal


def opened(raw: bytes) -> Image.Image:
    return Image.open(BytesIO(raw)).convert("RGB")


def far(a: Image.Image, b: Image.Image) -> float:
    """Mean difference of two pictures, of 255."""
    return float(np.abs(np.asarray(a, float) - np.asarray(b.resize(a.size), float)).mean())


@pytest.mark.parametrize("raw", [jpeg(), png(), webp(), webp(lossless=True), jpeg(progressive=True)])
def test_it_shows_the_same_and_has_the_name_of_its_content(raw: bytes) -> None:
    taken = take(raw, consent=False)
    assert (320, 240) == (taken.width, taken.height) == opened(taken.jpeg).size
    assert hashlib.sha256(taken.jpeg).hexdigest() == taken.picture
    assert far(scene(), opened(taken.jpeg)) < 6
    assert [] == strangers(taken.jpeg)
    assert taken == take(raw, consent=False)


def test_the_longest_side_is_1600_and_what_is_smaller_stays() -> None:
    assert (1600, 400) == opened(clean(jpeg(4000, 1000))).size
    assert (300, 1600) == opened(clean(png(600, 3200))).size
    assert (1600, 1200) == opened(clean(jpeg(1600, 1200))).size
    assert (1600, 1) == opened(clean(encoded(Image.new("RGB", (12000, 1)), "PNG"))).size


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_every_orientation_comes_out_upright(kind: str, orientation: int) -> None:
    upright = scene()
    turns = {
        2: [Image.Transpose.FLIP_LEFT_RIGHT],
        3: [Image.Transpose.ROTATE_180],
        4: [Image.Transpose.FLIP_TOP_BOTTOM],
        5: [Image.Transpose.TRANSPOSE],
        6: [Image.Transpose.ROTATE_90],  # the camera was turned to the left: to be seen, it is turned to the right
        7: [Image.Transpose.TRANSVERSE],
        8: [Image.Transpose.ROTATE_270],
    }
    stored = upright
    for turn in turns.get(orientation, []):
        stored = stored.transpose(turn)
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    found = opened(clean(encoded(stored, kind, exif=exif)))
    assert upright.size == found.size
    assert far(upright, found) < 8


def test_what_is_transparent_is_white() -> None:
    clear = Image.new("RGBA", (40, 30), (255, 0, 0, 0))
    for raw in (encoded(clear, "PNG"), encoded(clear, "WEBP", lossless=True)):
        assert (255, 255, 255) == opened(clean(raw)).getpixel((20, 15))
    palette = Image.new("P", (40, 30), 1)
    palette.putpalette([0, 0, 0, 200, 0, 0])
    assert (255, 255, 255) == opened(clean(encoded(palette, "PNG", transparency=1))).getpixel((20, 15))


def test_sixteen_bits_of_grey_keep_their_shades() -> None:
    shades = np.linspace(0, 65535, 256).astype(np.uint16)[None, :].repeat(64, 0)
    found = np.asarray(opened(clean(encoded(Image.fromarray(shades), "PNG"))).convert("L"), float).mean(0)
    assert np.abs(found - np.arange(256)).max() < 8


def test_four_inks_come_out_as_they_look() -> None:
    assert far(scene(), opened(clean(encoded(scene().convert("CMYK"), "JPEG")))) < 8


def test_of_an_animated_png_the_first_picture_is_taken_and_an_animated_webp_refused() -> None:
    frames = [scene(seed=seed) for seed in (1, 2)]
    assert far(scene(), opened(clean(encoded(frames[0], "PNG", save_all=True, append_images=frames[1:])))) < 6
    with pytest.raises(PictureRefused) as refused:
        clean(encoded(frames[0], "WEBP", save_all=True, append_images=frames[1:]))
    assert Refusal.WRONG_KIND == refused.value.reason


def test_a_picture_without_faces_is_shown_as_it_is() -> None:
    taken = take(encoded(Image.linear_gradient("L"), "JPEG"), consent=False)
    assert taken.jpeg == hide_well(taken.jpeg)
