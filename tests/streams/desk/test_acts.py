"""From a draft to a signed order: who decides, on what text, and what comes of it."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from msgspec import structs

from streams.city.model import ReleaseRule
from streams.observation.batch import decode
from streams.observation.decision import Decision
from streams.observation.moments import HOUR_US, MINUTE_US, to_text
from streams.officers.roles import Role
from streams.store.audit import audit_rows
from tests.streams.desk.conftest import MakeSite
from tests.streams.desk.town import Client, Site, outcomes, signed_town, town_of_two_districts
from tests.streams.towns import depths, us


def later(site: Site, minutes: int = 30) -> str:
    return to_text(site.now_us + minutes * MINUTE_US)


def decisions(site: Site) -> list[Decision]:
    return [one for message in site.log.taken for one in decode(message.data, site.log.plans[message.district].station_no).decisions]


def test_two_officers_sign_a_level_4_and_it_goes_out(site: Site) -> None:
    red = site.flood(0.7)[0]
    li, wang = site.person("li"), site.person("wang")
    first = li.sign(red)
    assert (200, ["counted"], []) == (first.status_code, outcomes(first), first.json()["pending"])
    assert ("draft", 1, ["li"]) == tuple(li.order(red)[name] for name in ("state", "missing", "signed_by"))
    second = wang.sign(red)
    assert [{"subject": red, "district": "D1", "outcome": "done", "words": "released", "at": to_text(site.now_us)}] == second.json()[
        "outcomes"
    ]
    assert "released" == site.state_of(red)
    now = li.order(red)
    assert ("released", 0, ["li", "wang"], "signed by li and wang", to_text(site.now_us)) == tuple(
        now[name] for name in ("state", "missing", "signed_by", "decision", "decided")
    )
    told = [(row.actor, row.act) for row in audit_rows(site.engine) if row.subject == red]
    assert {("li", "sign"), ("wang", "sign"), ("li and wang", "released")} == {one for one in told if one[1] != "draft"}


def test_one_officer_is_not_two(site: Site) -> None:
    red = site.flood(0.7)[0]
    li = site.person("li")
    li.sign(red)
    again = li.sign(red)
    assert (200, ["refused"]) == (again.status_code, outcomes(again))
    assert "another officer" in again.json()["outcomes"][0]["words"]
    assert "draft" == site.state_of(red)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.FORECASTER, Role.ADMINISTRATOR])
def test_only_officers_sign(site: Site, role: Role) -> None:
    red = site.flood(0.7)[0]
    answer = site.person("zhao", role).sign(red)
    assert (403, f"{role} may not sign") == (answer.status_code, answer.json()["detail"].split(":")[0].split(" ", 1)[1])
    assert [] == site.log.taken


@pytest.mark.parametrize("role", list(Role))
def test_no_machine_signs_whatever_its_role(site: Site, role: Role) -> None:
    red = site.flood(0.7)[0]
    answer = site.machine(role).sign(red)
    assert (403, []) == (answer.status_code, site.log.taken)
    assert "the key of a machine may not sign" in answer.json()["detail"]


ACTS: dict[str, dict[str, Any]] = {
    "sign": {"orders": "x"},
    "reject": {"orders": "x"},
    "edit": {"orders": "x"},
    "call_off": {"orders": "x"},
    "correct": {"orders": "x"},
    "raise": {"points": ["P0"]},
    "hold": {"points": ["P0"]},
    "close": {"points": ["P0"]},
    "silence": {"zones": ["Z0"]},
    "set_aside": {"stations": ["S0"]},
    "end": {"points": ["P0"]},
    "end a station": {"stations": ["S0"]},
    "end both": {"stations": ["S0"], "points": ["P0"]},
}
FOR_FORECASTERS = {"edit", "set_aside", "end a station"}


@pytest.mark.parametrize("what", ACTS)
@pytest.mark.parametrize("role", [*Role, "machine"])
def test_each_role_does_what_it_may_and_no_more(make_site: MakeSite, what: str, role: Role | str) -> None:
    site = make_site(signed_town(1))
    red = site.flood(0.7)[0]
    about: dict[str, Any] = dict(ACTS[what])
    if "orders" in about:
        about["orders"] = [{"identifier": red} | ({"texts": {"en": "Town: Leave."}} if what in ("sign", "edit") else {})]
    client = site.machine(Role.FORECASTER) if role == "machine" else site.person("zhao", Role(role))
    answer = client.act(what.split(" ")[0], reason="because", level=1, until=later(site), **about)
    may = role == Role.OFFICER or (role == Role.FORECASTER and what in FOR_FORECASTERS)
    assert (200 if may else 403) == answer.status_code, answer.text
    assert may == bool(site.log.taken)


def test_an_edit_voids_the_signatures(site: Site) -> None:
    red = site.flood(0.7)[0]
    li, wang = site.person("li"), site.person("wang", Role.FORECASTER)
    li.sign(red)
    assert ["done"] == outcomes(wang.act("edit", orders=[{"identifier": red, "texts": {"en": "Town: Leave Corner 0."}}]))
    now = li.order(red)
    assert (2, [], "Town: Leave Corner 0.") == (now["missing"], now["signed_by"], now["texts"]["en"]["text"])
    assert ["counted"] == outcomes(li.sign(red))


def test_who_read_another_text_has_signed_nothing(site: Site) -> None:
    red = site.flood(0.7)[0]
    li, wang = site.person("li"), site.person("wang")
    seen = li.seen(red)
    wang.act("edit", orders=[{"identifier": red}], texts={"en": "Town: Leave Corner 0."})
    answer = li.act("sign", orders=[seen])
    assert ["refused"] == outcomes(answer)
    assert "read it again" in answer.json()["outcomes"][0]["words"]
    assert [] == li.order(red)["signed_by"]


def test_nobody_signs_without_saying_what_was_read(site: Site) -> None:
    red = site.flood(0.7)[0]
    li = site.person("li")
    for orders in ([{"identifier": red}], [{"identifier": red, "texts": {}}]):
        answer = li.act("sign", orders=orders)
        assert (422, True) == (answer.status_code, red in answer.json()["detail"])
    assert [] == site.log.taken


def test_an_order_that_texts_nobody_is_signed_without_a_text(site: Site) -> None:
    yellow = site.flood(0.3)[0]
    assert ["done"] == outcomes(site.person("li").act("sign", orders=[{"identifier": yellow, "texts": {}}]))


def test_several_drafts_are_signed_in_one_act_each_against_its_own_text(site: Site) -> None:
    first, second = site.flood(0.45, 0.45)
    li, wang = site.person("li"), site.person("wang", Role.FORECASTER)
    seen = [li.seen(first), li.seen(second)]
    wang.act("edit", orders=[{"identifier": second, "texts": {"en": "Town: Leave Corner 1."}}])
    answer = li.act("sign", orders=seen, id="both")
    assert ["done", "refused"] == outcomes(answer)
    assert [first, second] == [outcome["subject"] for outcome in answer.json()["outcomes"]]
    assert ["released", "draft"] == [site.state_of(order) for order in (first, second)]
    assert ["both/1", "both/2"] == [one.id for one in decisions(site)[1:]]


def test_an_act_sent_twice_is_done_once(site: Site) -> None:
    red = site.flood(0.7)[0]
    li = site.person("li")
    body = {"orders": [li.seen(red)], "id": "once"}
    first, again = li.act("sign", **body), li.act("sign", **body)
    assert (200, ["counted"]) == (again.status_code, outcomes(again))
    assert (first.json(), 1) == (again.json(), len(site.log.taken)), "what is answered already is not sent again"
    assert ["li"] == li.order(red)["signed_by"]


def test_an_act_the_log_heard_twice_is_done_once(site: Site) -> None:
    red = site.flood(0.7)[0]
    li = site.person("li")
    site.log.slow = True
    body = {"orders": [li.seen(red)], "id": "once", "wait_s": 0}
    assert [202, 202] == [li.act("sign", **body).status_code for _ in range(2)]
    assert 2 == len(site.log.taken)
    site.log.flow()
    assert ["counted"] == outcomes(li.get("/api/acts/once"))


def test_what_is_not_answered_yet_is_pending_and_is_answered_later(site: Site) -> None:
    red = site.flood(0.7)[0]
    li = site.person("li")
    site.log.slow = True
    answer = li.sign(red, wait_s=0)
    assert (202, [], [red]) == (answer.status_code, answer.json()["outcomes"], answer.json()["pending"])
    address = f"/api/acts/{answer.json()['act_id']}"
    assert (202, [red]) == (li.get(address).status_code, li.get(address).json()["pending"])
    site.log.flow()
    done = li.get(address)
    assert (200, ["counted"], [], "li", "sign") == (
        done.status_code,
        outcomes(done),
        done.json()["pending"],
        done.json()["officer"],
        done.json()["act"],
    )


def test_an_answer_is_given_as_soon_as_the_outcomes_are_there(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    from streams.desk import acts

    red = site.flood(0.7)[0]
    li = site.person("li")
    site.log.slow = True
    looked = 0

    def look(desk: Any, act_id: str) -> Any:
        nonlocal looked
        looked += 1
        if looked == 3:  # the first look is before it is sent
            site.log.flow()
        return so_far(desk, act_id)

    so_far = acts._so_far
    monkeypatch.setattr(acts, "_so_far", look)
    assert ["counted"] == outcomes(li.sign(red, wait_s=20))
    assert 3 == looked


def test_an_id_that_was_used_for_another_act_is_refused(site: Site) -> None:
    first, second = site.flood(0.45, 0.45)
    li, wang = site.person("li"), site.person("wang")
    seen = [li.seen(first), li.seen(second)]
    li.act("sign", orders=seen[:1], id="a")
    for client, orders in ((wang, seen[:1]), (li, seen[1:])):
        answer = client.act("sign", orders=orders, id="a")
        assert (409, True) == (answer.status_code, "choose another" in answer.json()["detail"])
    assert 1 == len(site.log.taken)
    assert "draft" == site.state_of(second)


def test_without_kafka_nothing_is_claimed_and_the_same_act_goes_through_later(site: Site) -> None:
    red = site.flood(0.7)[0]
    li = site.person("li")
    site.log.away = True
    body = {"orders": [li.seen(red)], "id": "once"}
    answer = li.act("sign", **body)
    assert (503, "5", True) == (answer.status_code, answer.headers["Retry-After"], "once" in answer.json()["detail"])
    assert 202 == li.get("/api/acts/once").status_code
    site.log.away = False
    assert ["counted"] == outcomes(li.act("sign", **body))


def test_a_log_that_hangs_keeps_nobody_waiting(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    red = site.flood(0.7)[0]
    li = site.person("li")
    go = threading.Event()
    monkeypatch.setattr(site.desk.writer, "_deadline_s", 0.05)
    monkeypatch.setattr(site.log, "send", lambda messages: go.wait(30))
    try:
        assert 503 == li.sign(red).status_code
    finally:
        go.set()


@pytest.mark.parametrize(
    ("about", "named"),
    [
        ({"points": ["P0", "P9"]}, "P9"),
        ({"zones": ["Z9"]}, "Z9"),
        ({"stations": ["S9"]}, "S9"),
    ],
)
def test_what_is_nowhere_is_named_and_nothing_is_done(site: Site, about: dict[str, Any], named: str) -> None:
    answer = site.person("li").act("raise", level=4, reason="because", until=later(site), **about)
    assert (404, []) == (answer.status_code, site.log.taken)
    assert named in answer.json()["detail"] and "P0" not in answer.json()["detail"]


def test_an_order_of_no_zone_is_nowhere_and_one_that_is_not_open_is_refused(site: Site) -> None:
    red = site.flood(0.7)[0]
    li = site.person("li")
    assert 404 == li.act("reject", orders=[{"identifier": "town_1"}], reason="a bus").status_code
    gone = red.replace("_1", "_7") if red.endswith("_1") else red
    answer = li.act("reject", orders=[{"identifier": gone}], reason="a bus")
    assert (200, ["refused"]) == (answer.status_code, outcomes(answer))


def test_what_is_done_by_hand_is_answered_by_subject(site: Site) -> None:
    site.flood(0.0)
    answer = site.person("li").act("raise", points=["P0"], zones=["Z1"], level=4, reason="a call", until=later(site))
    assert [("P0", "done"), ("Z1", "done")] == [(one["subject"], one["outcome"]) for one in answer.json()["outcomes"]]
    assert [1, site.now_us] == [len(decisions(site)), decisions(site)[0].at_us]
    assert {"Z0", "Z1"} == {order.zones[0] for order in site.log.orders}


def test_what_the_rules_refuse_is_told_in_their_words(site: Site) -> None:
    li = site.person("li")
    too_long = li.act("raise", points=["P0"], level=4, reason="a call", until=to_text(site.now_us + 25 * HOUR_US))
    assert ["refused"] == outcomes(too_long)
    assert "within 24 h" in too_long.json()["outcomes"][0]["words"]
    assert "say why" == li.act("raise", points=["P0"], level=4, until=later(site)).json()["outcomes"][0]["words"]


def test_a_station_of_two_districts_is_answered_by_each(make_site: MakeSite) -> None:
    site = make_site(town_of_two_districts())
    answer = site.person("li").act("set_aside", stations=["R"], reason="a blocked funnel", until=later(site))
    assert [("R", "D1", "done"), ("R", "D2", "done")] == [
        (one["subject"], one["district"], one["outcome"]) for one in answer.json()["outcomes"]
    ]
    site.log.slow = True
    half = site.again_later("li").act("end", stations=["R"], reason="cleaned", wait_s=0, id="half")
    assert ["R"] == half.json()["pending"]


def test_before_a_played_storm_has_begun_nothing_is_decided(make_site: MakeSite) -> None:
    site = make_site(structs.replace(signed_town(1), simulated=True))
    answer = site.person("li").act("silence", zones=["Z0"], reason="too early", until=to_text(site.now_us + MINUTE_US))
    assert (503, True) == (answer.status_code, "wait for the storm to begin" in answer.text)
    assert [] == site.log.taken


def test_a_decision_is_made_at_the_storms_time_where_a_simulated_city_plays_one(make_site: MakeSite) -> None:
    site = make_site(structs.replace(signed_town(1), simulated=True))
    site.now_us = us(0) + 400 * 24 * HOUR_US
    site.flood(0.7)
    li = site.person("li")
    before_us = site.log.states["D1"].heard_until_us
    until = to_text(before_us + 30 * MINUTE_US)
    assert ["done"] == outcomes(li.act("raise", points=["P0"], level=4, reason="a call", until=until))
    assert before_us <= decisions(site)[0].at_us < before_us + HOUR_US


def test_the_written_rule_is_told_until_somebody_has_answered(make_site: MakeSite) -> None:
    site = make_site(signed_town(1, release_rules={"4": ReleaseRule(180.0)}))
    red = site.flood(0.7)[0]
    li = site.person("li")
    shown = li.order(red)
    due_us = next(iter(site.log.states["D1"].incidents.values())).due_us
    assert {"after_s": 180.0, "due_at": to_text(due_us)} == shown["release_rule"]
    li.sign(red)
    assert shown["release_rule"] == li.order(red)["release_rule"], "a first signature is no objection"
    li.act("edit", orders=[{"identifier": red, "texts": {"en": "Town: Leave Corner 0."}}])
    assert li.order(red)["release_rule"] is None
    site.log.hear([], until_s=400)
    assert "draft" == site.state_of(red)


def test_what_the_written_rule_has_released_says_so(make_site: MakeSite) -> None:
    site = make_site(signed_town(1, release_rules={"4": ReleaseRule(180.0)}))
    red = site.flood(0.7)[0]
    li = site.person("li")
    due_at = li.order(red)["release_rule"]["due_at"]
    site.log.hear(depths("S0", [0.7, 0.7], start_s=181), until_s=300)
    now = li.order(red)
    assert ("released", due_at, None, 0) == tuple(now[name] for name in ("state", "decided", "release_rule", "missing"))
    assert "written rule" in now["decision"]


def test_a_silenced_zone_has_no_rule(make_site: MakeSite) -> None:
    site = make_site(signed_town(1, release_rules={"3": ReleaseRule(180.0)}))
    li = site.person("li")
    site.now_us = us(1)
    site.log.hear([], until_s=1)
    site.log.hear(depths("S0", [0.0], start_s=1), until_s=2)
    assert ["done"] == outcomes(li.act("silence", zones=["Z0"], level=3, reason="a film is shot", until=later(site)))
    orange = site.flood(0.45)[-1]
    assert ("draft", None) == (site.state_of(orange), li.order(orange)["release_rule"])
    assert next(iter(site.log.states["D1"].incidents.values())).due_us > us(10_000_000)


def test_a_rejected_order_stays_in_sight_as_rejected(site: Site) -> None:
    red = site.flood(0.7)[0]
    li = site.person("li")
    assert ["done"] == outcomes(li.act("reject", orders=[{"identifier": red}], reason="a bus under the sensor"))
    shown: Client = li
    assert [(red, "rejected", 0)] == [
        (order["identifier"], order["state"], order["missing"]) for order in shown.get("/api/orders").json()["orders"]
    ]


def test_a_desk_whose_clock_is_wrong_decides_nothing(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    red = site.flood(0.7)[0]
    li = site.person("li")
    monkeypatch.setattr("streams.desk.acts.clock_off_s", lambda engine, now_us: 3600.0)
    answer = li.act("reject", orders=[{"identifier": red}], reason="a bus")
    assert (503, True) == (answer.status_code, "differ by 3600 s" in answer.text)
    assert [] == decisions(site)
