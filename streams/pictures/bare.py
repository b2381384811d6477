"""What is left of a file when only what its pixels need is taken over: the rest never reaches a decoder."""

from __future__ import annotations

from typing import Literal, NamedTuple

from streams.pictures.refused import PictureRefused, Refusal

Kind = Literal["JPEG", "PNG", "WEBP"]

MOST_PIECES = 20_000
"""Segments or chunks of one file; a telephone's picture has some tens, a PNG of 12 MiB in pieces of 4 KiB has 3,000."""


class Bare(NamedTuple):
    """A file with nothing but pixels in it.

    Attributes
    ----------
    kind
        The name by which Pillow knows its decoder.
    data
        The file, written anew from the pieces that the pixels need.
    width, height
        In pixels, as its header says: nothing was decoded to know them.
    exif
        Its block of camera data, untouched and unread; None where it has none.
    """

    kind: Kind
    data: bytes
    width: int
    height: int
    exif: bytes | None


def broken(detail: str) -> PictureRefused:
    """The error for a file that is not what its first bytes say."""
    return PictureRefused(Refusal.BROKEN, detail)
