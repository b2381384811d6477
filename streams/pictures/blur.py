"""Makes faces and number plates unreadable where they are found. They are not always found: docs/pictures.md says how often."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

Pixels = npt.NDArray[np.uint8]

CELLS = 6
"""A face or plate is averaged down to this many cells a side: too few to tell one from another, whatever is done to them afterwards."""
MARGIN = 0.2
"""Of its width and height, on each side: a box often ends at the eyebrows or cuts the first letter off."""
LEAST = 2
"""Boxes that must agree: one more would lose a quarter of the small faces, one less would find faces in trees."""


_MISSING = "{file} is missing: install an opencv-python-headless of before 5, which brings it"


class Search(NamedTuple):
    """How to look for one thing.

    Attributes
    ----------
    cascade
        Of those that come with OpenCV.
    longest_px
        The picture is made so small before: time goes with its square.
    step
        From one size of what is looked for to the next.
    turns
        Quarter turns to look at: somebody may have sent a picture that lies on its side.
    mirrored, inverted
        Look at it in a mirror too (the profiles it was taught look to one side), and as a negative (blue plates have light letters).
    """

    cascade: str
    longest_px: int
    step: float
    turns: Sequence[int] = (0,)
    mirrored: bool = False
    inverted: bool = False


class Searches(NamedTuple):
    """What to look for."""

    faces: Sequence[Search]
    plates: Sequence[Search]


THOROUGH = Searches(
    (
        Search("frontalface_alt2", 1600, 1.1),
        Search("frontalface_alt2", 1000, 1.2, turns=(1, 2, 3)),
        Search("profileface", 1000, 1.15, mirrored=True),
    ),
    (Search("russian_plate_number", 1600, 1.1, inverted=True), Search("license_plate_rus_16stages", 1600, 1.1)),
)
"""Before the public sees it: three seconds, bounded by the pixels looked at."""


class Box(NamedTuple):
    """A rectangle in pixels of the canvas."""

    x: int
    y: int
    width: int
    height: int


class Hidden(NamedTuple):
    """A canvas whose faces and plates cannot be read any more, and how many there were; the canvas itself where there were none."""

    canvas: Image.Image
    faces: int
    plates: int


def hide(canvas: Image.Image, searches: Searches = THOROUGH) -> Hidden:
    """Blur what is found; the canvas itself is left as it is."""
    grey = np.asarray(canvas.convert("L"))
    faces, plates = (_apart([box for search in looked for box in _found(grey, search)]) for looked in searches)
    if not faces and not plates:
        return Hidden(canvas, 0, 0)
    blurred = canvas.copy()
    for box in (*faces, *plates):
        blur(blurred, box)
    return Hidden(blurred, len(faces), len(plates))


def blur(canvas: Image.Image, box: Box) -> None:
    """Make what is in a box and around it unreadable: what is painted there is made from a few averages, and nothing else of it is left."""
    aside, above = round(box.width * MARGIN), round(box.height * MARGIN)
    left, top = max(0, box.x - aside), max(0, box.y - above)
    right, bottom = min(canvas.width, box.x + box.width + aside), min(canvas.height, box.y + box.height + above)
    if right > left and bottom > top:
        part = canvas.crop((left, top, right, bottom))
        coarse = part.resize((min(CELLS, part.width), min(CELLS, part.height)), Image.Resampling.BOX)
        canvas.paste(coarse.resize(part.size, Image.Resampling.BICUBIC), (left, top))


def find(canvas: Image.Image, search: Search) -> list[Box]:
    """Where something is found, for who measures how well that goes."""
    return _found(np.asarray(canvas.convert("L")), search)


def _cascade(name: str) -> cv2.CascadeClassifier:
    """A new one each time where it can be read from memory: each keeps room for the largest picture it has seen, up to 250 MiB."""
    cascade = cv2.CascadeClassifier()
    text = _text(name)
    told = cv2.FileStorage(text, cv2.FILE_STORAGE_READ | cv2.FILE_STORAGE_MEMORY)
    return cascade if cascade.read(told.getFirstTopLevelNode()) else _kept(name)


@cache
def _text(name: str) -> str:
    """A child reads it while it still may open files."""
    try:
        return _file(name).read_text("ascii")
    except FileNotFoundError:
        raise FileNotFoundError(_MISSING.format(file=_file(name))) from None


@cache
def _kept(name: str) -> cv2.CascadeClassifier:
    """One of the format of before OpenCV 2, which can be read from a file alone."""
    cascade = cv2.CascadeClassifier(str(_file(name)))
    if cascade.empty():  # without this, faces would be shown and nobody would know
        raise FileNotFoundError(_MISSING.format(file=_file(name)))
    return cascade


def _file(name: str) -> Path:
    return Path(cv2.__file__).parent / "data" / f"haarcascade_{name}.xml"


def _found(grey: Pixels, search: Search) -> list[Box]:
    share = min(1.0, search.longest_px / max(grey.shape))
    size = (max(1, round(grey.shape[1] * share)), max(1, round(grey.shape[0] * share)))
    small = cv2.resize(grey, size, interpolation=cv2.INTER_AREA) if share < 1 else grey
    cascade = _cascade(search.cascade)
    boxes = []
    for turned, back in _looks(np.asarray(small, np.uint8), search):
        least_width, least_height = cascade.getOriginalWindowSize()
        if turned.shape[1] <= least_width or turned.shape[0] <= least_height:
            continue
        for found in cascade.detectMultiScale(turned, search.step, LEAST):
            box = back(Box(*(int(side) for side in found)), *small.shape)
            boxes.append(Box(*(round(side / share) for side in box)))
    return boxes


def _looks(small: Pixels, search: Search) -> Iterator[tuple[Pixels, _Back]]:
    for turns in search.turns:
        yield np.ascontiguousarray(np.rot90(small, turns)), _Back(turns)
    if search.mirrored:
        yield np.ascontiguousarray(small[:, ::-1]), _Back(0, mirrored=True)
    if search.inverted:
        yield 255 - small, _Back(0)


class _Back(NamedTuple):
    """Brings a box found in a turned picture to where it is in the upright one."""

    turns: int
    mirrored: bool = False

    def __call__(self, box: Box, height: int, width: int) -> Box:
        if self.mirrored:
            return box._replace(x=width - box.x - box.width)
        x, y, wide, high = box
        if self.turns == 1:  # numpy turns to the left: the upright picture's right edge came to the top
            return Box(width - y - high, x, high, wide)
        if self.turns == 2:
            return Box(width - x - wide, height - y - high, wide, high)
        return Box(y, height - x - wide, high, wide) if self.turns == 3 else box


def _apart(boxes: Sequence[Box]) -> list[Box]:
    """Each thing once: of boxes whose middles lie in one another the largest stays, grown to hold them all."""
    kept: list[Box] = []
    for box in sorted(boxes, key=lambda one: (-one.width * one.height, one)):
        same = next((index for index, other in enumerate(kept) if _holds(other, box)), None)
        if same is None:
            kept.append(box)
        else:
            kept[same] = _around(kept[same], box)
    return kept


def _holds(outer: Box, inner: Box) -> bool:
    x, y = inner.x + inner.width / 2, inner.y + inner.height / 2
    return outer.x <= x <= outer.x + outer.width and outer.y <= y <= outer.y + outer.height


def _around(a: Box, b: Box) -> Box:
    x, y = min(a.x, b.x), min(a.y, b.y)
    return Box(x, y, max(a.x + a.width, b.x + b.width) - x, max(a.y + a.height, b.y + b.height) - y)
