"""The city's places as pages need them: ids, names, where they lie, and each point's own ladder."""

from __future__ import annotations

from typing import Any

import msgspec

from streams.city.model import City, Names

NOTHING_DRAWN = msgspec.json.encode({"type": "FeatureCollection", "features": []})
"""A layer that has nothing in it."""


def city_json(city: City) -> bytes:
    """All places of a city, without their outlines: those are layers."""
    return msgspec.json.encode(
        {
            "low_points": [
                {
                    "id": point.low_point_id,
                    **_names(point),
                    "class": point.point_class,
                    "district": point.district_id,
                    **_place(point),
                    "levels": [rung.depth_m for rung in point.levels],
                }
                for point in city.low_points
            ],
            "zones": [{"id": z.zone_id, **_names(z), "district": z.district_id, "walking_min": z.walking_min} for z in city.zones],
            "districts": [{"id": name, **_names(city.district_names.get(name, Names()))} for name in city.districts],
            "stations": [
                {
                    "id": s.station_id,
                    "kind": s.kind,
                    "low_point": s.low_point_id,
                    "districts": s.district_ids,
                    "owner": s.owner,
                    "cadence_s": s.cadence_s,
                    **_place(s),
                }
                for s in city.stations
            ],
            "shelters": [{"id": s.shelter_id, **_names(s), "capacity": s.capacity, **_place(s)} for s in city.shelters],
        }
    )


def zones_layer(city: City) -> bytes:
    """Outlines of the zones as GeoJSON."""
    features = [
        {"type": "Feature", "id": at, "properties": {"id": zone.zone_id, **_names(zone)}, "geometry": zone.geometry}
        for at, zone in enumerate(city.zones)
    ]
    return msgspec.json.encode({"type": "FeatureCollection", "features": features})


def _names(thing: Any) -> dict[str, str]:
    return {"name": thing.name, "name_en": thing.name_en}


def _place(thing: Any) -> dict[str, float | None]:
    """0, 0 is what a place without a geometry has."""
    there = (thing.lon, thing.lat) != (0.0, 0.0)
    return {"lon": thing.lon if there else None, "lat": thing.lat if there else None}
