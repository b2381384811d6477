"""A small storm for tests that go through Kafka: three districts, six points, twenty minutes, with the usual dirt."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from streams.observation.moments import SECOND_US, to_text
from tests.streams.towns import METRES, START_US, square

DISTRICTS = ("D1", "D2", "D3")
POINTS = tuple(f"P{n}" for n in range(6))
PEAK_M = (0.75, 0.45, 0.2, 0.0, 0.3, 0.65)
MINUTES = 20
CADENCE_S = 10

CITY = """
name = "Test town"
time_zone = "Asia/Shanghai"
districts = ["D1", "D2", "D3"]
[approval]
1 = "automatic"
2 = "automatic"
3 = "automatic"
4 = "automatic"
unconfirmed = "automatic"
[public]
cap_issuer = "test"
"""


def write_city(folder: Path) -> Path:
    """Write the city folder."""
    folder.mkdir(parents=True)
    (folder / "city.toml").write_text(CITY, encoding="utf-8")
    places = [(113.6 + 0.05 * (n % 3), 34.7 + 1000 * METRES * (n // 3)) for n in range(6)]
    points = [
        _point(places[n], low_point_id=POINTS[n], district_id=DISTRICTS[n % 3], **{"class": "sag"}, name=f"路口{n}") for n in range(6)
    ]
    sensors = [_point(places[n], station_id=f"S{n}", kind="level", low_point_id=POINTS[n], cadence_s=CADENCE_S) for n in range(6)]
    gauge = _point(places[0], station_id="R", kind="rain", district_ids=list(DISTRICTS), cadence_s=60)
    zones = [
        {"type": "Feature", "geometry": square(*places[n]), "properties": {"zone_id": f"Z{n}", "district_id": DISTRICTS[n % 3]}}
        for n in range(6)
    ]
    for name, features in (("low_points", points), ("stations", [*sensors, gauge]), ("zones", zones), ("shelters", [])):
        (folder / f"{name}.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return folder


def _point(place: tuple[float, float], **properties: object) -> dict[str, object]:
    return {"type": "Feature", "geometry": {"type": "Point", "coordinates": place}, "properties": properties}


def write_observations(file: Path, seed: int = 3) -> Path:
    """Write the storm: noise, three spikes, a tenth late, a few lost, a few twice, one sensor silent for a while."""
    rng = np.random.default_rng(seed)
    lines = []
    for second in range(0, MINUTES * 60, CADENCE_S):
        for number, peak_m in enumerate(PEAK_M):
            if rng.random() < 0.02 or (number == 4 and 500 < second < 800):
                continue
            since = max(second / 60 - 4 - number / 2, 0.0)
            depth_m = max(peak_m * since / 3 * np.exp(1 - since / 3) + rng.normal(0, 0.003), 0.0)
            value = 1.4 if (number, second) in ((3, 100), (3, 150), (1, 60)) else round(float(depth_m), 3)
            late_s = float(rng.uniform(1, 200)) if rng.random() < 0.1 else float(rng.uniform(0, 2))
            lines += [_line(f"S{number}", "depth", second + number, value, late_s)] * (2 if rng.random() < 0.02 else 1)
        if second % 60 == 0:
            lines.append(_line("R", "rain", second, 1.0 if second > 200 else 0.0, 1.0, period_s=60))
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return file


def _line(station: str, kind: str, second: float, value: float, late_s: float, **more: object) -> dict[str, object]:
    at_us = START_US + round(second * SECOND_US)
    received = to_text(at_us + round(late_s * 1000) * 1000)
    return {"station": station, "kind": kind, "time": to_text(at_us), "value": value, "received_at": received, **more}


def write_residents(file: Path, count: int = 60) -> Path:
    """Write made-up residents, ten a zone."""
    rows = [f"+999{5550000000 + n},{'zh' if n % 3 else 'en'},Z{n % 6}" for n in range(count)]
    file.write_text("phone,language,zone_id\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return file
