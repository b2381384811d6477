"""Writes rendered frames of a made-up camera with their truth, to try `lowpoint camera` on."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from streams.demo.scene_place import Place, make_place
from streams.demo.scene_weather import CONDITIONS, make_weather
from streams.demo.scenes import FRAME_S, make_look, make_reference

BEGIN = datetime(2021, 7, 20, 8, 0, tzinfo=UTC)
LOOK_EVERY = timedelta(minutes=5)
CLICKED_M = (0.1, 0.5, 0.9, 1.3, 1.7)


def write_scenes(out: Path, seed: int, looks: int, conditions: Sequence[str], tell: Callable[[str], None]) -> list[str]:
    """Write a flood that comes and goes: `dry.jpg`, `frames/TIME.jpg`, `truth.ndjson`; the options that calibrate its camera.

    Raises
    ------
    OSError
        Where the folder cannot be written.
    """
    place = make_place(seed, held_out=False)
    rng = np.random.default_rng([seed, 4])
    frames = out / "frames"
    frames.mkdir(parents=True, exist_ok=True)
    (out / "dry.jpg").write_bytes(make_reference(place))
    truth = []
    for number in range(looks):
        condition = conditions[number % len(conditions)]
        depth_m = _flood_m(number, looks)
        look = make_look(place, make_weather(condition, rng), depth_m, rng)
        begun = BEGIN + number * LOOK_EVERY
        for count, raw in enumerate(look.frames):
            moment = begun + timedelta(seconds=FRAME_S * count)
            (frames / f"{moment:%Y%m%dT%H%M%S}.{moment.microsecond // 1000:03d}Z.jpg").write_bytes(raw)
        truth.append({"time": begun.isoformat().replace("+00:00", "Z"), "depth_m": round(depth_m, 3), "condition": condition})
        tell(f"{begun:%H:%M} {condition}: {depth_m:.2f} m")
    (out / "truth.ndjson").write_text("".join(json.dumps(line) + "\n" for line in truth), "utf-8")
    return click_options(place)


def _flood_m(number: int, looks: int) -> float:
    """Dry at first and at the end, 1.2 m between."""
    share = number / max(looks - 1, 1)
    return round(max(0.0, 1.2 * float(np.sin(np.pi * (1.3 * share - 0.15)))), 3)


def click_options(place: Place) -> list[str]:
    """What a user would click, as options of `lowpoint camera calibrate`."""
    heights_m = [height_m for height_m in CLICKED_M if height_m < place.gauge_top_m] + [place.gauge_top_m - 0.05]
    pixels = place.gauge_pixels(np.asarray(heights_m))
    points = [f"--point {x:.1f},{y:.1f},{height_m:g}" for (x, y), height_m in zip(pixels, heights_m, strict=True)]
    levels = []
    for height_m in (0.0, 1.6):
        ends = place.pixels_of(np.asarray([(-0.8, 0, height_m), (0.8, 0, height_m)]))
        levels.append(f"--level {','.join(f'{value:.1f}' for value in ends.ravel())}")
    edges = place.pixels_of(np.asarray([(-place.gauge_wide_m / 2, 0, 1.0), (place.gauge_wide_m / 2, 0, 1.0)]))
    return [*points, *levels, f"--gauge-width {float(np.linalg.norm(edges[1] - edges[0])):.1f}"]


ALL = CONDITIONS
"""Names of all conditions."""
