"""What machines read says the same as the page."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from streams.city.model import City
from streams.web.app import make_app
from streams.web.source import Boards
from tests.streams.web.conftest import Visit, Visitor
from tests.streams.web.situations import SITUATIONS


def features(visit: Visit, situation: str) -> dict[str, dict[str, Any]]:
    return {one["id"]: one["properties"] for one in visit(situation).get("/points.geojson").json()["features"]}


@pytest.mark.parametrize("situation", SITUATIONS)
def test_the_points_are_geojson_in_every_situation(visit: Visit, city: City, situation: str) -> None:
    answer = visit(situation).get("/points.geojson")
    found = answer.json()
    assert ("application/geo+json", "FeatureCollection") == (answer.headers["content-type"], found["type"])
    places = {one["id"]: (one["type"], one["geometry"]) for one in found["features"]}
    expected = {p.low_point_id: ("Feature", {"type": "Point", "coordinates": [p.lon, p.lat]}) for p in city.low_points}
    assert expected == places
    assert found["simulated"]


def test_a_level_travels_with_its_name(visit: Visit, city: City) -> None:
    red = features(visit, "oneRedUnconfirmed")[city.low_points[-1].low_point_id]
    expected = {"level": 4, "level_name": "red", "severity": "Extreme", "current": True, "basis": "measured", "unconfirmed": True}
    assert expected == {name: red[name] for name in expected}
    assert (0.63, "2026-07-20T08:21:50Z", 34.0) == (red["depth_m"], red["observed_at"], red["observed_age_s"])


def test_what_is_unknown_is_no_number(visit: Visit, city: City) -> None:
    never, held, *_ = (point.low_point_id for point in city.low_points)
    found = features(visit, "unknownPoints")
    assert ("unknown", None, None, False) == tuple(found[never][name] for name in ("level", "depth_m", "observed_at", "current"))
    assert (3, "orange", False) == tuple(found[held][name] for name in ("level", "level_name", "current"))


@pytest.mark.parametrize(("situation", "status", "age_s"), [("noData", "no_data", None), ("allDry", "ok", 14.0), ("stale", "stale", 180.0)])
def test_health_tells_the_age_of_the_newest_data(visit: Visit, city: City, situation: str, status: str, age_s: float | None) -> None:
    answer = visit(situation, replace(city, simulated=False)).get("/health")
    found = answer.json()
    assert (200, status, "there", age_s) == (answer.status_code, found["status"], found["store"], found["data_age_s"])


@pytest.mark.parametrize("url", ["postgresql+psycopg://nobody@127.0.0.1:1/none?connect_timeout=2", "sqlite:////proc/no/store.db"])
def test_while_the_store_is_away_everything_says_so(city: City, url: str) -> None:
    visitor = Visitor(make_app(city, Boards(city, url)))
    page = visitor.get("/?lang=en")
    assert (503, "5") == (page.status_code, page.headers["retry-after"])
    assert "not an all-clear" in page.text
    assert "30" == page.headers["refresh"]
    assert (503, "away") == (visitor.get("/health").status_code, visitor.get("/health").json()["store"])
    assert 503 == visitor.get("/points.geojson").status_code
