"""Writes a city folder (DESIGN 4) for measured low points; what DESIGN has a default for is left to the default."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

M_PER_DEGREE = 111_320.0
ZONE_HALF_SIDE_M = 60.0
Feature = dict[str, Any]


@dataclass(frozen=True)
class Release:
    """Who releases orders in an imported city, and under which name it issues them."""

    cap_issuer: str = "lowpoint-import"
    automatic: bool = False


@dataclass(frozen=True)
class CityHead:
    """What stands in `city.toml`; `origin` says where the measurements come from."""

    name: str
    time_zone: str
    districts: Sequence[str]
    origin: str
    release: Release


def write_city(folder: Path, head: CityHead, low_points: Sequence[Feature], stations: Sequence[Feature], zones: Sequence[Feature]) -> None:
    """Write the five files of a city without terrain and without shelters."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "city.toml").write_text(_toml(head), encoding="utf-8", newline="\n")
    collections = {"low_points": low_points, "stations": stations, "zones": zones, "shelters": ()}
    for name, features in collections.items():
        _write_features(folder / f"{name}.geojson", features)


def point(lon: float, lat: float, properties: Mapping[str, Any]) -> Feature:
    """Make a feature that is a point."""
    return {"type": "Feature", "geometry": {"type": "Point", "coordinates": [lon, lat]}, "properties": dict(properties)}


def zone_around(lon: float, lat: float, low_point_id: str, name: str, district_id: str) -> Feature:
    """Make the square zone of a low point: nobody publishes who lives there, so it reaches 60 m each way."""
    up, right = ZONE_HALF_SIDE_M / M_PER_DEGREE, ZONE_HALF_SIDE_M / (M_PER_DEGREE * math.cos(math.radians(lat)))
    corners = [(-right, -up), (right, -up), (right, up), (-right, up), (-right, -up)]
    ring = [[round(lon + east, 6), round(lat + north, 6)] for east, north in corners]
    properties = {"zone_id": f"{low_point_id}-zone", "name": f"Around {name}", "district_id": district_id}
    return {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [ring]}, "properties": properties}


def _write_features(path: Path, features: Sequence[Feature]) -> None:
    lines = ",\n".join(json.dumps(feature, ensure_ascii=False) for feature in features)
    path.write_text(f'{{"type": "FeatureCollection", "features": [\n{lines}\n]}}\n', encoding="utf-8", newline="\n")


def _toml(head: CityHead) -> str:
    parts = [
        f"# {head.origin}",
        "# The ladder of levels and the rain signals are the defaults.",
        f"name = {_text(head.name)}",
        f"time_zone = {_text(head.time_zone)}",
        'languages = ["en"]',
        f"districts = [{', '.join(_text(district) for district in head.districts)}]",
        *(_AUTOMATIC if head.release.automatic else _BY_DEFAULT),
        '\n[sender]\nkind = "dry-run"\nname = "Lowpoint import"',
        f"\n[public]\nlive = false\ncap_issuer = {_text(head.release.cap_issuer)}",
    ]
    return "\n".join(parts) + "\n"


_BY_DEFAULT = ("\n# Approval is left to the defaults: orders wait for officers.",)
_AUTOMATIC = (
    "\n# AUTOMATIC RELEASE, asked for at the import: no officer signs anything here. For replays only.\n[approval]",
    *(f'{level} = "automatic"' for level in (1, 2, 3, 4)),
    'unconfirmed = "automatic"',
)


def _text(value: str) -> str:
    # a JSON string is a TOML basic string
    return json.dumps(value, ensure_ascii=False)
