"""The duty log at the desk: who may write, who has duty, and a briefing that holds what somebody who comes in must know."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import insert

from streams.observation.moments import MINUTE_US, SECOND_US, to_text
from streams.officers.roles import Role
from streams.store.audit import audit_rows
from streams.store.engine import writing
from streams.store.now_schema import STATIONS_NOW
from streams.store.outbox import write_order
from tests.streams.desk.conftest import MakeSite
from tests.streams.desk.town import PEOPLE, Client, Site, signed_town
from tests.streams.store.posts import begin, say
from tests.streams.towns import START_US, depths, us


def posted(client: Client, address: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = client.ask("POST", address, json=body)
    assert 200 == answer.status_code, answer.text
    return dict(answer.json())


def status(client: Client, address: str, body: Any) -> int:
    return client.ask("POST", address, content=json.dumps(body), headers={"Content-Type": "application/json"}).status_code


def log(client: Client, query: str = "") -> dict[str, Any]:
    answer = client.get(f"/api/duty{query}")
    assert 200 == answer.status_code, answer.text
    return dict(answer.json())


def briefing(client: Client) -> dict[str, Any]:
    answer = client.get("/api/duty/briefing")
    assert 200 == answer.status_code, answer.text
    return dict(answer.json())


# who has duty


def test_duty_is_handed_over_in_words_and_taken_over(site: Site) -> None:
    li, wang = site.person("li", Role.FORECASTER), site.person("wang")
    assert {"officer": None, "display_name": "", "since": None, "hand_over": None} == log(li)["duty"]
    assert "taken over: nobody had duty" == posted(li, "/api/duty/take-over", {})["what"]
    said = posted(li, "/api/duty/hand-over", {"text": "the pump at 路口0\nis out"})
    assert {"at": said["at"], "text": "the pump at 路口0\nis out"} == log(wang)["duty"]["hand_over"]
    taken = posted(wang, "/api/duty/take-over", {})
    assert ("take_over", "taken over", "wang") == (taken["kind"], taken["text"], taken["officer"])
    assert {"officer": "wang", "display_name": "wang", "since": taken["at"], "hand_over": None} == log(li)["duty"]
    assert ["take_over", "hand_over", "take_over"] == [entry["kind"] for entry in log(li)["entries"]]


def test_who_faints_hands_nothing_over_and_that_is_said(site: Site) -> None:
    li, wang = site.person("li"), site.person("wang")
    posted(li, "/api/duty/take-over", {})
    assert "taken over without a hand-over" == posted(wang, "/api/duty/take-over", {})["text"]
    assert 409 == status(wang, "/api/duty/take-over", {})
    assert 409 == status(li, "/api/duty/hand-over", {"text": "late"})


@pytest.mark.parametrize("role", [Role.VIEWER, Role.ADMINISTRATOR])
def test_who_looks_on_writes_nothing(site: Site, role: Role) -> None:
    bodies = {"/api/duty": {"text": "x"}, "/api/duty/hand-over": {"text": "x"}, "/api/duty/take-over": {}}
    person, machine = site.person("li", role), site.machine(Role.OFFICER)
    assert {403} == {status(client, address, body) for client in (person, machine) for address, body in bodies.items()}
    assert {401} == {status(site.nobody(), address, body) for address, body in bodies.items()}
    assert [] == log(person)["entries"]


# notes


@pytest.mark.parametrize("refers", ["P0", "Z1", "S0", "R", None])
def test_a_note_names_what_it_is_about_and_stands_in_the_audit(site: Site, refers: str | None) -> None:
    li = site.person("li", Role.FORECASTER)
    entry = posted(li, "/api/duty", {"text": " looked at it ", "refers": refers})
    assert ("note", "li", " looked at it ", refers or "") == tuple(entry[name] for name in ("kind", "officer", "text", "refers"))
    assert [entry] == log(li)["entries"]
    [row] = [row for row in audit_rows(site.engine) if row.act == "duty_note"]
    assert ("li", entry["at"], {"text": " looked at it ", "refers": refers or ""}) == (row.actor, row.at, row.facts)


def test_a_note_may_be_about_an_order(site: Site) -> None:
    draft = site.flood(0.45)[0]
    assert draft == posted(site.person(), "/api/duty", {"text": "wait for the fire brigade", "refers": draft})["refers"]


BAD: list[tuple[Any, int]] = [
    ({"text": ""}, 422),
    ({"text": " \n "}, 422),
    ({"text": "x" * 2001}, 422),
    ({"text": "a\u0007"}, 422),
    ({"text": "a\u202eb"}, 422),
    ({"text": "a\ud800"}, 422),
    ({}, 422),
    ({"text": "x", "at": "2026-07-14T08:00:00Z"}, 422),
    ({"text": "x", "refers": "nowhere"}, 404),
    ({"text": "x", "refers": "P0\n"}, 422),
    ({"text": "x", "refers": "\ud800"}, 422),
    ([], 422),
]


@pytest.mark.parametrize(("body", "expected"), BAD)
def test_what_is_no_note_is_not_written(site: Site, body: Any, expected: int) -> None:
    li = site.person()
    assert expected == status(li, "/api/duty", body)
    assert [] == log(li)["entries"]


# the log


def test_what_happened_by_itself_stands_beside_what_was_written(site: Site) -> None:
    draft = site.flood(0.45)[0]
    li = site.person("li")
    li.sign(draft)
    site.pass_minutes(1)
    posted(li, "/api/duty", {"text": "signed"})
    found = {(one["kind"], one["what"], one["outcome"], one["level"], one["refers"], one["officer"]) for one in log(li)["entries"]}
    assert {
        ("note", "", "", None, "", "li"),
        ("decision", "sign", "done", None, draft, "li"),
        ("order", "released", "Alert", 3, draft, ""),
        ("level", "measured", "", 3, "P0", ""),
    } == found


def test_the_log_is_read_backwards_in_pages(site: Site) -> None:
    li = site.person()
    for number in range(5):
        posted(li, "/api/duty", {"text": str(number)})
    first = log(li, "?limit=2")
    assert (["4", "3"], True) == ([one["text"] for one in first["entries"]], first["more"])
    rest = log(li, f"?limit=100&before={first['entries'][-1]['entry']}")
    assert (["2", "1", "0"], False) == ([one["text"] for one in rest["entries"]], rest["more"])
    assert [422, 422, 422] == [li.get(f"/api/duty?{query}").status_code for query in ("before=x", "limit=0", "limit=201")]


def test_in_a_simulated_storm_the_log_is_dated_by_the_storm(make_site: MakeSite) -> None:
    site = make_site(signed_town(simulated=True))
    site.flood(0.45)
    site.now_us += 10**6 * SECOND_US
    site.log.hear([], until_s=150)
    assert to_text(us(150)) == posted(site.person(), "/api/duty", {"text": "x"})["at"]


# the briefing


def test_the_briefing_of_a_calm_night_is_empty_but_for_what_is_unknown(site: Site) -> None:
    told = briefing(site.person("li", Role.VIEWER))
    assert {"D1"} == set(told["silent_districts"])
    assert [("P0", None), ("P1", None)] == [(one["low_point"], one["level"]) for one in told["points"]]
    assert ([], [], [], {"people": 0, "zones": []}) == (told["orders"], told["hands"], told["notes"], told["not_reached"])


def test_the_briefing_holds_what_is_open(site: Site) -> None:
    drafts = site.flood(0.7, 0.45)
    li, wang = site.person("li"), site.person("wang")
    posted(li, "/api/duty/take-over", {})
    posted(li, "/api/duty", {"text": "P1 next", "refers": "P1"})
    until = to_text(site.now_us + 30 * MINUTE_US)
    li.act("silence", zones=["Z1"], level=2, until=until, reason="known: works there")
    li.act("set_aside", stations=["S1"], until=until, reason="stuck")
    wang.sign(next(draft for draft in drafts if "Z1" in draft))
    write_order(site.engine, next(order for order in reversed(site.log.orders) if order.state == "released"))
    [job, *_] = begin(site.engine).values()
    say(site.engine, job, "delivered")
    site.log.hear([*depths("S0", [0.7], start_s=170)], until_s=181)
    site.now_us = us(181)
    told = briefing(wang)
    assert [("draft", 2), ("released", 0)] == [(one["state"], one["missing"]) for one in told["orders"]]
    assert [("P0", 4), ("P1", None)] == [(one["low_point"], one["level"]) for one in told["points"]]
    assert [
        ("set_aside", "station", "S1", None, "li", until, "stuck"),
        ("silence", "zone", "Z1", 2, "li", until, "known: works there"),
    ] == [tuple(one[name] for name in ("what", "kind", "subject", "level", "officer", "until", "reason")) for one in told["hands"]]
    assert {"S1": "aside"} == {one["station"]: one["state"] for one in told["stations"] if one["state"] != "never"}
    assert {"people": PEOPLE["Z1"] - 1, "zones": [{"zone": "Z1", "people": PEOPLE["Z1"] - 1}]} == told["not_reached"]
    assert ("li", ["note", "take_over"]) == (told["duty"]["officer"], [one["kind"] for one in told["notes"]])
    assert [] == told["silent_districts"]


def test_notes_of_the_shift_before_last_are_not_in_the_briefing(site: Site) -> None:
    li = site.person("li")
    posted(li, "/api/duty", {"text": "old"})
    site.pass_minutes(12 * 60 + 1)
    li = site.again("li")
    posted(li, "/api/duty", {"text": "new"})
    assert ["new"] == [one["text"] for one in briefing(li)["notes"]]


def test_points_of_a_district_that_fell_silent_are_unknown_and_keep_what_was_known_last(site: Site) -> None:
    site.flood(0.45, 0.0)
    site.now_us = us(400)
    told = briefing(site.person())
    assert ["D1"] == told["silent_districts"]
    assert [("P0", None, 3), ("P1", None, 0)] == [(one["low_point"], one["level"], one["last"]) for one in told["points"]]


def test_every_word_for_a_station_that_is_not_well_is_told(site: Site) -> None:
    words = ["ok", "silent", "suspect", "aside", "never"]
    rows = [{"station": f"X{n}", "district": "D1", "state": word, "why": "", "as_of_us": START_US} for n, word in enumerate(words)]
    with writing(site.engine) as connection:
        connection.execute(insert(STATIONS_NOW), rows)
    assert words[1:] == [one["state"] for one in briefing(site.person())["stations"]]
