"""What drivers' devices read: every road, and none open where that is not known now."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy import Engine

from streams.city.model import City
from streams.observation.moments import SECOND_US, to_text
from tests.streams.web.conftest import Visit, Visitor
from tests.streams.web.situations import NOW_US, dry, say, state, warning


def roads(visitor: Visitor) -> dict[str, dict[str, Any]]:
    return {road["low_point"]: road for road in visitor.get("/closures.json").json()["closures"]}


def test_a_closed_road_says_since_when_why_and_how_long_that_holds(visit: Visit, engine: Engine, city: City) -> None:
    red = city.low_points[-1]
    states = {point.low_point_id: dry(point) for point in city.low_points} | {red.low_point_id: state(red, 4, 0.63)}
    say(engine, city, states, {red.district_id: [warning(red, 1, 0.2, 300), warning(red, 2, 0.28, 200), warning(red, 4, 0.63)]})
    answer = visit("noData").get("/closures.json")
    assert ("application/json", "no-store") == (answer.headers["content-type"], answer.headers["cache-control"])
    head = answer.json()
    assert (30, "Test", False) == (head["heartbeat_s"], head["status"], head["stale"])
    found = {road["low_point"]: road for road in head["closures"]}
    assert [point.low_point_id for point in city.low_points] == list(found)
    assert {
        "low_point": red.low_point_id,
        "state": "closed",
        "level": 4,
        "since": to_text(NOW_US - 200 * SECOND_US),
        "reason": "level 4 red, measured",
        "valid_until": to_text(NOW_US + 60 * SECOND_US),
    } == found[red.low_point_id]
    assert {"open"} == {road["state"] for name, road in found.items() if name != red.low_point_id}


@pytest.mark.parametrize(("situation", "live"), [("noData", True), ("stale", True), ("noData", False), ("stale", False)])
def test_no_road_is_open_on_stale_data(visit: Visit, city: City, situation: str, live: bool) -> None:
    found = roads(visit(situation, replace(city, simulated=not live)))
    assert (51, {("unknown", "unknown")}) == (len(found), {(road["state"], road["level"]) for road in found.values()})


def test_a_point_without_a_reading_is_not_open(visit: Visit, city: City) -> None:
    never, held, silent = (point.low_point_id for point in city.low_points[:3])
    found = roads(visit("unknownPoints"))
    assert ["unknown", "closed", "unknown"] == [found[name]["state"] for name in (never, held, silent)]
