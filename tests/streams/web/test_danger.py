"""The danger areas that the page serves: drawn where water stands or is expected, and never silent about what is not known."""

from __future__ import annotations

from typing import Any

import pytest
import shapely
from msgspec.structs import replace
from shapely.geometry import shape
from sqlalchemy import Engine

from streams.city.model import City
from streams.observation.moments import MINUTE_US
from streams.rules.outputs import Output
from streams.web.danger import DangerMap
from streams.web.source import Boards
from tests.streams.web.conftest import Visit, Visitor
from tests.streams.web.situations import NOW_US, SAID_US, dry, forecast, say, state


def features(visitor: Visitor) -> list[dict[str, Any]]:
    answer = visitor.get("/danger.geojson")
    assert (200, "application/geo+json") == (answer.status_code, answer.headers["content-type"])
    return list(answer.json()["features"])


def situation(engine: Engine, city: City, depth_m: float, peak_m: float, issued_us: int = SAID_US) -> None:
    """The first point is so deep and so deep it will be; all others are dry and stay so."""
    first, *others = city.low_points
    states = {point.low_point_id: dry(point) for point in others} | {first.low_point_id: state(first, 1, depth_m)}
    more: dict[str, list[Output]] = {}
    for point in city.low_points:
        more.setdefault(point.district_id, []).append(forecast(point, peak_m if point is first else 0.0, issued_us=issued_us))
    say(engine, city, states, more)


def test_water_now_and_water_to_come_are_drawn_around_their_point_and_dry_points_are_not(visit: Visit, engine: Engine, city: City) -> None:
    situation(engine, city, 0.2, 0.5)
    first = city.low_points[0]
    now, likely, worst = features(visit("noData"))
    assert [("now", None, 0.2), ("30 min", 0.5, 0.5), ("30 min", 0.9, 0.5)] == [
        tuple(one["properties"][name] for name in ("when", "quantile", "depth_m")) for one in (now, likely, worst)
    ]
    assert {(first.low_point_id, True)} == {(one["properties"]["low_point"], one["properties"]["current"]) for one in (now, likely, worst)}
    assert (1, "blue", 3, "orange") == tuple(one["properties"][name] for one in (now, likely) for name in ("level", "level_name"))
    here = shapely.Point(first.lon, first.lat)
    assert shape(now["geometry"]).distance(here) < 1e-4
    assert shape(likely["geometry"]).area > shape(now["geometry"]).area > 0


def test_what_is_only_expected_is_drawn_too(visit: Visit, engine: Engine, city: City) -> None:
    situation(engine, city, 0.0, 0.3)
    assert ["30 min", "30 min"] == [one["properties"]["when"] for one in features(visit("noData"))]


def test_where_all_is_known_and_dry_there_is_nothing(visit: Visit, engine: Engine, city: City) -> None:
    situation(engine, city, 0.0, 0.0)
    assert [] == features(visit("noData"))


def test_a_forecast_that_is_too_old_is_not_drawn_and_said_to_be_missing(visit: Visit, engine: Engine, city: City) -> None:
    situation(engine, city, 0.0, 0.3, issued_us=NOW_US - 11 * MINUTE_US)
    assert {("30 min", "unknown", None)} == {
        (one["properties"]["when"], one["properties"]["level"], one["geometry"]) for one in features(visit("noData"))
    }


@pytest.mark.parametrize(("name", "points"), [("noData", 51), ("stale", 51)])
def test_what_is_not_known_now_is_said_of_every_point(visit: Visit, city: City, name: str, points: int) -> None:
    found = [one["properties"] for one in features(visit(name, replace(city, simulated=False))) if one["properties"]["when"] == "now"]
    assert (points, {False}) == (len({one["low_point"] for one in found}), {one["current"] for one in found})


def test_water_that_was_last_known_stays_drawn_but_is_not_taken_for_what_is_known_now(visit: Visit, city: City) -> None:
    first = next(one for one in features(visit("stale")) if one["properties"]["low_point"] == city.low_points[0].low_point_id)
    assert (0.45, False) == (first["properties"]["depth_m"], first["properties"]["current"])
    assert first["geometry"]["coordinates"]


def test_what_has_not_changed_is_not_drawn_anew(engine: Engine, store_url: str, city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    drawing = DangerMap(city)
    asked: list[str] = []
    real = drawing._areas.of
    monkeypatch.setattr(drawing._areas, "of", lambda point, outlook: asked.append(point) or real(point, outlook))  # type: ignore[func-returns-value]
    boards = Boards(city, store_url, lambda: NOW_US)
    situation(engine, city, 0.2, 0.5)
    first = drawing.geojson(boards.make())
    assert first == drawing.geojson(boards.make())
    situation(engine, city, 0.3, 0.5)
    assert first != drawing.geojson(boards.make())
    assert [city.low_points[0].low_point_id] * 2 == asked
