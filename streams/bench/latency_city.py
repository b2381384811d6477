"""A made-up city for latency: every district has one low point, one level sensor, one gauge and one zone; two officers sign level 4."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from streams.city.model import City
from streams.gateway.packer import Packed
from streams.gateway.producer import KafkaLog
from streams.observation.batch import encode
from streams.observation.observation import Extra

_D = 0.0005
_HEAD = """name = "Latency town"
time_zone = "Asia/Shanghai"
districts = [{districts}]

[public]
cap_issuer = "latency"
"""


def write_latency_city(folder: Path, points: int, approval: str = "") -> Path:
    """Write the city folder; districts are D0000 on, their zones Z0000, their stations level-0000 and rain-0000.

    Parameters
    ----------
    approval
        Lines of [approval] in city.toml; without any two officers sign level 4.
    """
    folder.mkdir(parents=True, exist_ok=True)
    names = [f"D{n:04d}" for n in range(points)]
    head = _HEAD.format(districts=", ".join(f'"{name}"' for name in names))
    (folder / "city.toml").write_text(f"{head}\n[approval]\n{approval}\n", encoding="utf-8")
    collections: dict[str, list[dict[str, Any]]] = {"low_points": [], "stations": [], "zones": [], "shelters": []}
    for n, district in enumerate(names):
        lon, lat = 113.0 + 0.05 * (n % 50), 34.0 + 0.05 * (n // 50)
        at = {"type": "Point", "coordinates": [lon, lat]}
        ring = [[lon - _D, lat - _D], [lon + _D, lat - _D], [lon + _D, lat + _D], [lon - _D, lat + _D], [lon - _D, lat - _D]]
        point, cadence = f"P{n:04d}", {"cadence_s": 60}
        collections["low_points"].append(_feature(at, low_point_id=point, district_id=district, name=point, **{"class": "sag"}))
        collections["stations"].append(_feature(at, station_id=f"level-{n:04d}", kind="level", low_point_id=point, **cadence))
        collections["stations"].append(_feature(at, station_id=f"rain-{n:04d}", kind="rain", district_ids=[district], **cadence))
        collections["zones"].append(_feature({"type": "Polygon", "coordinates": [ring]}, zone_id=f"Z{n:04d}", district_id=district))
    for name, features in collections.items():
        (folder / f"{name}.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return folder


def write_readings(log: KafkaLog, city: City, number: int, moment_us: int, rows: list[tuple[str, float]]) -> None:
    """Write readings of one point that arrive at a moment, (kind, value) each, with the tick that the gateway puts after them."""
    district, ids = f"D{number:04d}", [station.station_id for station in city.stations]
    station = np.array([ids.index(f"{kind}-{number:04d}") for kind, _ in rows], np.int64)
    moment = np.full(len(rows), moment_us, np.int64)
    value = np.array([value for _, value in rows], float)
    extras = {row: Extra(period_s=60.0) for row, (kind, _) in enumerate(rows) if kind == "rain"}
    data = encode(district, ids, station, moment, moment, value, extras, np.array([moment_us], np.int64))
    log.send([Packed(district, len(rows), data)])


def _feature(geometry: dict[str, Any], **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": properties}
