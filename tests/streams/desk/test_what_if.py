"""What if is answered from the water as it stands; what is not known is null and named, and nonsense is refused."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import httpx
import pytest
from sqlalchemy import delete

from models.forecaster import CoreOnly
from streams.desk.gate import Gate
from streams.officers.roles import Role
from streams.store.now_schema import WATER_NOW
from tests.streams.desk.conftest import MakeSite
from tests.streams.desk.town import Client, Site, town_of_two_districts
from tests.streams.towns import depths, rain, us

HOUR = {"amount_mm": 50, "duration_min": 60}


@pytest.fixture
def flooded(site: Site) -> Site:
    """P0 under water, P1 dry."""
    site.log.model = CoreOnly()
    site.flood(0.45, 0.0)
    return site


def ask(client: Client, **asked: Any) -> dict[str, Any]:
    answer = client.ask("POST", "/api/what-if", json=HOUR | asked)
    assert 200 == answer.status_code, answer.text
    return dict(answer.json())


def rows(client: Client, **asked: Any) -> dict[str, dict[str, Any]]:
    return {row["low_point"]: row for row in ask(client, **asked)["rows"]}


def test_every_point_is_answered_with_what_stands_there_now(flooded: Site) -> None:
    told = ask(flooded.person())
    assert ("2026-07-14T08:02:00Z", [], ["P0", "P1"]) == (told["at"], told["districts_missing"], [row["low_point"] for row in told["rows"]])
    wet, dry = told["rows"]
    assert (3, 0.45, 0, 0.0) == (wet["level_now"], wet["depth_now_m"], dry["level_now"], dry["depth_now_m"])
    assert wet["peak_m"]["q10"] <= wet["peak_m"]["q50"] <= wet["peak_m"]["q90"]
    assert ["1", "2", "3", "4"] == list(wet["minutes_to"])


def test_more_rain_never_makes_it_better_and_much_floods_a_dry_road(flooded: Site) -> None:
    client = flooded.person()
    peaks = [rows(client, amount_mm=amount)["P1"]["peak_m"]["q50"] for amount in (0, 30, 150, 300)]
    assert sorted(peaks) == peaks
    assert peaks[0] < 0.05 < peaks[-1]


def test_no_answer_is_calmer_than_what_was_just_measured(flooded: Site) -> None:
    row = rows(flooded.person(), amount_mm=0)["P0"]
    assert row["peak_m"]["q10"] >= 0.45
    assert row["level"] >= 3
    assert [0, 0, 0] == [row["minutes_to"][level] for level in "123"]


def test_blocked_drains_never_make_it_better(flooded: Site) -> None:
    client = flooded.person()
    free, half = rows(client), rows(client, drains="half")
    assert all(half[point]["peak_m"]["q50"] >= free[point]["peak_m"]["q50"] for point in free)


def test_pumps_that_stand_still_never_make_it_better(flooded: Site) -> None:
    client = flooded.person()
    on, off = rows(client, pumps="on"), rows(client, pumps="off")
    assert all(off[point]["peak_m"]["q50"] >= on[point]["peak_m"]["q50"] for point in on)


def test_nobody_knows_before_the_districts_have_said_anything(site: Site) -> None:
    told = ask(site.person())
    assert (None, ["D1"]) == (told["at"], told["districts_missing"])
    assert [
        {"low_point": name, **dict.fromkeys(("level", "peak_m", "minutes_to", "level_now", "depth_now_m"))} for name in ("P0", "P1")
    ] == (told["rows"])


def test_where_the_water_is_not_known_the_answer_is_null_though_the_level_is(flooded: Site) -> None:
    with flooded.engine.begin() as connection:
        connection.execute(delete(WATER_NOW))
    told = ask(flooded.person())
    assert ["D1"] == told["districts_missing"]
    assert [(None, None, 3), (None, None, 0)] == [(row["level"], row["peak_m"], row["level_now"]) for row in told["rows"]]


def test_a_silent_district_is_named_and_none_of_its_points_looks_calm(flooded: Site) -> None:
    client = flooded.person()
    flooded.pass_minutes(5)
    told = ask(client)
    assert ["D1"] == told["districts_missing"]
    assert [(None, 3, None), (None, None, None)] == [(row["level"], row["level_now"], row["depth_now_m"]) for row in told["rows"]]


def test_a_district_that_never_spoke_is_named_beside_one_that_did(make_site: MakeSite) -> None:
    city = town_of_two_districts()
    site = make_site(city)
    site.log.model = CoreOnly()
    site.log.hear([*rain(0, 2), *depths("S0", [0.0, 0.3, 0.3], start_s=1)], until_s=140)
    assert [] == ask(site.person())["districts_missing"]  # D2 has no points


def test_a_reading_that_is_old_does_not_lift_the_answer(flooded: Site) -> None:
    for minute in range(3, 20):
        flooded.now_us = us(60 * minute + 20)
        flooded.log.hear([], until_s=60 * minute + 20)
    row = rows(flooded.person(), amount_mm=0)["P0"]
    assert row["depth_now_m"] is None  # the sensor has been silent
    assert row["peak_m"]["q10"] < 0.45


@pytest.mark.parametrize(
    "asked",
    [
        {"amount_mm": -1},
        {"amount_mm": 300.1},
        {"amount_mm": "50"},
        {"amount_mm": None},
        {"duration_min": 4.9},
        {"duration_min": 361},
        {"drains": "blocked"},
        {"pumps": "half"},
        {"snow": 1},
    ],
)
def test_nonsense_is_refused_and_said_why(flooded: Site, asked: dict[str, Any]) -> None:
    answer = flooded.person().ask("POST", "/api/what-if", json=HOUR | asked)
    assert 422 == answer.status_code
    assert next(iter(asked)) in answer.json()["detail"]


def test_machines_that_may_look_may_ask_and_nobody_else(flooded: Site) -> None:
    assert 2 == len(ask(flooded.machine(Role.VIEWER))["rows"])
    assert 401 == flooded.nobody().ask("POST", "/api/what-if", json=HOUR).status_code


def test_asking_changes_nothing(flooded: Site) -> None:
    client = flooded.person()
    taken = len(flooded.log.taken)
    assert ask(client) == ask(client)
    assert taken == len(flooded.log.taken)


def test_a_crowd_is_sent_away(flooded: Site) -> None:
    client, hold = flooded.person(), threading.Event()
    gate = Gate("test", 1, 0)
    object.__setattr__(flooded.desk, "questions", gate)

    async def crowd() -> httpx.Response:
        first = asyncio.ensure_future(gate.run(lambda: hold.wait(30)))
        await asyncio.sleep(0)
        transport = httpx.ASGITransport(flooded.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://desk") as second:
            answer = await second.post("/api/what-if", headers=client.headers, json=HOUR)
        hold.set()
        await first
        return answer

    answer = asyncio.run(crowd())
    gate.close()
    assert (503, "5") == (answer.status_code, answer.headers["retry-after"])
