"""A perceptual hash of a picture, which a new compression or size hardly changes; what is alike is the triage's to say."""

from __future__ import annotations

import imagehash
from PIL import Image


def likeness_of(canvas: Image.Image) -> str:
    """The perceptual hash of a picture (the signs of its 8 x 8 lowest frequencies against their median), as 16 hexadecimal digits.

    Of its 64 bits two unlike pictures differ by 32, give or take 4; the same picture saved again, scaled, lighter or darker, or cut by
    2 %, by 0 to 6 (tests/streams/pictures/test_likeness.py).
    """
    return str(imagehash.phash(canvas))
