"""Pictures as arrays, and what a look at the gauge may say."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import cv2
import msgspec
import numpy as np
import numpy.typing as npt

Picture = npt.NDArray[Any]
"""Rows, columns and, of colour, blue, green and red; uint8 as a camera gives it."""
Array = npt.NDArray[Any]

LARGEST_BYTES = 16 * 1024 * 1024
LARGEST_PIXELS = 40_000_000
GAMMA = 2.2
_BEGINNINGS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"BM")
_LINEAR = ((np.arange(256) / 255) ** GAMMA).astype(np.float32)


class Why(StrEnum):
    """Why nothing can be told from a look."""

    TOO_DARK = "too_dark"
    GLARE = "glare"
    DROPS = "drops"
    BLOCKED = "blocked"
    MOVED = "moved"
    BLURRED = "blurred"
    NO_GAUGE = "no_gauge"
    CUES_DISAGREE = "cues_disagree"


class Reading(msgspec.Struct, frozen=True):
    """A depth, m above the road, and how sure it is, 0 to 1."""

    depth_m: float
    confidence: float


class CannotSee(msgspec.Struct, frozen=True):
    """Nothing can be told: why, and in words what was found."""

    why: Why
    detail: str = ""


class NoPicture(ValueError):
    """Bytes that are no picture we read."""


def decode(raw: bytes) -> Picture:
    """Bytes of a JPEG, PNG or BMP file to a picture in colour.

    Raises
    ------
    NoPicture
        Where they are none of these, or larger than 16 MiB or 40 million pixels.
    """
    if len(raw) > LARGEST_BYTES:
        raise NoPicture(f"{len(raw)} bytes: more than {LARGEST_BYTES}")
    if not raw.startswith(_BEGINNINGS):
        raise NoPicture("neither JPEG nor PNG nor BMP")
    try:
        found = cv2.imdecode(np.frombuffer(raw, np.uint8), cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION)
    except cv2.error as error:  # OpenCV looks at the size that the head tells before it decodes
        raise NoPicture(f"cannot be decoded: {str(error).strip()[-120:]}") from None
    if found is None:
        raise NoPicture("cannot be decoded")
    if found.shape[0] * found.shape[1] > LARGEST_PIXELS:
        raise NoPicture(f"{found.shape[1]} x {found.shape[0]} pixels: too many")
    return found


def linear(picture: Picture) -> Array:
    """Levels 0 to 255 to amounts of light 0 to 1 (gamma 2.2), float32."""
    return np.asarray(_LINEAR[picture])


def grey_levels(picture: Picture) -> Array:
    """Brightness, float32, 0 to 255."""
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.float32)
