"""Junk, floods of bytes and wrong shapes: refused in one form, with nothing done."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from streams.desk.bodies import LARGEST_BODY_BYTES
from streams.desk.headers import STRICT
from tests.streams.desk.town import Site

JSON = {"Content-Type": "application/json"}
RAISE = {"act": "raise", "points": ["P0"], "level": 4, "reason": "a call", "until": "2026-07-14T09:00:00Z"}


def test_a_body_just_as_large_as_may_be_is_read_and_one_byte_more_is_not(site: Site) -> None:
    li = site.person()
    for size, status in ((LARGEST_BODY_BYTES, 422), (LARGEST_BODY_BYTES + 1, 413)):
        body = b'{"act": "end", "reason": "'
        body += b"a" * (size - len(body) - 2) + b'"}'
        answer = li.ask("POST", "/api/acts", content=body, headers=JSON)
        assert (status, ["detail"]) == (answer.status_code, list(answer.json()))


def test_a_body_that_does_not_say_how_long_it_is_is_cut_off_too(site: Site) -> None:
    li = site.person()
    given = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal given
        for _ in range(1000):
            given += 65_536
            yield b" " * 65_536

    answer = li.ask("POST", "/api/acts", content=endless(), headers=JSON)
    assert (413, True) == (answer.status_code, "256 KiB" in answer.json()["detail"])


@pytest.mark.parametrize(
    "junk",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"7",
        b'"act"',
        b"\xff\xfe\x00",
        b"[" * 100_000,
        b'{"act": ' + b"9" * 10_000 + b"}",
        b'{"act": "end", "points": ["\\ud83d"]}',
        b'{"act": "end", "points": ["P0"], "\\ud83d": 1}',
        b'{"act": "end", "points": ["P0"], "level": NaN}',
        b'{"act": "end", "points": ["P0"], "level": 1e999}',
    ],
)
@pytest.mark.parametrize("address", ["/api/acts", "/api/sign-in"])
def test_junk_is_refused_in_the_same_form(site: Site, junk: bytes, address: str) -> None:
    answer = site.person().ask("POST", address, content=junk, headers=JSON)
    assert answer.status_code in (400, 422), answer.text
    assert ["detail"] == list(answer.json()) and answer.json()["detail"]
    assert [] == site.log.taken


@pytest.mark.parametrize("kind", [None, "text/plain", "application/x-www-form-urlencoded"])
def test_what_is_not_called_json_is_not_read(site: Site, kind: str | None) -> None:
    headers = {"Content-Type": kind} if kind else {}
    answer = site.person().ask("POST", "/api/acts", content=b'{"act": "end", "points": ["P0"], "reason": "x"}', headers=headers)
    assert (422, []) == (answer.status_code, site.log.taken)


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"officer": "wang"}, "officer"),
        ({"role": "officer"}, "role"),
        ({"at_us": 1}, "at_us"),
        ({"act": "evacuate"}, "act"),
        ({"level": "4"}, "level"),
        ({"level": True}, "level"),
        ({"level": 5}, "level"),
        ({"level": 0}, "level"),
        ({"points": "P0"}, "points"),
        ({"points": []}, "name at least one"),
        ({"points": ["P0", "P0"]}, "P0 is named twice"),
        ({"points": [str(n) for n in range(201)]}, "points"),
        ({"points": [str(n) for n in range(101)], "zones": [str(n) for n in range(100)]}, "200 at most"),
        ({"points": ["P\x000"]}, "points"),
        ({"reason": "a\x00call"}, "reason"),
        ({"reason": "a\ncall"}, "reason"),
        ({"reason": "a" * 501}, "reason"),
        ({"until": "2026-07-14T09:00:00"}, "RFC 3339"),
        ({"until": "soon"}, "RFC 3339"),
        ({"until": 1}, "until"),
        ({"id": "a/b"}, "id"),
        ({"id": "a" * 65}, "id"),
        ({"id": ""}, "id"),
        ({"texts": {"en": "Town: Leave."}}, "sign and edit only"),
        ({"orders": [{"identifier": "x", "state": "released"}]}, "state"),
        ({"orders": [{"identifier": "x y"}]}, "identifier"),
        ({"act": "edit", "orders": [{"identifier": "x"}]}, "x: give the texts"),
        ({"act": "edit", "orders": [{"identifier": "x"}], "texts": {"en": "a\x00"}}, "texts"),
        ({"act": "edit", "orders": [{"identifier": "x"}], "texts": {"en": "a" * 2001}}, "texts"),
    ],
)
def test_an_act_of_a_wrong_shape_is_refused_by_name(site: Site, changed: dict[str, Any], named: str) -> None:
    li = site.person()
    answer = li.ask("POST", "/api/acts", json=RAISE | changed)
    assert (422, []) == (answer.status_code, site.log.taken), answer.text
    assert named in answer.json()["detail"]
    assert 200 == li.ask("POST", "/api/acts", json=RAISE).status_code


@pytest.mark.parametrize("wait_s", ["-1", "21", "nan", "inf", "soon", ""])
def test_a_wait_that_is_none_is_refused(site: Site, wait_s: str) -> None:
    answer = site.person().ask("POST", f"/api/acts?wait_s={wait_s}", json=RAISE)
    assert (422, []) == (answer.status_code, site.log.taken)
    assert "wait_s" in answer.json()["detail"]


def test_a_refusal_does_not_repeat_what_was_sent(site: Site) -> None:
    answer = site.nobody().ask("POST", "/api/sign-in", json={"name": "li", "password": ["swordfish"], "code": "swordfish", "hint": "x"})
    assert (422, False) == (answer.status_code, "swordfish" in answer.text)


@pytest.mark.parametrize("address", ["/api/orders/%00", "/api/orders/a%20b", "/api/orders/%F0%9F", "/api/acts/a%2Fb", "/api/acts/%C3%A9"])
def test_an_id_that_can_be_none_is_not_asked_for(site: Site, address: str) -> None:
    assert site.person().get(address).status_code in (404, 422)


def test_every_answer_is_strict_and_not_kept(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    li = site.person()
    answers = [li.get(address) for address in ("/api/orders", "/nowhere", "/openapi.json", "/api/sign-in")]
    answers += [site.nobody().get("/api/me"), li.ask("POST", "/api/acts", content=b"{", headers=JSON)]
    monkeypatch.setattr("streams.desk.orders.open_orders", lambda _: 1 / 0)
    answers.append(li.get("/api/orders"))
    assert [200, 404, 200, 405, 401, 422, 500] == [answer.status_code for answer in answers]
    for answer in answers:
        assert STRICT.items() <= {name: answer.headers[name] for name in STRICT if name in answer.headers}.items()
        assert "application/json" == answer.headers["Content-Type"]
        assert "ZeroDivision" not in answer.text
    assert all(answer.json()["detail"] for answer in answers if answer.status_code >= 400)


@pytest.mark.parametrize("address", ["/docs", "/redoc", "/docs/oauth2-redirect"])
def test_there_are_no_pages_that_load_scripts_from_elsewhere(site: Site, address: str) -> None:
    assert 404 == site.nobody().get(address).status_code
