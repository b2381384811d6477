"""What in a readable city folder deserves a second look: named one by one, by `lowpoint check-config`."""

from __future__ import annotations

from collections.abc import Iterator

from streams.city.geometry import distance_to_area_m
from streams.city.model import DEPTH_STATIONS, City
from streams.city.reach import NEAR_M, NEVER, Reach

MOST_NAMES = 5


def remarks(city: City) -> Iterator[str]:
    """One sentence for each thing that is allowed but may be a mistake."""
    yield from _foreign_neighbours(city)
    yield from _points_without_stations(city)
    yield from _zones_without_points(city)
    yield from _stations_without_owner(city)
    yield from _issuer(city)
    yield from _points_without_reports(city)


def _points_without_reports(city: City) -> Iterator[str]:
    heard = {station.low_point_id for station in city.stations if station.kind == "reports" and station.owner}
    deaf = [point.low_point_id for point in city.low_points if point.low_point_id not in heard]
    if not deaf:
        return
    names = ", ".join(deaf[:MOST_NAMES]) + (f" and {len(deaf) - MOST_NAMES} more" if len(deaf) > MOST_NAMES else "")
    yield (
        f"{len(deaf)} low points have no station of kind reports with an owner ({names}): citizens' reports of them raise no level, "
        "accepted or not"
    )


def _issuer(city: City) -> Iterator[str]:
    issuer = city.public.cap_issuer
    if not issuer or any(sign in issuer for sign in " ,<&") or not issuer.isascii():
        yield f"cap_issuer {issuer!r} opens every CAP identifier: write it in ASCII, without spaces, commas, < and &"


def _foreign_neighbours(city: City) -> Iterator[str]:
    for zone in city.zones:
        for point in city.low_points:
            if point.district_id != zone.district_id and distance_to_area_m(point.lon, point.lat, zone.geometry) <= NEAR_M:
                yield (
                    f"zone {zone.zone_id} ({zone.district_id}) lies within {NEAR_M:.0f} m of {point.low_point_id} ({point.district_id}): "
                    "a zone answers to low points of its own district only"
                )


def _points_without_stations(city: City) -> Iterator[str]:
    watched = {station.low_point_id for station in city.stations if station.kind in DEPTH_STATIONS}
    for point in city.low_points:
        if point.low_point_id not in watched:
            yield f"low point {point.low_point_id} has neither level sensor nor camera: it will never be known"


def _zones_without_points(city: City) -> Iterator[str]:
    reach = Reach(city)
    for zone in city.zones:
        points = tuple(point for point in city.low_points if point.district_id == zone.district_id)
        if not points or (reach.from_level((zone,), points) == NEVER).all():
            yield f"zone {zone.zone_id} is reached by no low point of its district {zone.district_id}: nobody there is ever warned"


def _stations_without_owner(city: City) -> Iterator[str]:
    for station in city.stations:
        if not station.owner:
            yield f"station {station.station_id} has no owner: no key, user or topic can deliver for it"
