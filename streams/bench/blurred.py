"""How many faces and number plates are found: drawn plates, and faces of a file that whoever measures has the right to use."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from streams.bench.honest_pictures import plate, street
from streams.pictures.blur import THOROUGH, Box, Search, find

WIDTH, HEIGHT = 1600, 1200
FACES_PX = (40, 60, 90, 150)
PLATES_PX = (60, 90, 140, 220)
EACH = 8
COMPRESSED = 85

Scene = tuple[Image.Image, list[Box]]


def measure_plates(scenes: int = 8) -> Iterator[str]:
    """Plates of a width in pixels of the kept picture, some dark on light, some light on dark, on the rear of drawn cars."""
    for wide in PLATES_PX:
        drawn = [_with_plates(seed, wide) for seed in range(scenes)]
        yield f"plates of {wide} px: {_count(drawn, THOROUGH.plates)}"


def measure_faces(file: Path) -> Iterator[str]:
    """Faces made as large as they are in pictures, put into drawn streets: upright, from the front, in good light."""
    every = np.load(file, allow_pickle=False)
    faces = (every[: len(every) // 2] * (255 if every.max() <= 1 else 1)).astype(np.uint8)
    for side in FACES_PX:
        drawn = [_with_faces(faces[begin : begin + EACH], side, begin) for begin in range(0, len(faces), EACH)]
        yield f"faces of {side} px: {_count(drawn, THOROUGH.faces)}"


def _count(drawn: Sequence[Scene], searches: Sequence[Search]) -> str:
    found = there = besides = 0
    for picture, boxes in drawn:
        seen = [box for search in searches for box in find(picture, search)]
        found += sum(any(_covers(one, box) for one in seen) for box in boxes)
        there += len(boxes)
        besides += sum(not any(_touch(one, box) for box in boxes) for one in seen)
    return f"{found} of {there}, and {besides / len(drawn):.1f} a picture that is none"


def _covers(seen: Box, box: Box) -> bool:
    """Whether half of it would be blurred, the margin not counted."""
    wide = min(seen.x + seen.width, box.x + box.width) - max(seen.x, box.x)
    high = min(seen.y + seen.height, box.y + box.height) - max(seen.y, box.y)
    return wide > 0 and high > 0 and wide * high >= box.width * box.height / 2


def _touch(seen: Box, box: Box) -> bool:
    apart = seen.x >= box.x + box.width or box.x >= seen.x + seen.width or seen.y >= box.y + box.height or box.y >= seen.y + seen.height
    return not apart


def _with_plates(seed: int, wide: int) -> Scene:
    rng = np.random.default_rng(seed)
    picture = street(rng, WIDTH, HEIGHT)
    draw, boxes = ImageDraw.Draw(picture), []
    for x, y in _places(wide * 2):
        paint = tuple(int(part) for part in rng.uniform(30, 220, 3))
        draw.rounded_rectangle((x - wide * 0.6, y - wide * 0.7, x + wide * 1.6, y + wide * 0.6), wide * 0.15, fill=paint)
        boxes.append(Box(*plate(draw, rng, x, y, wide)))
    return _compressed(picture), boxes


def _with_faces(faces: np.ndarray, side: int, seed: int) -> Scene:
    picture = street(np.random.default_rng(seed), WIDTH, HEIGHT)
    boxes = []
    for face, (x, y) in zip(faces, _places(side), strict=False):
        picture.paste(Image.fromarray(face).resize((side, side), Image.Resampling.BICUBIC), (x, y))
        boxes.append(Box(x, y, side, side))
    return _compressed(picture), boxes


def _places(wide: int) -> list[tuple[int, int]]:
    return [(100 + (WIDTH - 200 - wide) * column // 3, HEIGHT * (2 + 3 * row) // 8) for row in range(2) for column in range(4)]


def _compressed(picture: Image.Image) -> Image.Image:
    """As it comes off the shelf."""
    out = BytesIO()
    picture.save(out, "JPEG", quality=COMPRESSED)
    return Image.open(out).convert("RGB")
