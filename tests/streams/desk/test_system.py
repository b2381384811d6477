"""How the system itself stands: what is silent, behind or refused is said, and what is not known is null."""

from __future__ import annotations

from typing import Any

from models.forecaster import CoreOnly
from streams.observation.dead_letter import DeadLetter, Reason
from streams.observation.moments import SECOND_US
from streams.officers.roles import Role
from streams.rules.outputs import ModelChange, OutputMessage
from streams.store.projection import rows_of_letter, save, save_outputs
from streams.store.senders import ALIVE_US, beat
from tests.streams.desk.conftest import MakeSite
from tests.streams.desk.town import Client, Site, town_of_two_districts


def told(client: Client) -> dict[str, Any]:
    answer = client.get("/api/system")
    assert 200 == answer.status_code, answer.text
    return dict(answer.json())


def test_before_anything_was_said_nothing_is_known_and_nothing_looks_well(site: Site) -> None:
    view = told(site.person())
    assert {"never"} == {one["state"] for one in view["stations"] if one["kind"] != "reports"}
    nothing = {"district": "D1", "up_to": None, "lag_s": None, "silent": True, "last_forecast": None, "stations": 5, "stations_not_ok": 5}
    assert [nothing] == view["districts"]
    assert (True, None, [], None) == (view["stale"], view["kafka_lag"], view["senders"], view["model_change"])


def test_a_district_tells_how_far_behind_it_is_and_when_it_forecast_last(site: Site) -> None:
    site.log.model = CoreOnly()
    site.flood(0.45, 0.0)
    (district,) = told(site.person())["districts"]
    assert ("2026-07-14T08:02:20Z", 10.0, False) == (district["up_to"], district["lag_s"], district["silent"])
    assert "2026-07-14T08:02:00Z" == district["last_forecast"]
    assert (5, 0) == (district["stations"], district["stations_not_ok"])


def test_a_gauge_of_two_districts_counts_in_both(make_site: MakeSite) -> None:
    view = told(make_site(town_of_two_districts()).person())
    assert [("D1", 3), ("D2", 1)] == [(one["district"], one["stations"]) for one in view["districts"]]


def test_dead_letters_are_counted_by_reason_and_the_newest_fifty_are_shown(site: Site) -> None:
    for number in range(60):
        reason = Reason.NOT_FINITE if number % 3 else Reason.UNKNOWN_STATION
        save(site.engine, [rows_of_letter(f"k{number}", DeadLetter(reason, "http", number, "x"))], number * SECOND_US)
    letters = told(site.person())["dead_letters"]
    assert (60, {"not_finite": 40, "unknown_station": 20}) == (letters["count"], letters["by_reason"])
    assert [59, *range(58, 9, -1)] == [letter["line"] for letter in letters["newest"]]
    assert "1970-01-01T00:00:59Z" == letters["newest"][0]["at"]


def test_a_sender_that_shows_no_sign_of_life_is_told_as_that(site: Site) -> None:
    beat(site.engine, "one", "line", site.now_us)
    beat(site.engine, "other", "line", site.now_us - 2 * ALIVE_US)
    assert {("one", True), ("other", False)} == {(one["owner"], one["alive"]) for one in told(site.person())["senders"]}


def test_what_last_became_of_a_model_is_told(site: Site) -> None:
    back = ModelChange("D1", "2026-07-14T08:03:00Z", "returned", "core-1", "learned-1", "worse on what came in since")
    save_outputs(site.engine, OutputMessage("D1", 0, [], [back]))
    change = told(site.person())["model_change"]
    assert ("returned", "core-1", "learned-1") == (change["what"], change["model"], change["other"])


def test_who_may_look_may_look_and_nobody_else(site: Site) -> None:
    assert 200 == site.machine(Role.VIEWER).get("/api/system").status_code
    assert 401 == site.nobody().get("/api/system").status_code
