"""Water in a rendered scene: ripples, what they mirror (Schlick's Fresnel term), and foam."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from streams.demo.scene_paint import Picture, look_up

_R0 = 0.02
"""What water mirrors when looked at from straight above: ((1.33 - 1) / (1.33 + 1))^2."""
_TILE_M = 3.0
_TILE_PX = 512


@lru_cache(maxsize=2)
def _ripples(seed: int) -> Picture:
    """Heights and two slopes of a piece of water, (tile, tile, 3), each of spread 1."""
    # waves made of a spectrum fit together at the edges of their piece
    rng = np.random.default_rng([seed, 2])
    along = np.fft.fftfreq(_TILE_PX, 1 / _TILE_PX)
    number = np.hypot(along[:, None], along[None])
    strength = np.where((number >= 4) & (number <= 90), np.maximum(number, 1) ** -2.1, 0)
    height = np.fft.ifft2(strength * np.fft.fft2(rng.standard_normal((_TILE_PX, _TILE_PX)))).real.astype(np.float32)
    slopes = [(np.roll(height, -1, axis) - np.roll(height, 1, axis)) for axis in (1, 0)]
    return np.stack([part / part.std() for part in (height, *slopes)], 2).astype(np.float32)


@dataclass(frozen=True)
class Surface:
    """Water at one instant."""

    seed: int
    depth_m: float
    wave_m: float
    rain: float
    at_s: float

    def look_up(self, x_m: Picture, y_m: Picture) -> Picture:
        """Height above the mean (spread 1) and two slopes at points, from two layers that drift across each other."""
        tile = _ripples(self.seed)
        total = np.zeros((*x_m.shape, 3), np.float32)
        for drift_x, drift_y, size in ((0.13, 0.07, 1.0), (-0.09, 0.16, 0.55)):
            columns, rows = _on_tile(x_m - drift_x * self.at_s, size), _on_tile(y_m - drift_y * self.at_s, size)
            total += look_up(tile, columns, rows, wrap=True)
        return total * 0.7

    def line_m(self, x_m: Picture) -> Picture:
        """Where the water stands on the wall, m above the road."""
        if not self.depth_m:
            return np.zeros_like(x_m)
        return np.asarray(self.depth_m + 0.7 * self.wave_m * self.look_up(x_m, np.zeros_like(x_m))[..., 0])


def mirrored(rays: Picture, slopes: Picture, wave_m: float) -> tuple[Picture, Picture]:
    """Directions after the water, and the share of light that is mirrored.

    Parameters
    ----------
    rays
        Directions before it, (n, 3), of length 1.
    slopes
        Of the water along x and y, (n, 2), of spread 1.
    """
    steep = (6.0 * wave_m + 0.003) * slopes
    normal = np.concatenate([-steep, np.ones((len(steep), 1), np.float32)], 1)
    normal /= np.linalg.norm(normal, axis=1, keepdims=True)
    along = np.sum(rays * normal, 1)
    out = rays - 2 * along[:, None] * normal
    share = _R0 + (1 - _R0) * (1 - np.clip(-along, 0, 1)) ** 5
    return out, share


def foam(seed: int, x_m: Picture, y_m: Picture, at_s: float, amount: float) -> Picture:
    """Share of foam at points: along the wall, and in drifting flakes."""
    tile = _ripples(seed + 1)
    noise = look_up(tile, _on_tile(x_m + 0.2 * at_s, 0.6), _on_tile(y_m, 0.6), wrap=True)[..., 0]
    near = np.exp(y_m / 0.04)
    return np.asarray(amount * np.clip(noise - 2.2 + 1.2 * near, 0, 1))


def _on_tile(at_m: Picture, size: float) -> Picture:
    return at_m * np.float32(_TILE_PX / (_TILE_M * size))
