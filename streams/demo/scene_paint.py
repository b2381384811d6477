"""Paints what stands in a rendered scene: noise, walls and roads, as pictures of albedo (0 to 1, blue, green, red)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

Picture = npt.NDArray[Any]
"""float32, (rows, columns, 3), blue, green and red; 0 to 1 where it is an albedo."""

WALL_M = (-4.0, 4.0, 3.6)
"""Left, right and top of what is painted of the wall, m; its foot is 0."""
ROAD_M = (-5.0, 5.0, 9.0)
"""Left, right and depth of what is painted of the road, m from the wall."""
M_PER_PX = 0.004


def fractal_noise(rng: np.random.Generator, rows: int, columns: int, largest: int, smallest: int = 1, fall: float = 0.6) -> Picture:
    """Noise of several sizes on each other, mean 0 and spread 1.

    Parameters
    ----------
    largest, smallest
        Sizes of its spots, in pixels.
    fall
        How much weaker each next smaller size is.
    """
    total = np.zeros((rows, columns), np.float32)
    size, weight = largest, 1.0
    while size >= smallest:
        coarse = rng.standard_normal((rows // size + 2, columns // size + 2)).astype(np.float32)
        total += weight * cv2.resize(coarse, (columns, rows), interpolation=cv2.INTER_CUBIC)
        size, weight = size // 2, weight * fall
    return np.asarray((total - total.mean()) / max(float(total.std()), 1e-6))


def look_up(painting: Picture, columns: Picture, rows: Picture, wrap: bool = False) -> Picture:
    """Colours at points of a picture; points of any shape, beyond its edge mirrored or, with `wrap`, begun again."""
    shape, number = columns.shape, columns.size
    wide = min(number, 1024)  # OpenCV takes no more than 32,767 in a row
    high = -(-number // wide)
    maps = [np.resize(part.astype(np.float32), (high, wide)) for part in (columns, rows)]
    border = cv2.BORDER_WRAP if wrap else cv2.BORDER_REFLECT
    found = cv2.remap(painting, maps[0], maps[1], cv2.INTER_LINEAR, borderMode=border)
    return found.reshape(high * wide, *painting.shape[2:])[:number].reshape(*shape, *painting.shape[2:])


def paint_wall(kind: str, rng: np.random.Generator) -> Picture:
    """A wall, upside down: row 0 is its foot."""
    rows, columns = round(WALL_M[2] / M_PER_PX), round((WALL_M[1] - WALL_M[0]) / M_PER_PX)
    base = np.ones((rows, columns, 3), np.float32) * np.asarray(rng.uniform(0.3, 0.6) * (1 + rng.uniform(-0.12, 0.12, 3)), np.float32)
    WALLS[kind](base, rng)
    grain = 0.06 * fractal_noise(rng, rows, columns, 64, 2)
    stains = np.minimum(0, 0.1 * fractal_noise(rng, rows // 4, columns // 4, 128, 8))
    base *= 1 + (grain + cv2.resize(stains, (columns, rows)))[..., None]
    return np.clip(base, 0.03, 0.95)


def paint_road(kind: str, rng: np.random.Generator) -> Picture:
    """A road, row 0 at the wall."""
    rows, columns = round(ROAD_M[2] / M_PER_PX), round((ROAD_M[1] - ROAD_M[0]) / M_PER_PX)
    tone = rng.uniform(0.12, 0.28)
    spread = {"asphalt": 0.16, "concrete": 0.07, "cobbles": 0.1}[kind]
    grain = fractal_noise(rng, rows, columns, 128, 2, 0.8)
    base = np.repeat((tone * (1 + spread * grain))[..., None], 3, 2).astype(np.float32)
    if kind == "asphalt":
        at = rng.uniform(0.6, 2.5)
        _band(base, round(at / M_PER_PX), round(0.12 / M_PER_PX), 0.65)
    if kind == "concrete":
        for row in range(round(rng.uniform(0.5, 1.5) / M_PER_PX), rows, round(2.0 / M_PER_PX)):
            _band(base, row, 4, 0.06)
        for column in range(round(rng.uniform(0.2, 1) / M_PER_PX), columns, round(1.7 / M_PER_PX)):
            base[:, column : column + 4] = 0.06
    if kind == "cobbles":
        _joints(base, 0.11, 0.13, 0.5, rng)
    return np.clip(base, 0.03, 0.95)


def _band(base: Picture, row: int, thick: int, tone: float) -> None:
    base[row : row + thick] = 0.3 * base[row : row + thick] + 0.7 * tone


def _joints(base: Picture, high_m: float, wide_m: float, dark: float, rng: np.random.Generator) -> None:
    """Bricks, tiles or stones with joints, each of a slightly other tone."""
    high, wide = round(high_m / M_PER_PX), round(wide_m / M_PER_PX)
    for course, top in enumerate(range(0, base.shape[0], high)):
        for left in range(-(course % 2) * wide // 2, base.shape[1], wide):
            base[top : top + high, max(left, 0) : max(left + wide, 0)] *= 1 + 0.12 * rng.standard_normal()
            base[top : top + high, max(left, 0) : max(left + 2, 0)] *= dark
        base[top : top + 2] *= dark


def _concrete(base: Picture, rng: np.random.Generator) -> None:
    for row in range(round(rng.uniform(0.3, 0.9) / M_PER_PX), base.shape[0], round(1.2 / M_PER_PX)):
        base[row : row + 3] *= 0.6


def _tiles(base: Picture, rng: np.random.Generator) -> None:
    base *= 1.3
    _joints(base, 0.2, 0.2, 0.7, rng)


def _brick(base: Picture, rng: np.random.Generator) -> None:
    base *= np.asarray((0.55, 0.65, 1.15), np.float32)
    _joints(base, 0.075, 0.25, 1.35, rng)


def _plaster(base: Picture, rng: np.random.Generator) -> None:
    rows, columns = base.shape[:2]
    patches = (fractal_noise(rng, rows // 4, columns // 4, 64, 4) > 1.0).astype(np.float32)
    base *= 1 - 0.3 * cv2.resize(patches, (columns, rows))[..., None]
    foot = round(rng.uniform(0.2, 0.7) / M_PER_PX)  # a painted skirting: a level line that is no water
    base[:foot] *= rng.uniform(0.6, 0.8)


WALLS: Mapping[str, Callable[[Picture, np.random.Generator], None]] = {
    "concrete": _concrete,
    "tiles": _tiles,
    "brick": _brick,
    "plaster": _plaster,
}
