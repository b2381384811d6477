"""Draws pictures as telephones make them: a street under water, with houses, cars and number plates, and the noise of a small sensor."""

from __future__ import annotations

from io import BytesIO

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from streams.bench.hostile.carriers import gps_exif

QUALITY = 92
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"
NOISE = 5.0
"""Of 255, standard deviation of each pixel."""


def telephone_picture(seed: int, width: int = 4000, height: int = 3000) -> bytes:
    """A JPEG of about 3 MB at 12 million pixels, with time and place in its EXIF."""
    rng = np.random.default_rng(seed)
    noisy = np.asarray(street(rng, width, height), np.float32) + rng.normal(0, NOISE, (height, width, 1)).astype(np.float32)
    out = BytesIO()
    exif = gps_exif().replace(b"\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06", b"\x01\x12\x00\x03\x00\x00\x00\x01\x00\x01")  # upright
    Image.fromarray(noisy.clip(0, 255).astype(np.uint8)).save(out, "JPEG", quality=QUALITY, exif=exif)
    return out.getvalue()


def street(rng: np.random.Generator, width: int, height: int) -> Image.Image:
    """A street with as much detail in it as a real one: windows, kerbs, reflections."""
    picture = Image.new("RGB", (width, height), (150, 165, 180))
    draw = ImageDraw.Draw(picture)
    left = 0
    while left < width:
        _house(draw, rng, left, width, height)
        left += int(width * rng.uniform(0.12, 0.25))
    draw.rectangle((0, height * 0.62, width, height), fill=(95, 88, 75))
    for _ in range(400):
        x, y = rng.uniform(0, width), rng.uniform(height * 0.62, height)
        shade = int(rng.uniform(70, 130))
        draw.line((x, y, x + width * rng.uniform(0.01, 0.08), y), fill=(shade, shade - 6, shade - 20), width=max(1, width // 700))
    for _ in range(3):
        _car(draw, rng, width, height)
    return picture.filter(ImageFilter.GaussianBlur(width / 4000))


def _house(draw: ImageDraw.ImageDraw, rng: np.random.Generator, left: int, width: int, height: int) -> None:
    wide, top, floor = int(width * 0.2), height * rng.uniform(0.05, 0.3), height * 0.62
    shade = int(rng.uniform(90, 200))
    draw.rectangle((left, top, left + wide, floor), fill=(shade, shade - 12, shade - 25))
    step = width // 40
    for x in range(left + step // 2, left + wide - step, step):
        for y in range(int(top) + step, int(floor) - step, step * 3 // 2):
            glass = int(rng.uniform(30, 120))
            draw.rectangle(
                (x, y, x + step // 2, y + step), fill=(glass, glass + 8, glass + 15), outline=(60, 60, 60), width=max(1, step // 20)
            )


def _car(draw: ImageDraw.ImageDraw, rng: np.random.Generator, width: int, height: int) -> None:
    wide = width * rng.uniform(0.12, 0.22)
    x, y = rng.uniform(0, width * 0.8), height * rng.uniform(0.6, 0.8)
    paint = tuple(int(part) for part in rng.uniform(30, 220, 3))
    draw.rounded_rectangle((x, y, x + wide, y + wide * 0.45), wide * 0.06, fill=paint)
    draw.rounded_rectangle((x + wide * 0.15, y - wide * 0.28, x + wide * 0.85, y + wide * 0.05), wide * 0.08, fill=(35, 40, 48))
    plate(draw, rng, x + wide * 0.36, y + wide * 0.24, wide * 0.28)


def plate(draw: ImageDraw.ImageDraw, rng: np.random.Generator, x: float, y: float, wide: float) -> tuple[int, int, int, int]:
    """A number plate of made-up letters, dark on light or light on dark; where it stands."""
    back, ink = ((240, 240, 235), (15, 15, 20)) if rng.uniform() < 0.5 else ((20, 60, 165), (245, 245, 245))
    high = wide * 0.27
    draw.rectangle((x, y, x + wide, y + high), fill=back, outline=ink, width=max(1, int(wide / 60)))
    text = "".join(rng.choice(list(LETTERS), 2)) + " " + "".join(rng.choice(list(LETTERS), 5))
    font = ImageFont.load_default(high * 0.7)
    left, top, right, bottom = draw.textbbox((0, 0), text, font=font, stroke_width=max(1, int(high / 28)))
    place = (x + (wide - right - left) / 2, y + (high - bottom - top) / 2)
    draw.text(place, text, font=font, fill=ink, stroke_width=max(1, int(high / 28)))
    return int(x), int(y), int(wide), int(high)
