"""What other systems follow: the alerts as Atom and CSV, one alert as CAP, and the zones with their incident."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from streams.alerts.alert import Alert
from streams.alerts.atom import atom_feed
from streams.alerts.current import in_force, in_force_or_recent
from streams.alerts.geojson import zones_geojson
from streams.alerts.table import alerts_csv
from streams.city.model import City
from streams.city.reach import NEVER, Reach
from streams.web.board import Board
from streams.web.exports import about
from streams.web.published import Published

DAYS = 7
"""How long an alert stays in the feed after it has ended."""


def alerts_atom(board: Board, published: Published, language: str | None) -> bytes:
    """The alerts in force and those of the last days; addresses are relative, for who stands behind a proxy does not know its own."""
    listed = in_force_or_recent(published.alerts, board.log_us, DAYS)
    return atom_feed(board.city, listed, _address, "alerts.atom", language)


def alerts_table(board: Board, published: Published, language: str | None) -> bytes:
    """The same alerts as CSV."""
    return alerts_csv(in_force_or_recent(published.alerts, board.log_us, DAYS), language or board.city.languages[0])


def zones_now(board: Board, published: Published, watched_by: Mapping[str, Mapping[str, int]]) -> bytes:
    """The zones with the alert that is in force.

    Parameters
    ----------
    watched_by
        The low points whose water reaches each zone, and from which level on, see `points_of_zones`.
    """
    level_of = {view.point.low_point_id: (view.level or 0) if view.current or view.held else 0 for view in board.points}
    # what stands at a point endangers its zones whether or not anybody has released an order about it
    least = {
        zone: max((level_of.get(point, 0) for point, from_level in points.items() if level_of.get(point, 0) >= from_level), default=0)
        for zone, points in watched_by.items()
    }
    known = {view.point.low_point_id for view in board.points if view.current}
    # a zone that no point reaches is watched by nobody; one of whose points is unknown may be under water
    unknown = {zone for zone, points in watched_by.items() if not points or not points.keys() <= known}
    return zones_geojson(board.city, in_force(published.alerts, board.log_us), unknown, about(board), least)


def points_of_zones(city: City) -> dict[str, dict[str, int]]:
    """The low points whose water reaches each zone, with the level from which on it does (DESIGN 4), by the zone's id."""
    reach, found = Reach(city), dict[str, dict[str, int]]()
    for district in city.districts:
        zones = tuple(zone for zone in city.zones if zone.district_id == district)
        points = tuple(point for point in city.low_points if point.district_id == district)
        table = reach.from_level(zones, points)
        for zone, row in zip(zones, table, strict=True):
            found[zone.zone_id] = {point.low_point_id: int(level) for point, level in zip(points, row, strict=True) if level < NEVER}
    return found


def _address(alert: Alert) -> str:
    return f"cap/{quote(alert.identifier, safe='')}.xml"
