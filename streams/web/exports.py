"""What machines read: the points as GeoJSON, and the health of the page."""

from __future__ import annotations

from typing import Any

import msgspec

from streams.observation.moments import SECOND_US, to_text
from streams.web.board import Board, PointView

SEVERITIES = {1: "Minor", 2: "Moderate", 3: "Severe", 4: "Extreme"}
"""CAP's word for a level: severity travels by name (DESIGN 8)."""

NAMES = {None: "unknown", 0: "none", 1: "blue", 2: "yellow", 3: "orange", 4: "red"}


def points_geojson(board: Board) -> bytes:
    """The points as a GeoJSON FeatureCollection (RFC 7946), in the order of their ids; what is not known is null or "unknown"."""
    features = [_feature(board, view) for view in sorted(board.points, key=lambda view: view.point.low_point_id)]
    head = {
        "type": "FeatureCollection",
        "generated_at": to_text(board.now_us),
        "simulated": board.city.simulated,
        "demo": board.city.demo,
        **_data(board),
        "features": features,
    }
    return msgspec.json.encode(head)


def health(board: Board) -> bytes:
    """That the store answers, and how old what it says is."""
    status = "no_data" if board.fresh.data_us is None else "stale" if board.fresh.stale else "degraded" if board.fresh.silent else "ok"
    return msgspec.json.encode({"status": status, "store": "there", **_data(board), "silent_districts": board.fresh.silent})


def _data(board: Board) -> dict[str, Any]:
    fresh = board.fresh
    known = fresh.data_us is not None
    return {
        "data_at": to_text(fresh.data_us) if fresh.data_us is not None else None,
        "data_age_s": fresh.age_us / SECOND_US if known else None,
        "stale": fresh.stale,
    }


def _feature(board: Board, view: PointView) -> dict[str, Any]:
    point = view.point
    placed = (point.lon, point.lat) != (0.0, 0.0)
    return {
        "type": "Feature",
        "id": point.low_point_id,
        "geometry": {"type": "Point", "coordinates": [point.lon, point.lat]} if placed else None,
        "properties": {
            "low_point": point.low_point_id,
            "name": point.name,
            "name_en": point.name_en,
            "district": point.district_id,
            "level": "unknown" if view.level is None else view.level,
            "level_name": NAMES[view.level],
            "severity": SEVERITIES.get(view.level) if view.level else None,
            "current": view.level is not None and not view.last,
            "basis": view.basis or None,
            "unconfirmed": view.unconfirmed,
            "depth_m": view.depth_m,
            "observed_at": to_text(view.observed_us) if view.observed_us is not None else None,
            "observed_age_s": (board.fresh.now_us - view.observed_us) / SECOND_US if view.observed_us is not None else None,
        },
    }
