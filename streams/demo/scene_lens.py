"""What lies between a rendered scene and its file: rain, drops on the glass, glare, a wiper, shake, exposure, noise, JPEG."""

from __future__ import annotations

import cv2
import numpy as np

from streams.demo.scene_paint import Picture
from streams.demo.scene_weather import Weather


def rained(picture: Picture, rain: float, rng: np.random.Generator) -> Picture:
    """Streaks that are new in every frame, and the haze of rain far away."""
    rows, columns = picture.shape[:2]
    sparks = np.zeros((rows, columns), np.float32)
    number = int(rain * 500)
    sparks[rng.integers(0, rows, number), rng.integers(0, columns, number)] = rng.uniform(0.3, 1, number)
    long_px = int(rng.integers(9, 25))
    lean = rng.uniform(-0.25, 0.25)
    kernel = np.zeros((long_px, long_px), np.float32)
    middle = long_px / 2
    cv2.line(kernel, (round(middle - lean * middle), 0), (round(middle + lean * middle), long_px - 1), 1.0, 1, cv2.LINE_AA)
    streaks = cv2.filter2D(sparks, -1, kernel / 3)
    bright = float(np.percentile(picture, 90))
    haze = 0.12 * rain
    return np.asarray(picture * (1 - haze) + haze * float(picture.mean()) + (0.6 * bright * np.minimum(streaks, 1))[..., None])


def drop_fields(size: tuple[int, int], amount: float, rng: np.random.Generator) -> tuple[Picture, Picture]:
    """Drops on the glass: where each pixel looks instead (rows, columns, 2), and the share of drop (rows, columns)."""
    width, height = size
    grid = np.stack(np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32)), 2)
    share = np.zeros((height, width), np.float32)
    for _ in range(int(3 + 22 * amount)):
        middle = np.asarray((rng.uniform(0, width), rng.uniform(0, height)), np.float32)
        radius = float(rng.uniform(8, 20 + 35 * amount))
        away = np.stack(np.meshgrid(np.arange(width), np.arange(height)), 2).astype(np.float32) - middle
        away[..., 1] *= rng.uniform(0.7, 1.0)
        far = np.linalg.norm(away, axis=2) / radius
        inside = np.clip((1 - far) / 0.25, 0, 1)
        # a drop is a lens that turns the picture over and makes it small
        looks = middle - away * 2.5
        grid = grid * (1 - inside[..., None]) + looks * inside[..., None]
        share = np.maximum(share, inside)
    return grid, share


def dropped(picture: Picture, fields: tuple[Picture, Picture]) -> Picture:
    """The picture through drops."""
    grid, share = fields
    through = cv2.remap(
        picture, grid[..., 0].astype(np.float32), grid[..., 1].astype(np.float32), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT
    )
    soft = cv2.GaussianBlur(through, (0, 0), 3.5)
    return np.asarray(picture * (1 - share[..., None]) + (0.9 * soft + 0.03 * float(picture.mean())) * share[..., None])


def glared(picture: Picture, lamps: list[tuple[float, float]], amount: float, at: float) -> Picture:
    """Headlights that shine into the camera, with their bloom and the streaks of the glass."""
    rows, columns = picture.shape[:2]
    across, along = np.meshgrid(np.arange(columns, dtype=np.float32), np.arange(rows, dtype=np.float32))
    light = np.zeros((rows, columns), np.float32)
    for x, y in lamps:
        far = np.hypot(across - x, along - y)
        light += amount * (6 * np.exp(-((far / 9) ** 2)) + 0.9 * np.exp(-far / (25 + 70 * amount)))
        light += amount * 0.5 * np.exp(-np.abs(along - y) / 3 - np.abs(across - x) / 150)
    return np.asarray(picture + at * light[..., None] * np.asarray((0.95, 1.0, 1.0), np.float32))


def wiped(picture: Picture, angle_rad: float) -> Picture:
    """A wiper's blade before the lens, out of focus, at an angle from its foot below the picture."""
    rows, columns = picture.shape[:2]
    mask = np.zeros((rows, columns), np.float32)
    foot = (columns // 2, round(1.15 * rows))
    tip = (round(foot[0] + 1.5 * rows * np.sin(angle_rad)), round(foot[1] - 1.5 * rows * np.cos(angle_rad)))
    cv2.line(mask, foot, tip, 1.0, round(0.07 * rows), cv2.LINE_AA)
    soft = cv2.GaussianBlur(mask, (0, 0), 6)
    return np.asarray(picture * (1 - 0.95 * soft[..., None]))


def photographed(picture: Picture, weather: Weather, gain: float, shift: tuple[float, float, float], rng: np.random.Generator) -> bytes:
    """Light to the bytes of a JPEG: shake, focus, exposure, noise of light and of the chip, gamma, compression.

    Parameters
    ----------
    gain
        Of the exposure, the same for all frames of a look.
    shift
        Pixels to the right and down, and degrees of turn.
    """
    rows, columns = picture.shape[:2]
    turn = cv2.getRotationMatrix2D((columns / 2, rows / 2), shift[2], 1.0)
    turn[:, 2] += np.asarray(shift[:2])
    moved = cv2.warpAffine(picture.astype(np.float32), turn, (columns, rows), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    seen = cv2.GaussianBlur(moved, (0, 0), weather.blur_px) * np.float32(gain)
    across, along = np.linspace(-1, 1, columns, dtype=np.float32), np.linspace(-1, 1, rows, dtype=np.float32)
    seen *= (1 - 0.11 * (across[None] ** 2 + along[:, None] ** 2))[..., None]
    spread = np.float32(weather.noise) * np.sqrt(np.maximum(seen, 0) * 2.5e-4 + 1.5e-5)
    grain = rng.standard_normal(seen.shape, np.float32)
    if weather.light == "ir":
        grain = np.repeat(grain[..., :1], 3, 2)
    seen = seen + spread * (0.7 * grain + 0.5 * cv2.GaussianBlur(grain, (0, 0), 0.8))
    levels = np.clip(seen, 0, 1) ** (1 / 2.2) * 255
    done, encoded = cv2.imencode(".jpg", levels.astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, weather.jpeg_quality])
    assert done
    return encoded.tobytes()
