"""One address cannot guess at the door for ever, nor drown the desk; the next address is not held for it, and the public page never is."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from limits import parse
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from streams.console.limits import POST, RULES, Limits, Rule

FEW = (Rule("sign in", POST, ("/console/sign-in",), parse("3/minute")), Rule("all", frozenset(), ("/api/",), parse("5/minute")))


async def _fine(scope: Scope, receive: Receive, send: Send) -> None:
    await PlainTextResponse("fine")(scope, receive, send)


def ask(app: ASGIApp, method: str, path: str, times: int, address: str = "192.0.2.1") -> list[httpx.Response]:
    async def asked() -> list[httpx.Response]:
        transport = httpx.ASGITransport(app, client=(address, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://site") as client:
            return [await client.request(method, path) for _ in range(times)]

    return asyncio.run(asked())


def test_more_than_the_limit_is_told_to_wait_and_how_long() -> None:
    answers = ask(Limits(_fine, FEW), "POST", "/console/sign-in", 5)
    assert [200, 200, 200, 429, 429] == [answer.status_code for answer in answers]
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 60
    assert "wait" in answers[-1].json()["detail"]


def test_another_address_is_not_held_for_it() -> None:
    app = Limits(_fine, FEW)
    ask(app, "POST", "/console/sign-in", 5)
    assert [200] == [answer.status_code for answer in ask(app, "POST", "/console/sign-in", 1, "192.0.2.2")]


def test_all_addresses_of_one_ipv6_network_are_one_at_the_door() -> None:
    app = Limits(_fine, FEW)
    answers = [ask(app, "POST", "/console/sign-in", 1, f"2001:db8:0:1::{n:x}")[0] for n in range(5)]
    assert [200, 200, 200, 429, 429] == [answer.status_code for answer in answers]
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 60
    others = ("2001:db8:0:2::1", "::ffff:192.0.2.1", "::ffff:192.0.2.2")
    assert [[200]] * 3 == [[answer.status_code for answer in ask(app, "POST", "/console/sign-in", 1, other)] for other in others]


@pytest.mark.parametrize(("method", "path"), [("GET", "/"), ("GET", "/console/sign-in"), ("GET", "/road/LP07")])
def test_reading_the_pages_has_no_limit(method: str, path: str) -> None:
    assert {200} == {answer.status_code for answer in ask(Limits(_fine, FEW), method, path, 50)}


def test_every_act_of_the_real_rules_is_covered_by_one() -> None:
    addresses = ("/api/acts", "/api/duty", "/api/sign-in", "/console/sign-out", "/console/look")
    assert [] == [path for path in addresses if not any(rule.covers("POST", path) for rule in RULES)]
