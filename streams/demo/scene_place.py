"""Where a made-up camera stands and what it looks at: all that stays the same in every frame of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from streams.demo.scene_gauge import paint_gauge
from streams.demo.scene_paint import M_PER_PX, ROAD_M, WALL_M, Picture, look_up, paint_road, paint_wall

SIZE = (768, 432)
"""Width and height of a frame."""

_TO_TUNE = {"wall": ("concrete", "tiles"), "road": ("asphalt", "concrete"), "pattern": ("bands", "e_type")}
_HELD_OUT = {
    "wall": ("brick", "plaster", "concrete"),
    "road": ("cobbles", "asphalt"),
    "pattern": ("checker", "ticks", "narrow_bands", "e_type"),
}
_INKS = {
    False: ((0.1, 0.1, 0.6), (0.55, 0.2, 0.08)),
    True: ((0.04, 0.04, 0.04), (0.5, 0.15, 0.05), (0.08, 0.08, 0.55), (0.1, 0.35, 0.08)),
}
_WATERS = {
    False: ((0.2, 0.3, 0.36), (0.2, 0.24, 0.22)),
    True: ((0.14, 0.26, 0.4), (0.1, 0.12, 0.11), (0.28, 0.38, 0.42), (0.18, 0.24, 0.18)),
}


@dataclass(frozen=True)
class Place:
    """One camera before one gauge.

    The wall is the plane y = 0, x runs to the right and z up; the camera stands at y < 0. Lengths in m, angles in radians.
    """

    seed: int
    held_out: bool
    eye_m: tuple[float, float, float]
    target_m: tuple[float, float, float]
    roll_rad: float
    focal_px: float
    wall: str
    road: str
    pattern: str
    ink: tuple[float, float, float]
    gauge_wide_m: float
    gauge_top_m: float
    water: tuple[float, float, float]
    clarity_per_m: float
    size: tuple[int, int] = SIZE

    @cached_property
    def rays(self) -> Picture:
        """Direction of each pixel's ray, (rows, columns, 3), not of length 1."""
        width, height = self.size
        columns, rows = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
        right, down, ahead = self._axes
        across, along = (columns - (width - 1) / 2) / self.focal_px, (rows - (height - 1) / 2) / self.focal_px
        return np.asarray(ahead + across[..., None] * right + along[..., None] * down, np.float32)

    @cached_property
    def _axes(self) -> tuple[Picture, Picture, Picture]:
        ahead = np.subtract(self.target_m, self.eye_m)
        ahead = ahead / np.linalg.norm(ahead)
        right = np.cross(ahead, (0, 0, 1))
        right = right / np.linalg.norm(right)
        down = np.cross(ahead, right)
        turned = np.cos(self.roll_rad) * right + np.sin(self.roll_rad) * down
        return turned, np.cross(ahead, turned), ahead

    def pixels_of(self, points_m: Picture) -> Picture:
        """Where points (n, 3) are seen, (n, 2) as x, y."""
        right, down, ahead = self._axes
        seen = np.asarray(points_m, np.float64) - np.asarray(self.eye_m)
        far = seen @ ahead
        middle = (np.asarray(self.size) - 1) / 2
        return np.asarray(np.stack([seen @ right / far, seen @ down / far], 1) * self.focal_px + middle)

    def gauge_pixels(self, heights_m: Picture) -> Picture:
        """Where heights on the middle of the gauge are seen, (n, 2)."""
        heights_m = np.asarray(heights_m, np.float64)
        return self.pixels_of(np.stack([np.zeros_like(heights_m), np.zeros_like(heights_m), heights_m], 1))


@lru_cache(maxsize=4)
def paintings(place: Place) -> tuple[Picture, Picture]:
    """Albedo of the wall with its gauge (row 0 at the foot), and of the road (row 0 at the wall)."""
    rng = np.random.default_rng([place.seed, 1])
    wall, road = paint_wall(place.wall, rng), paint_road(place.road, rng)
    gauge = paint_gauge(place.pattern, place.ink, place.gauge_wide_m, place.gauge_top_m)
    left = round(-WALL_M[0] / M_PER_PX) - gauge.shape[1] // 2
    wall[: gauge.shape[0], left : left + gauge.shape[1]] = gauge
    return wall, road


def make_place(seed: int, held_out: bool) -> Place:
    """A camera before a gauge; those held out have other walls, roads, gauges, waters and angles than those to tune on."""
    rng = np.random.default_rng([seed, int(held_out)])
    kinds = _HELD_OUT if held_out else _TO_TUNE
    sideways = rng.uniform(1.0, 3.2) if held_out else rng.uniform(0.0, 2.0)
    eye_m = (float(sideways * rng.choice((-1, 1))), -float(rng.uniform(3.5, 7.0)), float(rng.uniform(2.4, 4.5)))
    top_m = float(rng.choice((1.8, 2.0)))
    target_m = (float(rng.uniform(-0.5, 0.5)), 0.0, float(rng.uniform(0.65, 0.85)))
    far_m = float(np.linalg.norm(np.subtract(eye_m, target_m)))
    level = float(np.hypot(eye_m[0], eye_m[1])) / far_m  # how much a height shrinks because it is looked at from above
    share = rng.uniform(0.5, 0.68)
    return Place(
        seed, held_out, eye_m, target_m,
        roll_rad=float(rng.uniform(-0.03, 0.03)),
        focal_px=float(share * SIZE[1] * far_m / (top_m * level)),
        wall=str(rng.choice(kinds["wall"])), road=str(rng.choice(kinds["road"])), pattern=str(rng.choice(kinds["pattern"])),
        ink=_INKS[held_out][int(rng.integers(len(_INKS[held_out])))],
        gauge_wide_m=float(rng.uniform(0.1, 0.16)), gauge_top_m=top_m,
        water=_WATERS[held_out][int(rng.integers(len(_WATERS[held_out])))],
        clarity_per_m=float(rng.uniform(4, 25)),
    )  # fmt: skip


def look_up_wall(painting: Picture, x_m: Picture, z_m: Picture) -> Picture:
    """Colours of the wall at points of it."""
    return look_up(painting, (x_m - WALL_M[0]) / M_PER_PX, z_m / M_PER_PX)


def look_up_road(painting: Picture, x_m: Picture, y_m: Picture) -> Picture:
    """Colours of the road at points of it; y is negative before the wall."""
    return look_up(painting, (x_m - ROAD_M[0]) / M_PER_PX, -y_m / M_PER_PX)
