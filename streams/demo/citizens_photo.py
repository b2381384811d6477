"""Draws what somebody photographs in the demo storm: houses, a car, a post, and water up to a depth. Drawn, not taken anywhere."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

WIDTH, HEIGHT = 640, 480
ROAD_Y, M_PX = 380, 130
"""Where the road is, and how many pixels a metre has there."""


def draw_photo(number: int, depth_m: float) -> bytes:
    """A picture as a JPEG; the same number and depth give the same."""
    rng = np.random.default_rng([number, 17])
    image = Image.new("RGB", (WIDTH, HEIGHT), tuple(rng.integers(90, 170, 3).tolist()))
    draw = ImageDraw.Draw(image)
    _houses(draw, rng)
    draw.rectangle((0, ROAD_Y, WIDTH, HEIGHT), fill=tuple(rng.integers(50, 90, 3).tolist()))
    _car(draw, rng)
    post = int(rng.integers(40, WIDTH - 40))
    draw.rectangle((post, ROAD_Y - 2 * M_PX, post + 10, ROAD_Y), fill=(230, 230, 225))
    for stripe in range(0, 200, 20):
        draw.rectangle((post, ROAD_Y - stripe - 10, post + 10, ROAD_Y - stripe), fill=(180, 30, 30))
    surface = ROAD_Y - round(max(depth_m, 0.0) * M_PX)
    if depth_m > 0:
        draw.rectangle((0, surface, WIDTH, HEIGHT), fill=tuple(rng.integers(80, 120, 3).tolist()))
        for _ in range(60):
            x, y = int(rng.integers(WIDTH)), int(rng.integers(surface, HEIGHT))
            draw.line((x, y, x + int(rng.integers(10, 50)), y), fill=(150, 145, 135))
    grain = rng.normal(0, 6, (HEIGHT, WIDTH, 1))
    noisy = Image.fromarray(np.clip(np.asarray(image.filter(ImageFilter.GaussianBlur(0.8)), float) + grain, 0, 255).astype(np.uint8))
    out = io.BytesIO()
    noisy.save(out, "JPEG", quality=80)
    return out.getvalue()


def _houses(draw: ImageDraw.ImageDraw, rng: np.random.Generator) -> None:
    left = 0
    while left < WIDTH:
        width, height = int(rng.integers(80, 200)), int(rng.integers(120, 340))
        draw.rectangle((left, ROAD_Y - height, left + width, ROAD_Y), fill=tuple(rng.integers(60, 200, 3).tolist()))
        for x in range(left + 12, left + width - 20, 34):
            for y in range(ROAD_Y - height + 14, ROAD_Y - 40, 44):
                draw.rectangle((x, y, x + 16, y + 24), fill=(40, 50, 70) if rng.random() < 0.6 else (230, 210, 140))
        left += width + int(rng.integers(0, 40))


def _car(draw: ImageDraw.ImageDraw, rng: np.random.Generator) -> None:
    left, colour = int(rng.integers(20, WIDTH - 320)), tuple(rng.integers(30, 230, 3).tolist())
    draw.rectangle((left, ROAD_Y - 110, left + 290, ROAD_Y - 25), fill=colour)
    draw.polygon(
        [(left + 50, ROAD_Y - 110), (left + 90, ROAD_Y - 180), (left + 210, ROAD_Y - 180), (left + 250, ROAD_Y - 110)], fill=colour
    )
    for wheel in (left + 55, left + 225):
        draw.ellipse((wheel - 35, ROAD_Y - 70, wheel + 35, ROAD_Y), fill=(20, 20, 20))
