"""The weather, light and traffic of one look of a made-up camera, drawn by chance for a named condition."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

CONDITIONS = ("day", "dusk", "night", "rain", "drops", "glare", "car_passes", "car_parked", "wiper", "shake")


@dataclass(frozen=True)
class Weather:
    """What one look is taken under; it holds for its few seconds.

    Attributes
    ----------
    light
        ``day``, ``dusk``, ``ir`` (a grey picture by an infrared lamp at the camera) or ``lamp`` (a street lamp at night).
    level
        How bright the scene is beside a good day.
    shadow
        Slope and place of a shadow's edge across wall and gauge; None without sun.
    rain, drops, glare
        0 to 1: how much of it.
    car
        None, ``passes`` or ``parked``.
    shake_px
        How far the picture moves from one frame to the next.
    dirt
        0 to 1: mud on the gauge's foot.
    tide_m
        A stain that water once left, m above the road; None without.
    wave_m
        Half height of the water's waves.
    """

    condition: str
    light: str
    level: float
    shadow: tuple[float, float] | None
    rain: float
    drops: float
    glare: float
    car: str | None
    wiper: bool
    shake_px: float
    dirt: float
    tide_m: float | None
    wave_m: float
    foam: float
    noise: float
    blur_px: float
    jpeg_quality: int


def make_weather(condition: str, rng: np.random.Generator) -> Weather:
    """Draw a look by chance.

    Parameters
    ----------
    condition
        One of :data:`CONDITIONS`.
    """
    plain = _plain(rng)
    if condition == "day":
        return replace(plain, condition=condition)
    if condition == "dusk":
        return _darker(replace(plain, condition=condition), "dusk", rng.uniform(0.1, 0.25), rng)
    if condition == "night":
        return _darker(replace(plain, condition=condition), str(rng.choice(("ir", "lamp"))), rng.uniform(0.04, 0.12), rng)
    changes: dict[str, object] = {
        "rain": {"rain": rng.uniform(0.3, 1), "wave_m": rng.uniform(0.004, 0.015), "shadow": None},
        "drops": {"drops": rng.uniform(0.2, 1), "shadow": None},
        "glare": {"glare": rng.uniform(0.3, 1)},
        "car_passes": {"car": "passes"},
        "car_parked": {"car": "parked"},
        "wiper": {"wiper": True, "rain": rng.uniform(0.1, 0.7), "shadow": None},
        "shake": {"shake_px": rng.uniform(1, 7)},
    }[condition]  # type: ignore[assignment]
    changed = replace(plain, condition=condition, **changes)  # type: ignore[arg-type]
    return _at_any_hour(changed, rng)


def _at_any_hour(weather: Weather, rng: np.random.Generator) -> Weather:
    """Trouble comes by day, at dusk and at night; headlights that blind come in the dark only."""
    hour = rng.uniform(0.5 if weather.condition == "glare" else 0, 1)
    if hour < 0.5:
        return weather
    if hour < 0.7:
        return _darker(weather, "dusk", rng.uniform(0.12, 0.3), rng)
    return _darker(weather, str(rng.choice(("ir", "lamp"))), rng.uniform(0.05, 0.15), rng)


def _darker(weather: Weather, light: str, level: float, rng: np.random.Generator) -> Weather:
    return replace(weather, light=light, level=float(level), shadow=None, noise=weather.noise * float(rng.uniform(1.5, 3.0)))


def _plain(rng: np.random.Generator) -> Weather:
    return Weather(
        condition="day", light="day", level=float(rng.uniform(0.6, 1.2)),
        shadow=(float(rng.uniform(-1.2, 1.2)), float(rng.uniform(-0.8, 0.8))) if rng.random() < 0.4 else None,
        rain=0.0, drops=0.0, glare=0.0, car=None, wiper=False, shake_px=0.3,
        dirt=float(rng.uniform(0, 0.7)) if rng.random() < 0.5 else 0.0,
        tide_m=float(rng.uniform(0.1, 1.2)) if rng.random() < 0.3 else None,
        wave_m=float(rng.uniform(0.001, 0.008)), foam=float(rng.uniform(0, 0.6)),
        noise=float(rng.uniform(0.5, 1.5)), blur_px=float(rng.uniform(0.3, 0.9)), jpeg_quality=int(rng.integers(55, 90)),
    )  # fmt: skip
