"""What machines read: the points as GeoJSON, the closed roads, and the health of the page."""

from __future__ import annotations

from typing import Any

import msgspec

from streams.alerts.drill import status_of
from streams.alerts.levels import NAMES, SEVERITIES
from streams.observation.moments import SECOND_US, to_text
from streams.signs.closure import HEARTBEAT_S, Closure
from streams.web.board import Board, PointView


def points_geojson(board: Board) -> bytes:
    """The points as a GeoJSON FeatureCollection (RFC 7946), in the order of their ids; what is not known is null or "unknown"."""
    features = [_feature(board, view) for view in sorted(board.points, key=lambda view: view.point.low_point_id)]
    head = {
        "type": "FeatureCollection",
        "simulated": board.city.simulated,
        "demo": board.city.demo,
        **about(board),
        "features": features,
    }
    return msgspec.json.encode(head)


def closures_json(board: Board) -> bytes:
    """For drivers: whether each road is closed; whoever reads no newer one by `valid_until` knows nothing."""
    head = {"status": status_of(board.city, drill=board.city.drill), "heartbeat_s": HEARTBEAT_S, **about(board)}
    return msgspec.json.encode({**head, "closures": [_closure(closure) for closure in board.closures]})


def health(board: Board, withheld: int | None) -> bytes:
    """That the store answers, how old what it says is, and how many released orders could not be published, where that is known yet."""
    status = "no_data" if board.fresh.data_us is None else "stale" if board.fresh.stale else "degraded" if board.fresh.silent else "ok"
    return msgspec.json.encode(
        {
            "status": status,
            "store": "there",
            **_data(board),
            "silent_districts": board.fresh.silent,
            "alerts_withheld": withheld,
        }
    )


def about(board: Board) -> dict[str, Any]:
    """When it was made, and how old what it says is."""
    return {"generated_at": to_text(board.now_us), **_data(board)}


def _data(board: Board) -> dict[str, Any]:
    fresh = board.fresh
    known = fresh.data_us is not None
    return {
        "data_at": to_text(fresh.data_us) if fresh.data_us is not None else None,
        "data_age_s": fresh.age_us / SECOND_US if known else None,
        "stale": fresh.stale,
    }


def _closure(closure: Closure) -> dict[str, Any]:
    return {
        "low_point": closure.low_point,
        "state": closure.state,
        "level": closure.level,
        "since": to_text(closure.since_us) if closure.since_us is not None else None,
        "reason": closure.reason,
        "valid_until": to_text(closure.valid_until_us),
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
            "current": view.current,
            "basis": view.basis or None,
            "unconfirmed": view.unconfirmed,
            "depth_m": view.depth_m,
            "observed_at": to_text(view.observed_us) if view.observed_us is not None else None,
            "observed_age_s": (board.fresh.now_us - view.observed_us) / SECOND_US if view.observed_us is not None else None,
        },
    }
