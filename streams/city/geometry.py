"""Distances and areas on the ground, by the geodesy and geometry libraries."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
from pyproj import Geod, Transformer
from shapely import Geometry, transform
from shapely.geometry import shape

_EARTH = Geod(ellps="WGS84")


def distances_m(places: Sequence[tuple[float, float]]) -> npt.NDArray[np.float64]:
    """Distance of every place (lon, lat) to every other in m, shape (n, n)."""
    count = len(places)
    if count == 0:
        return np.zeros((0, 0))
    lon, lat = np.array(places, float).T
    first, second = np.divmod(np.arange(count * count), count)
    metres = _EARTH.inv(lon[first], lat[first], lon[second], lat[second])[2]
    return np.asarray(metres, float).reshape(count, count)


@lru_cache(maxsize=512)
def _to_plane(lon: float, lat: float) -> Transformer:
    return Transformer.from_crs("EPSG:4326", f"+proj=aeqd +lat_0={lat} +lon_0={lon} +datum=WGS84 +units=m", always_xy=True)


def distance_to_area_m(lon: float, lat: float, area: dict[str, Any]) -> float:
    """Distance in m of a place to a GeoJSON geometry; 0 inside it. Exact enough up to some tens of km."""
    plane: Geometry = transform(shape(area), _to_plane(lon, lat).transform, interleaved=False)
    return float(plane.distance(shape({"type": "Point", "coordinates": (0.0, 0.0)})))
