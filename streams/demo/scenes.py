"""Renders looks of made-up cameras at staff gauges, with the depth that is true: pictures to try cameras on, and to measure them by.

The reader of cameras (`streams/camera`) shares no code with it, and its figures are reported on places that are held out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import cv2
import numpy as np

from streams.demo.scene_lens import drop_fields, dropped, glared, photographed, rained, wiped
from streams.demo.scene_light import lit, soiled
from streams.demo.scene_paint import Picture
from streams.demo.scene_place import Place, look_up_road, look_up_wall, paintings
from streams.demo.scene_traffic import Car, draw_car, make_car
from streams.demo.scene_water import Surface, foam, mirrored
from streams.demo.scene_weather import Weather, make_weather

FRAMES = 5
FRAME_S = 0.8
"""A look is so many frames, so many seconds apart."""
SKY = np.asarray((0.75, 0.72, 0.7), np.float32)


@dataclass(frozen=True)
class Look:
    """One look: frames as JPEG, and the truth."""

    place: Place
    weather: Weather
    depth_m: float
    frames: tuple[bytes, ...]


@dataclass(frozen=True)
class _Traffic:
    car: Car | None
    speed_m_per_s: float
    lamps: tuple[tuple[float, float], ...]
    wiper_rad: tuple[float, ...]


def make_reference(place: Place) -> bytes:
    """The dry picture by day that a camera is calibrated on."""
    rng = np.random.default_rng([place.seed, 3])
    weather = make_weather("day", rng)
    calm = replace(weather, shadow=None, dirt=0.0, tide_m=None, shake_px=0.0, noise=0.7, jpeg_quality=92)
    return make_look(place, calm, 0.0, rng, 1).frames[0]


def make_look(place: Place, weather: Weather, depth_m: float, rng: np.random.Generator, frames: int = FRAMES) -> Look:
    """Render a look.

    Parameters
    ----------
    depth_m
        The truth: mean water above the road at the gauge.
    """
    ground = _ground(place, weather, depth_m, rng)
    traffic = _traffic(place, weather, rng)
    fields = drop_fields(place.size, weather.drops, rng) if weather.drops else None
    drift = rng.normal(0, 0.7, 2)
    gain = 0.0
    taken = []
    for number in range(frames):
        at_s = number * FRAME_S + 20 * rng.random() * (number == 0)
        light = _frame(place, weather, depth_m, ground, at_s, rng)
        if traffic.car:
            at_x = traffic.car.x_m + traffic.speed_m_per_s * number * FRAME_S
            draw_car(light, place, replace(traffic.car, x_m=at_x), depth_m, _car_light(weather))
        gain = gain or _exposure(light, weather, rng)
        light = _through_air_and_glass(light / 1.0, weather, traffic, fields, number, gain, rng)
        shake = rng.normal(0, weather.shake_px, 2) + drift
        turn = float(rng.normal(0, 0.03 * weather.shake_px))
        taken.append(photographed(light, weather, gain, (float(shake[0]), float(shake[1]), turn), rng))
    return Look(place, weather, depth_m, tuple(taken))


def make_looks(place: Place, condition: str, depths_m: Sequence[float], seed: int) -> list[Look]:
    """Several looks of one camera under a condition, each with weather of its own."""
    looks = []
    for number, depth_m in enumerate(depths_m):
        rng = np.random.default_rng([place.seed, seed, number, len(condition), ord(condition[0])])
        looks.append(make_look(place, make_weather(condition, rng), depth_m, rng))
    return looks


@dataclass(frozen=True)
class _Ground:
    """All of a look that does not move: light from wall and road without water, (rows, columns, 3), and where each pixel looks."""

    dry: Picture
    wall_albedo: Picture


@lru_cache(maxsize=4)
def _hits(place: Place) -> tuple[Picture, Picture, Picture, Picture, Picture]:
    """x and z on the wall, x and y on the road, and how far, for each pixel."""
    eye, rays = place.eye_m, place.rays
    to_wall = -eye[1] / np.maximum(rays[..., 1], 1e-3)
    wall_x, wall_z = eye[0] + to_wall * rays[..., 0], eye[2] + to_wall * rays[..., 2]
    to_road = np.where(rays[..., 2] < -1e-3, -eye[2] / np.minimum(rays[..., 2], -1e-3), 1e3)
    road_x, road_y = eye[0] + to_road * rays[..., 0], eye[1] + to_road * rays[..., 1]
    far = np.where(wall_z >= 0, to_wall, to_road) * np.linalg.norm(rays, axis=2)
    return tuple(part.astype(np.float32) for part in (wall_x, wall_z, road_x, road_y, far))  # type: ignore[return-value]


def _ground(place: Place, weather: Weather, depth_m: float, rng: np.random.Generator) -> _Ground:
    wall, road = paintings(place)
    wall_x, wall_z, road_x, road_y, far = _hits(place)
    above = soiled(look_up_wall(wall, wall_x, np.maximum(wall_z, 0)), wall_x, wall_z, depth_m, weather, rng)
    below = look_up_road(road, road_x, np.minimum(road_y, 0))
    if weather.rain:
        below = below * (1 - 0.4 * weather.rain)
    light = np.where(
        (wall_z >= 0)[..., None], lit(above, wall_x, wall_z, weather, far), lit(below, road_x, np.minimum(road_y, 0), weather, far)
    )
    over = wall_z > 3.6
    light[over] = SKY * _sky_level(weather)
    return _Ground(light.astype(np.float32), wall)


def _sky_level(weather: Weather) -> float:
    return {"day": 1.0, "dusk": 1.2, "ir": 0.05, "lamp": 0.1}[weather.light] * weather.level


def _frame(place: Place, weather: Weather, depth_m: float, ground: _Ground, at_s: float, rng: np.random.Generator) -> Picture:
    light = ground.dry.copy()
    if depth_m <= 0:
        return light
    wall_x, wall_z, *_ = _hits(place)
    surface = Surface(place.seed, depth_m, weather.wave_m, weather.rain, at_s)
    wet = wall_z < depth_m
    near = np.abs(wall_z - depth_m) < 5 * weather.wave_m  # waves reach no further
    wet[near] = wall_z[near] < surface.line_m(wall_x[near][None])[0]
    light[wet] = _water(place, weather, surface, ground, wet, rng)
    return light


def _water(place: Place, weather: Weather, surface: Surface, ground: _Ground, wet: Picture, rng: np.random.Generator) -> Picture:
    """Light from the water's pixels, (n, 3)."""
    rays = place.rays[wet].astype(np.float32)
    rays = rays / np.linalg.norm(rays, axis=1, keepdims=True)
    eye = np.asarray(place.eye_m, np.float32)
    to_water = (surface.depth_m - eye[2]) / np.minimum(rays[:, 2], -1e-3)
    x_m, y_m = eye[0] + to_water * rays[:, 0], np.minimum(eye[1] + to_water * rays[:, 1], 0)
    slopes = surface.look_up(x_m[None], y_m[None])[0, :, 1:]
    if weather.rain:
        slopes = slopes + 0.8 * weather.rain * rng.standard_normal(slopes.shape).astype(np.float32)
    out, share = mirrored(rays, slopes, weather.wave_m)
    image = _mirror_image(weather, ground, surface, x_m, y_m, out)
    body = _body(place, weather, surface, x_m, y_m, rays, to_water)
    mixed = share[:, None] * image + (1 - share[:, None]) * body
    white = foam(place.seed, x_m[None], y_m[None], surface.at_s, weather.foam)[0][:, None]
    bright = lit(np.full((1, len(x_m), 3), 0.7, np.float32), x_m[None], y_m[None], weather, to_water[None])[0]
    return np.asarray(mixed * (1 - white) + white * bright, np.float32)


def _mirror_image(weather: Weather, ground: _Ground, surface: Surface, x_m: Picture, y_m: Picture, out: Picture) -> Picture:
    to_wall = -y_m / np.maximum(out[:, 1], 1e-3)
    wall_x, wall_z = x_m + to_wall * out[:, 0], surface.depth_m + to_wall * out[:, 2]
    albedo = look_up_wall(ground.wall_albedo, wall_x[None], np.maximum(wall_z, 0)[None])
    image = lit(albedo, wall_x[None], wall_z[None], weather, np.full((1, len(x_m)), 6.0, np.float32))[0]
    image[wall_z > 3.6] = SKY * _sky_level(weather)
    return np.asarray(image)


def _body(place: Place, weather: Weather, surface: Surface, x_m: Picture, y_m: Picture, rays: Picture, to_water: Picture) -> Picture:
    """Muddy water lights up by itself; in the shallows the ground, or the wall under water, shines through."""
    _, road = paintings(place)
    wall, _ = paintings(place)
    steep = rays.copy()
    steep[:, :2] /= 1.33
    steep[:, 2] = -np.sqrt(np.maximum(1 - np.sum(steep[:, :2] ** 2, 1), 1e-3))
    to_ground = surface.depth_m / -steep[:, 2]
    ground_x, ground_y = x_m + to_ground * steep[:, 0], y_m + to_ground * steep[:, 1]
    to_wall = np.where(ground_y > 0, -y_m / np.maximum(steep[:, 1], 1e-3), to_ground)
    under_z = surface.depth_m + to_wall * steep[:, 2]
    seen = np.where(
        (ground_y > 0)[:, None],
        look_up_wall(wall, (x_m + to_wall * steep[:, 0])[None], np.maximum(under_z, 0)[None])[0],
        look_up_road(road, ground_x[None], np.minimum(ground_y, 0)[None])[0],
    )
    clear = np.exp(-place.clarity_per_m * np.minimum(to_wall, to_ground))[:, None]
    own = np.asarray(place.water, np.float32) * (0.35 if weather.light == "ir" else 1.0)
    albedo = seen * clear + own * (1 - clear)
    return np.asarray(lit(albedo[None].astype(np.float32), x_m[None], y_m[None], weather, to_water[None])[0])


def _traffic(place: Place, weather: Weather, rng: np.random.Generator) -> _Traffic:
    car, speed = None, 0.0
    if weather.car == "parked":
        car = make_car(rng, float(rng.uniform(-1.6, 1.6)), (0.15, 0.8))
    if weather.car == "passes":
        speed = float(rng.uniform(3, 9) * rng.choice((-1, 1)))
        car = make_car(rng, float(-speed * rng.uniform(0.3, 2.6)), (0.5, 1.5))
    lamps = []
    if weather.glare:
        x, y = rng.uniform(0.1, 0.9) * place.size[0], rng.uniform(0.35, 0.8) * place.size[1]
        apart = rng.uniform(30, 90)
        lamps = [(float(x - apart / 2), float(y)), (float(x + apart / 2), float(y + rng.uniform(-6, 6)))]
    wiper = tuple(float(angle) for angle in rng.uniform(-1.0, 1.0) + 0.5 * np.arange(FRAMES) * rng.choice((-1, 1))) if weather.wiper else ()
    return _Traffic(car, speed, tuple(lamps), wiper)


def _car_light(weather: Weather) -> float:
    return weather.level * {"day": 1.0, "dusk": 1.0, "ir": 5.0, "lamp": 1.5}[weather.light]


def _exposure(light: Picture, weather: Weather, rng: np.random.Generator) -> float:
    """The camera's own: brings the middle tone to where it should be, as far as it can."""
    wished = rng.uniform(0.13, 0.24) / max(float(np.median(cv2.resize(light, (96, 54)))), 1e-4)
    return float(min(wished, 9.0 if weather.light in ("ir", "lamp") else 20.0))


def _through_air_and_glass(
    light: Picture,
    weather: Weather,
    traffic: _Traffic,
    fields: tuple[Picture, Picture] | None,
    number: int,
    gain: float,
    rng: np.random.Generator,
) -> Picture:
    if weather.rain:
        light = rained(light, weather.rain, rng)
    if traffic.lamps:
        light = glared(light, list(traffic.lamps), weather.glare, 1.0 / gain)
    if fields is not None:
        light = dropped(light, fields)
    if traffic.wiper_rad and abs(traffic.wiper_rad[number]) < 1.1:
        light = wiped(light, traffic.wiper_rad[number])
    return light
