"""Zones with their incident as GeoJSON (RFC 7946: lon, lat); points are written by `streams.web.exports`, danger by `streams.area`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

import msgspec

from streams.alerts.alert import Alert
from streams.alerts.area import GEOCODE
from streams.alerts.current import newest_first
from streams.alerts.levels import NAMES, SEVERITIES
from streams.city.model import City, Zone
from streams.observation.moments import to_text


def zones_geojson(
    city: City,
    alerts: Iterable[Alert],
    unknown: Collection[str] = (),
    head: Mapping[str, Any] | None = None,
    least: Mapping[str, int] | None = None,
) -> bytes:
    """Write every zone with its incident.

    Parameters
    ----------
    alerts
        Those in force (`in_force`).
    unknown
        Ids of zones whose water is not known: such a zone without an alert is unknown, not calm (law 3).
    head
        What the collection says of itself besides, such as the age of the data.
    least
        The level that stands at the points of each zone, whatever was published: a zone never looks calmer.
    """
    newest: dict[str, Alert] = {}
    for alert in reversed(newest_first(alerts)):
        newest |= dict.fromkeys(zones_of(alert), alert)
    stands = least or {}
    features = [_zone(zone, newest.get(zone.zone_id), zone.zone_id in unknown, stands.get(zone.zone_id, 0)) for zone in city.zones]
    return msgspec.json.encode(
        {"type": "FeatureCollection", "simulated": city.simulated, "demo": city.demo, **(head or {}), "features": features}
    )


def zones_of(alert: Alert) -> list[str]:
    """Ids of the zones that an alert is about."""
    return [code.value for area in alert.infos[0].areas for code in area.geocodes if code.name == GEOCODE]


def _feature(id_: str, geometry: dict[str, Any] | None, properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "id": id_, "geometry": geometry or None, "properties": properties}


def _zone(zone: Zone, alert: Alert | None, unknown: bool, least: int) -> dict[str, Any]:
    told = {"zone": zone.zone_id, "name": zone.name, "name_en": zone.name_en, "district": zone.district_id}
    if alert is None:
        return _feature(zone.zone_id, zone.geometry, {**told, **_level(least or (None if unknown else 0)), "incident": None})
    info = alert.infos[0]
    incident = {
        "incident": alert.incidents[0] if alert.incidents else None,
        "identifier": alert.identifier,
        "status": alert.status,
        "msg_type": alert.msg_type,
        "urgency": info.urgency,
        "certainty": info.certainty,
        "response": info.response_types[0] if info.response_types else None,
        "basis": info.parameter("basis"),
        "unconfirmed": info.parameter("unconfirmed") == "true",
        "sent": to_text(alert.sent_us),
        "expires": to_text(alert.expires_us),
        "headlines": {one.language: one.headline for one in alert.infos},
    }
    return _feature(zone.zone_id, zone.geometry, {**told, **_level(max(int(info.parameter("level") or 0), least)), **incident})


def _level(level: int | None) -> dict[str, Any]:
    return {
        "level": "unknown" if level is None else level,
        "level_name": NAMES[level],
        "severity": SEVERITIES.get(level) if level is not None else None,
    }
