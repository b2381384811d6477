"""A zone as a CAP area: CAP knows plain rings only, so what GeoJSON has beyond them is brought into that form."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import shapely
from shapely.geometry import shape

from streams.alerts.alert import Area, Named, Ring
from streams.city.model import Zone
from streams.messages.texts import place_name

GEOCODE = "LOWPOINT-ZONE"
DIGITS = 6
"""Of degrees: a tenth of a metre."""


def area_of(zone: Zone, language: str) -> Area:
    """A zone with its name in a language. A hole counts as inside: rather a text too many. Without a shape the zone's id must do."""
    return Area(
        area_desc=place_name(zone, language),
        polygons=tuple(_rings(zone.geometry)),
        geocodes=(Named(GEOCODE, zone.zone_id),),
    )


def _rings(geometry: dict[str, Any]) -> Iterator[Ring]:
    if geometry.get("type") not in ("Polygon", "MultiPolygon"):
        return
    # a zone drawn with a crossing must not keep its people from being warned: it is mended, and check-config may tell
    sound = shapely.set_precision(shapely.make_valid(shape(geometry)), 10.0**-DIGITS)
    for part in shapely.get_parts(sound):
        if part.geom_type == "Polygon" and not part.is_empty:
            yield tuple((round(float(lon), DIGITS), round(float(lat), DIGITS)) for lon, lat in part.exterior.coords)
