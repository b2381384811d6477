"""The same picture is alike however it was saved; another one is not."""

from __future__ import annotations

from io import BytesIO
from itertools import combinations
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
import sklearn
from PIL import Image, ImageEnhance

from streams.bench.honest_pictures import street
from streams.pictures.likeness import likeness_of
from streams.reports.triage.likeness import ALIKE_BITS

PHOTOGRAPHS = (
    Path(sklearn.__file__).parent / "datasets/images/china.jpg",
    Path(sklearn.__file__).parent / "datasets/images/flower.jpg",
    Path(mpl.__file__).parent / "mpl-data/sample_data/grace_hopper.jpg",
)
AGAIN_BITS = 6
"""By which the same picture differs at most; the triage leaves some room above."""


def scenes() -> list[Image.Image]:
    drawn = [street(np.random.default_rng(seed), 800, 600) for seed in range(8)]
    return drawn + [Image.open(file).convert("RGB") for file in PHOTOGRAPHS]


def saved(picture: Image.Image, quality: int) -> Image.Image:
    out = BytesIO()
    picture.save(out, "JPEG", quality=quality)
    return Image.open(out).convert("RGB")


def cut(picture: Image.Image, share: float) -> Image.Image:
    aside, above = round(picture.width * share / 2), round(picture.height * share / 2)
    return picture.crop((aside, above, picture.width - aside, picture.height - above))


def bits(a: str, b: str) -> int:
    """By how many bits two likenesses differ."""
    return (int(a, 16) ^ int(b, 16)).bit_count()


@pytest.mark.parametrize("number", range(11))
def test_saved_again_scaled_cut_a_little_lighter_or_darker_it_is_alike(number: int) -> None:
    picture = scenes()[number]
    own = likeness_of(picture)
    changed = {
        "saved badly": saved(picture, 25),
        "half": picture.resize((picture.width // 2, picture.height // 2)),
        "larger": picture.resize((picture.width * 2, picture.height * 2)),
        "cut by 2 %": cut(picture, 0.02),
        "lighter": ImageEnhance.Brightness(picture).enhance(1.15),
        "darker": ImageEnhance.Brightness(picture).enhance(0.7),
        "less contrast": ImageEnhance.Contrast(picture).enhance(0.8),
        "all of it": saved(ImageEnhance.Brightness(picture.resize((640, 480))).enhance(0.9), 40),
    }
    assert [] == [name for name, one in changed.items() if bits(own, likeness_of(one)) > AGAIN_BITS]


def test_other_places_are_not_alike_even_where_all_are_streets() -> None:
    likenesses = [likeness_of(picture) for picture in scenes()]
    assert [] == [(a, b) for a, b in combinations(likenesses, 2) if bits(a, b) <= ALIKE_BITS]
