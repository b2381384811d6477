"""Whether two pictures show the same: by a perceptual hash, which a new compression or size hardly changes."""

from __future__ import annotations

import imagehash
from PIL import Image

MOST_BITS = 6
"""Of 64. Two hashes of unlike pictures differ by 32 bits, give or take 4; the same picture saved again, scaled, lighter or darker, or cut
by 2 % by 0 to 6 (tests/streams/pictures/test_likeness.py)."""


def likeness_of(canvas: Image.Image) -> str:
    """The perceptual hash of a picture (the signs of its 8 x 8 lowest frequencies against their median), as 16 hexadecimal digits."""
    return str(imagehash.phash(canvas))


def alike(a: str, b: str) -> bool:
    """Whether two hashes are of the same picture, or of one that was saved again.

    Raises
    ------
    ValueError
        Where one is not 16 hexadecimal digits.
    """
    if len(a) != 16 or len(b) != 16:
        raise ValueError("a likeness is 16 hexadecimal digits")
    return (int(a, 16) ^ int(b, 16)).bit_count() <= MOST_BITS
