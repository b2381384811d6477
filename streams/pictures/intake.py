"""Takes a stranger's picture in: what comes out is new, and nothing of the file is left in it but what it shows.

What decodes is loaded when it is first needed: a process that has this done by another one never loads it.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from streams.pictures.checks import look
from streams.pictures.refused import PictureRefused, Refusal
from streams.pictures.taken import Taken

if TYPE_CHECKING:
    from PIL import Image

    from streams.pictures.metadata import Told

__all__ = ["PictureRefused", "Refusal", "Taken", "clean", "hide_well", "take"]


def take(raw: bytes, consent: bool, zone: str | None = None) -> Taken:
    """Take a picture in: size, kind, header, decode, upright, fresh canvas, encode.

    Bytes of strangers belong into a process apart: call `streams.pictures.apart.Sheltered.take`, which calls this one there.

    Parameters
    ----------
    consent
        Whether its sender agreed that time and place are read from it.
    zone
        Time zone by name, for a time that the picture gives without its offset.

    Raises
    ------
    PictureRefused
        Where it is not a picture that can be taken; it says why and what to do.
    """
    from streams.pictures.decode import to_jpeg
    from streams.pictures.likeness import likeness_of

    canvas, told = _upright(raw, consent, zone)
    jpeg = to_jpeg(canvas)
    name = hashlib.sha256(jpeg).hexdigest()
    return Taken(jpeg, name, canvas.width, canvas.height, likeness_of(canvas), told.taken_us, told.lon, told.lat)


def clean(raw: bytes) -> bytes:
    """The picture alone, neither its likeness nor what it says of time and place: for pictures of cameras.

    Raises
    ------
    PictureRefused
        As `take`.
    """
    from streams.pictures.decode import to_jpeg

    return to_jpeg(_upright(raw, consent=False)[0])


def hide_well(jpeg: bytes) -> bytes:
    """The public copy of a picture of ours: searched for faces and plates, which takes seconds; the same bytes where none is found.

    Raises
    ------
    PictureRefused
        As `take`.
    """
    from streams.pictures.blur import hide
    from streams.pictures.decode import to_jpeg

    canvas, _ = _upright(jpeg, consent=False)
    hidden = hide(canvas)
    return jpeg if hidden.canvas is canvas else to_jpeg(hidden.canvas)


def _upright(raw: bytes, consent: bool, zone: str | None = None) -> tuple[Image.Image, Told]:
    bare = look(raw)  # before any decoder is even loaded
    from streams.pictures.decode import canvas_of
    from streams.pictures.metadata import read

    told = read(bare.exif, consent, zone)
    return canvas_of(bare, told.orientation), told
