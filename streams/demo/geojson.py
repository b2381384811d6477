"""Reading and writing the GeoJSON files of the demo city, always with the same bytes for the same content."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

Feature = dict[str, Any]


def point(lon_lat: tuple[float, float], properties: Mapping[str, Any]) -> Feature:
    """Make one feature that is a point."""
    return {"type": "Feature", "geometry": {"type": "Point", "coordinates": list(lon_lat)}, "properties": dict(properties)}


def line(lon_lats: Sequence[tuple[float, float]], properties: Mapping[str, Any]) -> Feature:
    """Make one feature that is a line."""
    geometry = {"type": "LineString", "coordinates": [list(place) for place in lon_lats]}
    return {"type": "Feature", "geometry": geometry, "properties": dict(properties)}


def polygon(ring: Sequence[tuple[float, float]], properties: Mapping[str, Any]) -> Feature:
    """Make one feature that is a polygon without holes; the ring is closed already."""
    geometry = {"type": "Polygon", "coordinates": [[list(corner) for corner in ring]]}
    return {"type": "Feature", "geometry": geometry, "properties": dict(properties)}


def write(path: Path, features: Sequence[Feature]) -> None:
    """Write a collection, one feature a line, so that a change shows as one line."""
    lines = ",\n".join(json.dumps(feature, ensure_ascii=False) for feature in features)
    path.write_text(f'{{"type": "FeatureCollection", "features": [\n{lines}\n]}}\n', encoding="utf-8", newline="\n")


def read(path: Path) -> list[Feature]:
    """Read the features of a collection."""
    features: list[Feature] = json.loads(path.read_text(encoding="utf-8"))["features"]
    return features
