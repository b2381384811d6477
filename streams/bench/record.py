"""A generated recording for throughput: many stations at 1 Hz over 51 points, a third of which flood while it lasts.

It is made up and says so; nothing about forecasts can be learnt from it.
"""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from streams.observation.moments import SECOND_US, to_text

Floats = npt.NDArray[np.float64]

POINTS = 51
DISTRICTS = 10
START_US = 1_784_000_000 * SECOND_US
NOISE_M = 0.004
GAUGES = DISTRICTS


def write_recording(out: Path, stations: int = 2000, minutes: int = 10, seed: int = 1) -> int:
    """Write `city/` and `observations.ndjson.gz` into a folder; returns the number of readings."""
    city = out / "city"
    city.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    levels = stations - GAUGES
    _write_city(city, levels)
    point = np.arange(levels) % POINTS
    depth_m = _depths(minutes * 60, rng)
    with (out / "observations.ndjson.gz").open("wb") as raw, gzip.GzipFile("", "wb", 1, raw, mtime=0) as packed:
        for second in range(minutes * 60):
            packed.write(_second(second, depth_m[second, point] + rng.normal(0, NOISE_M, levels)))
    return stations * minutes * 60


def _depths(seconds: int, rng: np.random.Generator) -> Floats:
    """Depth of every point at every second, shape (seconds, points): a third rise to between 0.1 and 1 m and fall again."""
    time = np.arange(seconds)[:, None] / seconds
    onset, peak_m = rng.uniform(0.1, 0.5, POINTS), rng.uniform(0.1, 1.0, POINTS) * (rng.random(POINTS) < 1 / 3)
    since = np.clip(time - onset, 0, None)
    return np.asarray(peak_m * (since / 0.2) * np.exp(1 - since / 0.2), float)


def _second(second: int, depth_m: Floats) -> bytes:
    moment = to_text(START_US + second * SECOND_US)
    values = np.round(np.maximum(depth_m, 0.0), 3).tolist()
    lines = [f'{{"station":"S{number:05d}","kind":"depth","time":"{moment}","value":{value}}}\n' for number, value in enumerate(values)]
    # the gauges give a tenth of a millimetre every second, so that it rains and nothing is held back as suspect
    rain = [f'{{"station":"R{g:02d}","kind":"rain","time":"{moment}","value":0.01,"period_s":1}}\n' for g in range(GAUGES)]
    return "".join(lines + rain).encode()


def _write_city(folder: Path, levels: int) -> None:
    districts = [f"D{number:02d}" for number in range(DISTRICTS)]
    (folder / "city.toml").write_text(
        f'name = "Benchmark (made up)"\ntime_zone = "Asia/Shanghai"\ndistricts = {districts}\nsimulated = true\n', encoding="utf-8"
    )
    places = [(113.5 + 0.01 * (number % 8), 34.7 + 0.01 * (number // 8)) for number in range(POINTS)]
    points = [
        ({"low_point_id": f"P{number:02d}", "class": "underpass", "district_id": districts[number % DISTRICTS]}, places[number])
        for number in range(POINTS)
    ]
    sensors: list[tuple[dict[str, Any], tuple[float, float]]] = [
        ({"station_id": f"S{n:05d}", "kind": "level", "low_point_id": f"P{n % POINTS:02d}", "cadence_s": 1}, places[n % POINTS])
        for n in range(levels)
    ]
    gauges = [
        ({"station_id": f"R{n:02d}", "kind": "rain", "district_ids": [districts[n]], "cadence_s": 1}, places[n]) for n in range(GAUGES)
    ]
    for name, rows in (("low_points", points), ("stations", sensors + gauges), ("zones", []), ("shelters", [])):
        features = [{"type": "Feature", "geometry": {"type": "Point", "coordinates": place}, "properties": row} for row, place in rows]
        (folder / f"{name}.geojson").write_bytes(msgspec.json.encode({"type": "FeatureCollection", "features": features}))
