"""Keeps a picture of each change of level: made small, without metadata, named by its own SHA-256."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from streams.camera.picture import Picture, Reading
from streams.whole_file import write_whole

LONGEST_SIDE_PX = 1280
QUALITY = 80
FALL_M = 0.03
"""A level is left when the water stands so far below it: a ripple is no change."""


class Changes:
    """Says of which readings a picture is kept: the first, each change of level, and now and then while water stands.

    Parameters
    ----------
    levels_m
        Depths of the levels, rising.
    every_us
        While water stands, one at most so often beside those.
    """

    def __init__(self, levels_m: Sequence[float], every_us: int):
        self._levels_m, self._every_us = tuple(sorted(levels_m)), every_us
        self._level: int | None = None
        self._kept_us = 0

    def to_keep(self, reading: Reading, at_us: int) -> bool:
        """Whether a picture of this reading is kept."""
        before, self._level = self._level, self._level_of(reading.depth_m)
        wet = reading.depth_m >= FALL_M
        keep = before != self._level or (wet and at_us - self._kept_us >= self._every_us)
        if keep:
            self._kept_us = at_us
        return keep

    def _level_of(self, depth_m: float) -> int:
        reached = sum(depth_m >= level_m for level_m in self._levels_m)
        if self._level is not None and reached < self._level:
            # going down, a level is left only well below it
            reached = min(self._level, sum(depth_m >= level_m - FALL_M for level_m in self._levels_m))
        return reached


def encode(picture: Picture) -> bytes:
    """A small JPEG of the picture's pixels and nothing else."""
    rows, columns = picture.shape[:2]
    share = min(1.0, LONGEST_SIDE_PX / max(rows, columns))
    small = picture if share == 1 else cv2.resize(picture, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
    done, encoded = cv2.imencode(".jpg", np.ascontiguousarray(small), [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    if not done:
        raise ValueError("OpenCV could not encode the picture")
    return encoded.tobytes()


class Shelf:
    """A folder of pictures by their hashes."""

    def __init__(self, folder: Path):
        self._folder = folder

    def keep(self, jpeg: bytes) -> str:
        """Write a picture, as :func:`encode` makes it, whole or not at all; its hash, under which it lies as `<hash>.jpg`.

        Raises
        ------
        OSError
            Where it cannot be written.
        """
        name = hashlib.sha256(jpeg).hexdigest()
        self._folder.mkdir(parents=True, exist_ok=True)
        file = self._folder / f"{name}.jpg"
        if not file.exists():
            write_whole(file, jpeg)
        return name
