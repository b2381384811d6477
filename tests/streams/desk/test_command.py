"""`lowpoint orders` and `lowpoint act` against a desk that listens on a real port."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from click.testing import CliRunner, Result

from streams.cli.act import act, orders
from streams.desk.client import DeskClient, DeskSaid, connected
from streams.officers.roles import Role
from streams.store.audit import audit_rows
from streams.web.server import serve
from tests.streams.desk.town import PEOPLE, Site
from tests.streams.officers.desk import PASSWORD


@pytest.fixture
def address(site: Site) -> Iterator[str]:
    """Where the desk listens."""
    stop, listens, ports = threading.Event(), threading.Event(), list[int]()

    def started(port: int) -> None:
        ports.append(port)
        listens.set()

    thread = threading.Thread(target=serve, args=(site.app, "127.0.0.1", 0, stop, started))
    thread.start()
    try:
        assert listens.wait(30)
        yield f"http://127.0.0.1:{ports[0]}"
    finally:
        stop.set()
        thread.join(30)
    assert not thread.is_alive()


def run(site: Site, address: str, command: Any, *args: str, name: str = "li", more: str = "", password: str = PASSWORD) -> Result:
    site.pass_minutes(1)  # a code is good once
    typed = f"{password}\n{site.code()}\n{more}"
    return CliRunner().invoke(command, [*args, "--desk", address, "--name", name], input=typed)


def test_orders_are_listed_with_all_that_matters(site: Site, address: str) -> None:
    first, second = site.flood(0.45, 0.7)
    site.add("li", Role.VIEWER)
    result = run(site, address, orders)
    assert 0 == result.exit_code, result.output
    for words in (first, second, "level 4 red (Extreme)", "片区1 / Quarter 1", "2 more must sign", "2 people"):
        assert words in result.stdout
    for text in site.log.orders[0].texts.values():
        assert text in result.stdout
    assert result.stdout.rstrip().endswith(f"2 orders, 2 zones, {sum(PEOPLE.values())} people")


def test_two_officers_sign_several_drafts_at_once(site: Site, address: str) -> None:
    drafts = site.flood(0.7, 0.45)
    named = [part for draft in drafts for part in ("--order", draft)]
    site.add("li")
    site.add("wang")
    first = run(site, address, act, "sign", *named, "--yes")
    assert 0 == first.exit_code, first.output
    assert f"{drafts[0]}: counted: 1 more officer must sign\n{drafts[1]}: done: released\n" in first.stdout
    second = run(site, address, act, "sign", "--order", drafts[0], name="wang", more="y\n")
    assert (0, ["released", "released"]) == (second.exit_code, [site.state_of(draft) for draft in drafts]), second.output
    assert 2 == sum(row.act == "signed_in" for row in audit_rows(site.engine))


@pytest.mark.parametrize("answer", ["n\n", ""])
def test_nothing_is_sent_without_a_yes_and_what_it_is_about_was_shown(site: Site, address: str, answer: str) -> None:
    draft = site.flood(0.7)[0]
    site.add("li")
    result = run(site, address, act, "sign", "--order", draft, more=answer)
    assert (1, []) == (result.exit_code, site.log.taken)
    before, _, _ = result.stdout.partition("sign? [y/N]")
    for words in (*site.log.orders[0].texts.values(), "level 4 red", f"1 orders, 1 zones, {PEOPLE['Z0']} people"):
        assert words in before


def test_a_text_that_was_changed_after_it_was_shown_is_not_signed(site: Site, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    draft = site.flood(0.45)[0]
    site.add("li")
    wang = site.person("wang")

    def changed_meanwhile(self: DeskClient, asked: dict[str, Any]) -> dict[str, Any]:
        wang.act("edit", orders=[{"identifier": draft, "texts": {"en": "Town: Leave."}}])
        return send(self, asked)

    send = DeskClient.act
    monkeypatch.setattr(DeskClient, "act", changed_meanwhile)
    result = run(site, address, act, "sign", "--order", draft, "--yes")
    assert (1, "draft") == (result.exit_code, site.state_of(draft))
    assert "read it again" in result.stdout and "1 of 1 refused" in result.stderr


def test_an_edit_and_what_is_done_by_hand(site: Site, address: str) -> None:
    draft = site.flood(0.45)[0]
    site.add("li")
    edit = run(site, address, act, "edit", "--order", draft, "--text", "en=Town: Leave=now.", "--yes")
    assert (0, "Town: Leave=now.") == (edit.exit_code, site.log.orders[-1].texts["en"]), edit.output
    by_hand = run(site, address, act, "raise", "--point", "P1", "--level", "4", "--minutes", "30", "--reason", "a call", more="y\n")
    assert 0 == by_hand.exit_code, by_hand.output
    assert "P1: done: level 4 at least until" in by_hand.stdout
    assert {"Z0", "Z1"} == {order.zones[0] for order in site.log.orders}


def test_what_is_pending_has_an_exit_code_of_its_own(site: Site, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streams.desk.client.WAIT_S", 0)
    draft = site.flood(0.45)[0]
    site.add("li")
    site.log.slow = True
    result = run(site, address, act, "sign", "--order", draft, "--yes")
    assert (3, True) == (result.exit_code, draft in result.stderr)


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (["sign"], 2, "name an --order"),
        (["sign", "--point", "P0"], 2, "sign is about orders"),
        (["raise", "--order", "x"], 2, "raise is about no order"),
        (["edit", "--order", "x", "--text", "en"], 2, "LANG=TEXT"),
        (["evacuate"], 2, "evacuate"),
        (["sign", "--order", "x"], 1, "no open order is x"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(site: Site, address: str, args: list[str], code: int, words: str) -> None:
    site.add("li")
    result = run(site, address, act, *args)
    assert code == result.exit_code
    assert words in result.stderr and "Traceback" not in result.output
    assert [] == site.log.taken


def test_a_wrong_password_is_told_and_not_shown(site: Site, address: str) -> None:
    site.add("li")
    result = run(site, address, orders, password="swordfish")
    assert (1, False) == (result.exit_code, "swordfish" in result.output)
    assert "name, password or code is wrong" in result.stderr


def test_the_session_is_over_afterwards_also_where_something_failed(site: Site, address: str) -> None:
    from sqlalchemy import text

    site.add("li")
    run(site, address, orders)
    run(site, address, act, "sign", "--order", "x")
    with site.engine.connect() as connection:
        assert 0 == connection.scalar(text("SELECT count(*) FROM officer_sessions"))


@pytest.mark.parametrize("address", ["http://desk.example", "ftp://127.0.0.1", "127.0.0.1:8090", "http://", "http://[::1"])
def test_a_password_does_not_travel_in_the_open(address: str) -> None:
    with pytest.raises(DeskSaid, match=r"https://"), connected(address):
        pass


def test_an_act_is_sent_again_under_the_same_id_until_it_is_known_to_be_there() -> None:
    seen: list[bytes] = []
    pauses: list[float] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.content)
        if len(seen) == 1:
            raise httpx.ReadTimeout("late")
        if len(seen) == 2:
            return httpx.Response(503, headers={"Retry-After": "5"}, json={"detail": "away"})
        return httpx.Response(200, json={"outcomes": [], "pending": []})

    with httpx.Client(base_url="http://desk", transport=httpx.MockTransport(answer)) as http:
        DeskClient(http, pauses.append).act({"act": "end", "points": ["P0"]})
    assert (3, 1, [1, 5]) == (len(seen), len(set(seen)), pauses)


def test_one_tries_four_times_and_then_says_what_the_desk_said() -> None:
    pauses: list[float] = []
    away = httpx.MockTransport(lambda _: httpx.Response(503, json={"detail": "send the same again"}))
    with httpx.Client(base_url="http://desk", transport=away) as http, pytest.raises(DeskSaid, match="send the same again"):
        DeskClient(http, pauses.append).act({"act": "end", "points": ["P0"]})
    assert 3 == len(pauses)


def test_what_is_no_desk_is_told() -> None:
    page = httpx.MockTransport(lambda _: httpx.Response(200, text="<html>"))
    with httpx.Client(base_url="http://desk", transport=page) as http, pytest.raises(DeskSaid, match="is no desk"):
        DeskClient(http).orders()
