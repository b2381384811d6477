"""Lights a rendered scene: sun with a shadow's edge, dusk, an infrared lamp at the camera, a street lamp; and wets and soils the wall."""

from __future__ import annotations

import numpy as np

from streams.demo.scene_paint import Picture, fractal_noise
from streams.demo.scene_weather import Weather

_TINTS = {"day": (1.0, 1.0, 1.0), "dusk": (1.15, 0.95, 0.85), "lamp": (0.45, 0.8, 1.15), "ir": (1.0, 1.0, 1.0)}
_INFRARED = np.asarray((0.15, 0.25, 0.6), np.float32)
"""How much of each colour an infrared camera sees: red ink is nearly white to it."""


def lit(albedo: Picture, x_m: Picture, z_m: Picture, weather: Weather, far_m: Picture) -> Picture:
    """Light that comes from a surface.

    Parameters
    ----------
    albedo
        (rows, columns, 3).
    x_m, z_m
        Where its points stand; for points of the road, z_m is minus how far they are from the wall.
    far_m
        How far from the camera.
    """
    if weather.light == "ir":
        grey = np.repeat((albedo @ _INFRARED)[..., None], 3, 2)
        return np.asarray(grey * (weather.level * 8 * _spot(x_m, z_m) * (6 / np.maximum(far_m, 1)) ** 2 * 1.0)[..., None])
    strength: Picture = np.full(x_m.shape, weather.level, np.float32)
    if weather.light == "lamp":
        strength = weather.level * 3.0 / (1 + ((x_m - 1.5) ** 2 + (z_m - 2.5) ** 2) / 6)
    if weather.shadow is not None:
        slope, place = weather.shadow
        edge = np.clip((x_m - place - slope * (z_m - 0.7)) / 0.03, -1, 1)
        strength = strength * (0.72 + 0.28 * edge)
    return np.asarray(albedo * strength[..., None] * np.asarray(_TINTS[weather.light], np.float32))


def _spot(x_m: Picture, z_m: Picture) -> Picture:
    """An infrared lamp is brightest in the middle of the picture."""
    return np.asarray(np.exp(-(x_m**2 + (z_m - 0.8) ** 2) / 8))


def soiled(albedo: Picture, x_m: Picture, z_m: Picture, depth_m: float, weather: Weather, rng: np.random.Generator) -> Picture:
    """A wall and gauge as weather and water left them: a tide mark, mud, and wet above the water."""
    noise = fractal_noise(rng, x_m.shape[0], x_m.shape[1], 32, 4)
    if weather.tide_m is not None:
        below = np.clip((weather.tide_m + 0.01 * noise - z_m) / 0.01, 0, 1)
        albedo = albedo * (1 - 0.3 * below)[..., None]
    if weather.dirt:
        share = weather.dirt * np.clip(1.1 - z_m / 1.2, 0, 1) * np.clip(0.5 + 0.5 * noise, 0, 1)
        albedo = albedo * (1 - share)[..., None] + share[..., None] * np.asarray((0.16, 0.22, 0.27), np.float32)
    if weather.rain or depth_m:
        wet_m = rng.uniform(0.0, 0.08) if depth_m else 0.0
        wet = np.clip((depth_m + wet_m + 0.012 * noise - z_m) / 0.01, 0, 1) if depth_m else np.zeros_like(z_m)
        wet = np.maximum(wet, 0.6 * (weather.rain > 0) * np.clip(0.6 + noise, 0, 1))
        albedo = albedo * (1 - 0.35 * wet)[..., None]
    return np.asarray(albedo, np.float32)
