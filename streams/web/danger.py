"""The danger areas as the board knows them: where water stands now and where it may within half an hour."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from streams.alerts.levels import NAMES
from streams.area.addresses import read_addresses
from streams.area.danger import Area, DangerAreas, Outlook, When, feature_collection
from streams.city.model import City, LowPoint
from streams.rules.limits import WET_M
from streams.web.board import Board, PointView
from streams.web.exports import about

WHENS: tuple[When, ...] = ("now", "30 min")


class DangerMap:
    """Draws the areas of one city; those of a point whose water and forecast have not changed are not drawn anew."""

    def __init__(self, city: City):
        self._city, self._areas = city, DangerAreas(city, read_addresses(Path(city.folder)) if city.folder else None)
        self._drawn: dict[str, tuple[Outlook, tuple[Area, ...]]] = {}
        self._lock = threading.Lock()

    def geojson(self, board: Board) -> bytes:
        """The areas of every point that is wet or forecast to be, in the order of their ids.

        What is not known now leaves a feature without a geometry, so that a map can say so: a point that is merely missing would
        look calm (law 12). `current` is false for what was last known and not what is known now.
        """
        with self._lock:
            views = sorted(board.points, key=lambda view: view.point.low_point_id)
            features = [feature for view in views for feature in self._features(view)]
        head = {"type": "FeatureCollection", "simulated": self._city.simulated, "demo": self._city.demo, **about(board)}
        return msgspec.json.encode({**head, "features": features})

    def _features(self, view: PointView) -> Iterator[dict[str, Any]]:
        known = {"now": view.current and view.depth_m is not None, "30 min": view.current and view.outlook is not None}
        wet = [area for area in self._of(view) if area.depth_m >= WET_M]
        for area, feature in zip(wet, feature_collection(wet)["features"], strict=True):
            level = sum(area.depth_m >= rung.depth_m for rung in view.point.levels)
            feature["properties"] |= {"level": level, "level_name": NAMES[level], "current": known[area.when]}
            yield feature
        for when in WHENS:
            if not known[when] and not any(area.when == when for area in wet):
                yield _unknown(view.point, when)

    def _of(self, view: PointView) -> tuple[Area, ...]:
        outlook, point = _outlook(view), view.point.low_point_id
        if point not in self._drawn or self._drawn[point][0] != outlook:
            dry = not any(depth_m >= WET_M for depth_m in _depths(outlook))
            self._drawn[point] = (outlook, () if dry else self._areas.of(point, outlook))
        return self._drawn[point][1]


def _outlook(view: PointView) -> Outlook:
    ahead = view.outlook
    return Outlook(view.depth_m) if ahead is None else Outlook(view.depth_m, ahead.lead_min, ahead.depth_m)


def _depths(outlook: Outlook) -> Iterator[float]:
    yield outlook.now_m or 0.0
    for depths_m in (outlook.depth_m or {}).values():
        yield from depths_m


def _unknown(point: LowPoint, when: When) -> dict[str, Any]:
    nothing = dict.fromkeys(("quantile", "depth_m", "people", "basis"))
    properties: dict[str, Any] = {
        "low_point": point.low_point_id,
        "when": when,
        **nothing,
        "zones": [],
        "level": "unknown",
        "level_name": NAMES[None],
    }
    return {"type": "Feature", "geometry": None, "properties": {**properties, "current": False}}
