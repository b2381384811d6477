"""Cars in a rendered scene: boxes with windows, wheels and lamps that stand in the water."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from streams.demo.scene_paint import Picture
from streams.demo.scene_place import Place


@dataclass(frozen=True)
class Car:
    """A car that stands along the wall: `x_m` is its middle, `y_m` its side towards the wall (negative)."""

    x_m: float
    y_m: float
    long_m: float
    high_m: float
    colour: tuple[float, float, float]


def make_car(rng: np.random.Generator, x_m: float, near_m: tuple[float, float]) -> Car:
    """A car by chance, so far from the wall."""
    paint = rng.uniform(0.05, 0.8)
    colour = tuple(float(value) for value in np.clip(paint * (1 + rng.uniform(-0.4, 0.4, 3)), 0.03, 0.9))
    return Car(x_m, -float(rng.uniform(*near_m)), float(rng.uniform(3.8, 4.8)), float(rng.uniform(1.3, 1.75)), colour)  # type: ignore[arg-type]


def draw_car(picture: Picture, place: Place, car: Car, water_m: float, light: float) -> None:
    """Draw it into a picture of light, with its image in the water if there is some."""
    if water_m > 0:
        image = picture.copy()
        _draw(image, place, car, water_m, light, upside_down=True)
        picture[:] = 0.7 * picture + 0.3 * image
    _draw(picture, place, car, water_m, light, upside_down=False)


def _draw(picture: Picture, place: Place, car: Car, water_m: float, light: float, upside_down: bool) -> None:
    wide_m = 1.75
    body, cabin = 0.55 * car.high_m, car.high_m
    half = car.long_m / 2
    paint = np.asarray(car.colour, np.float32) * light
    parts = (
        ((-half, half), (0.0, wide_m), (0.18, body), paint),
        ((-0.55 * half, 0.6 * half), (0.15, wide_m - 0.15), (body, cabin), paint * 0.9),
        ((-0.48 * half, 0.53 * half), (wide_m - 0.16, wide_m - 0.15), (body + 0.04, cabin - 0.08), np.full(3, 0.04 * light, np.float32)),
        ((-half, half), (wide_m, wide_m + 0.01), (0.18, 0.34), paint * 0.55),
    )
    for across, deep, high, tone in parts:
        _hull(picture, place, car, across, deep, high, tone, water_m, upside_down)
    for wheel in (-0.62 * half, 0.62 * half):
        angles = np.linspace(0, 2 * np.pi, 24)
        points = np.stack(
            [car.x_m + wheel + 0.32 * np.cos(angles), np.full(24, car.y_m - wide_m), np.maximum(0.32 + 0.32 * np.sin(angles), water_m)], 1
        )
        _fill(picture, place, points, np.full(3, 0.03 * light, np.float32), water_m, upside_down)


def _hull(
    picture: Picture,
    place: Place,
    car: Car,
    across: tuple[float, float],
    deep: tuple[float, float],
    high: tuple[float, float],
    tone: Picture,
    water_m: float,
    upside_down: bool,
) -> None:
    low_m, top_m = max(high[0], water_m), high[1]
    if top_m <= low_m:
        return
    points = np.asarray([(car.x_m + x, car.y_m - y, z) for x in across for y in deep for z in (low_m, top_m)])
    _fill(picture, place, points, tone, water_m, upside_down)
    # its roof or bonnet, which looks at the sky
    lid = np.asarray([(car.x_m + x, car.y_m - y, top_m) for x in across for y in deep])
    _fill(picture, place, lid, np.minimum(tone * 1.35 + 0.02, 1.2).astype(np.float32), water_m, upside_down)


def _fill(picture: Picture, place: Place, points_m: Picture, tone: Picture, water_m: float, upside_down: bool) -> None:
    points_m = points_m.copy()
    if upside_down:
        points_m[:, 2] = 2 * water_m - points_m[:, 2]
    seen = np.round(place.pixels_of(points_m)).astype(np.int32)
    cv2.fillConvexPoly(picture, cv2.convexHull(seen), tuple(float(value) for value in tone), cv2.LINE_AA)
