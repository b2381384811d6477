"""Who was not reached at the desk: ids for whoever may look, addresses for officers alone, and who read them is told in the audit."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from streams.officers.roles import Role
from streams.people.vault import PeopleVault
from streams.rules.outputs import Order
from streams.store.audit import audit_rows
from streams.store.not_reached import READ
from streams.store.outbox import write_order
from streams.store.residents import import_residents
from tests.streams.desk.conftest import MakeSite
from tests.streams.desk.town import PEOPLE, Site, signed_town
from tests.streams.store.posts import HEADER, begin, say
from tests.streams.store.town import VAULT, write_csv

ROWS = ["+9990000000001,en,Z0,-1,slow,1 Low Road,Aunt Li", ",en,Z0,,,2 Low Road,"]


def flooded(site: Site) -> Order:
    """An order for Z0 that is out and has reached nobody yet."""
    site.flood(0.45)
    site.person("wang").sign(site.log.orders[0].identifier)
    write_order(site.engine, site.log.orders[-1])
    return site.log.orders[-1]


@pytest.fixture
def told(site: Site) -> Order:
    return flooded(site)


@pytest.fixture
def open_site(make_site: MakeSite, tmp_path: Path) -> Site:
    """A desk with the key of its residents, whose doors are known."""
    site = make_site(signed_town(), people=VAULT)
    import_residents(site.engine, write_csv(tmp_path / "doors.csv", ROWS, HEADER), site.city, VAULT)
    flooded(site)
    return site


def test_whoever_may_look_sees_ids_and_counts_and_no_address(site: Site, told: Order) -> None:
    jobs = begin(site.engine)
    say(site.engine, jobs["Z0-0"], "delivered")
    say(site.engine, jobs["Z0-1"], "failed", "30005")
    found = site.person("li", Role.VIEWER).get("/api/not-reached").json()
    left = PEOPLE["Z0"] - 1
    assert (left, 0, [{"zone": "Z0", "people": left}]) == (found["total"], found["left_off"], found["by_zone"])
    failed = next(one for one in found["people"] if one["resident"] == "Z0-1")
    assert {
        "resident": "Z0-1",
        "zone": "Z0",
        "identifier": told.identifier,
        "level": 3,
        "floor": None,
        "mobility": "",
        "state": "failed",
        "why": "failed: the number is nobody's",
        "addresses": None,
        "contacts": None,
        "phone": None,
        "unreadable": False,
    } == failed
    assert [] == [row for row in audit_rows(site.engine) if row.act == READ]


def test_those_who_are_not_listed_are_counted(site: Site, told: Order) -> None:
    found = site.person().get("/api/not-reached?limit=1&zone=Z0").json()
    assert (PEOPLE["Z0"], PEOPLE["Z0"] - 1, 1) == (found["total"], found["left_off"], len(found["people"]))


def test_a_zone_of_its_own_is_asked_for_by_name(site: Site, told: Order) -> None:
    li = site.person()
    assert (0, []) == ((found := li.get("/api/not-reached?zone=Z1").json())["total"], found["by_zone"])
    assert [404, 422] == [li.get(f"/api/not-reached?{query}").status_code for query in ("zone=nowhere", "limit=0")]


def test_an_officer_reads_addresses_and_that_stands_in_the_audit(open_site: Site) -> None:
    found = open_site.person().get("/api/not-reached?addresses=true&zone=Z0").json()
    first, second = found["people"]
    assert (["1 Low Road"], ["Aunt Li"], "+9990000000001") == (first["addresses"], first["contacts"], first["phone"])
    assert (["2 Low Road"], [], "", False) == (second["addresses"], second["contacts"], second["phone"], second["unreadable"])
    [row] = [row for row in audit_rows(open_site.engine) if row.act == READ]
    assert ("li", "Z0", {"people": 2}) == (row.actor, row.subject, row.facts)


def test_the_audit_counts_those_who_were_opened_and_no_others(open_site: Site) -> None:
    assert 1 == len(open_site.person().get("/api/not-reached?addresses=true&limit=1").json()["people"])
    assert [{"people": 1}] == [row.facts for row in audit_rows(open_site.engine) if row.act == READ]


@pytest.mark.parametrize("role", [Role.VIEWER, Role.FORECASTER, Role.ADMINISTRATOR])
def test_nobody_but_an_officer_reads_addresses_and_no_machine(open_site: Site, role: Role) -> None:
    address = "/api/not-reached?addresses=true"
    assert (403, 403, 401) == tuple(
        client.get(address).status_code for client in (open_site.person("li", role), open_site.machine(Role.OFFICER), open_site.nobody())
    )
    assert [] == [row for row in audit_rows(open_site.engine) if row.act == READ]


def test_a_desk_without_the_key_says_what_to_do(site: Site, told: Order) -> None:
    answer = site.person().get("/api/not-reached?addresses=true")
    assert 409 == answer.status_code
    assert "--residents-key" in answer.json()["detail"]


def test_a_desk_with_another_key_opens_nothing(open_site: Site) -> None:
    object.__setattr__(open_site.desk, "people", PeopleVault.for_once())
    answer = open_site.person().get("/api/not-reached?addresses=true")
    assert (409, True) == (answer.status_code, "another key" in answer.json()["detail"])
    assert [] == [row for row in audit_rows(open_site.engine) if row.act == READ]


def test_no_log_names_anybody(open_site: Site, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        assert 200 == open_site.person().get("/api/not-reached?addresses=true").status_code
    assert not any(secret in caplog.text for secret in ("Low Road", "Aunt", "+999"))
