"""Leads a decision to the districts that it is about."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import unquote

from msgspec import structs

from streams.city.model import City
from streams.observation.decision import Decision

_IDENTIFIER = re.compile(r"_\d{14}_(?P<zone>.+)-\d{8}T\d{6}Z_\d+$")


class Routes:
    """Districts of a city's low points, zones, stations and of the orders of its zones."""

    def __init__(self, city: City):
        self._issuer = city.public.cap_issuer
        self._points = {point.low_point_id: (point.district_id,) for point in city.low_points}
        self._zones = {zone.zone_id: (zone.district_id,) for zone in city.zones}
        self._stations = {
            station.station_id: self._points.get(station.low_point_id, ()) if station.low_point_id else station.district_ids
            for station in city.stations
        }

    def split(self, decision: Decision) -> tuple[dict[str, Decision], list[str]]:
        """The decision of each district, with what is its own, and subjects that are nowhere in the city."""
        own: dict[str, dict[str, list[str]]] = {}
        lost: list[str] = []
        places: tuple[tuple[str, Mapping[str, tuple[str, ...]]], ...] = (
            ("orders", {identifier: self.of_order(identifier) for identifier in decision.orders}),
            ("points", self._points),
            ("zones", self._zones),
            ("stations", self._stations),
        )
        for kind, districts in places:
            for subject in getattr(decision, kind):
                found = districts.get(subject, ())
                lost += [] if found else [subject]
                for district in found:
                    own.setdefault(district, {}).setdefault(kind, []).append(subject)
        empty = {kind: () for kind, _ in places}
        split = {
            district: structs.replace(decision, **{**empty, **{kind: tuple(subjects) for kind, subjects in kinds.items()}})
            for district, kinds in own.items()
        }
        return split, lost

    def of_order(self, identifier: str) -> tuple[str, ...]:
        """The district of an order: its identifier names the zone (DESIGN 6)."""
        found = _IDENTIFIER.match(identifier.removeprefix(self._issuer))
        return self._zones.get(unquote(found["zone"]), ()) if found else ()
