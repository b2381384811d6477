"""Who may call: people with a token, machines with a key, and nobody else."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from streams import clock
from streams.desk.wire import SignedInAs, SignIn
from streams.observation.moments import HOUR_US, SECOND_US, to_text
from streams.officers.passwords import Cost, Passwords
from streams.officers.roles import Act, Role, machine_may, may
from streams.store.api_keys import api_keys, revoke_api_key
from streams.store.audit import audit_head
from streams.store.officers import disable_officer
from tests.streams.desk.conftest import MakeSite
from tests.streams.desk.town import Client, Site
from tests.streams.officers.desk import PASSWORD


def attempt(site: Site, name: str = "li", password: str = PASSWORD, code: str | None = None) -> httpx.Response:
    body = {"name": name, "password": password, "code": site.code() if code is None else code}
    return site.nobody().ask("POST", "/api/sign-in", json=body)


def bearer(site: Site, token: str) -> Client:
    return Client(site.app, {"Authorization": f"Bearer {token}"})


def test_one_signs_in_and_out(site: Site) -> None:
    site.add("li")
    answer = attempt(site)
    body = answer.json()
    assert (200, "li", "officer", to_text(site.now_us + 12 * HOUR_US)) == (answer.status_code, body["name"], body["role"], body["ends_at"])
    li = bearer(site, body["token"])
    me = li.get("/api/me").json()
    assert ("li", "officer", False) == (me["name"], me["role"], me["machine"])
    assert [right for right in Act if may(Role.OFFICER, right)] == me["may"]
    gone = li.ask("POST", "/api/sign-out")
    assert (204, b"") == (gone.status_code, gone.content)
    assert 401 == li.get("/api/me").status_code
    assert "set-cookie" not in answer.headers


def test_whatever_is_wrong_the_words_are_the_same(site: Site) -> None:
    site.add("li")
    site.add("wang")
    disable_officer(site.engine, "wang", site.now_us, "test")
    answers = [attempt(site, "nobody"), attempt(site, "li", "no"), attempt(site, "li", code="000000"), attempt(site, "wang")]
    assert 200 == attempt(site).status_code
    answers.append(attempt(site))  # the code was used
    assert {401} == {answer.status_code for answer in answers}
    assert 1 == len({answer.content for answer in answers})
    assert {"Bearer"} == {answer.headers["WWW-Authenticate"] for answer in answers}


def test_after_too_many_tries_one_is_told_how_long_to_wait(site: Site) -> None:
    site.add("li")
    for _ in range(5):
        assert 401 == attempt(site, password="no").status_code
    site.now_us += 20 * SECOND_US
    answer = attempt(site)
    assert (429, "880") == (answer.status_code, answer.headers["Retry-After"])
    assert "wait 880 s" in answer.json()["detail"]
    site.now_us += 880 * SECOND_US
    assert 200 == attempt(site).status_code


def test_a_session_ends_by_itself(site: Site) -> None:
    li = site.person()
    site.pass_minutes(29)
    assert 200 == li.get("/api/orders").status_code
    site.pass_minutes(31)
    answer = li.get("/api/orders")
    assert (401, "Bearer") == (answer.status_code, answer.headers["WWW-Authenticate"])
    assert "/api/sign-in" in answer.json()["detail"]


def test_a_key_looks_until_it_is_revoked_and_has_no_session(site: Site) -> None:
    machine = site.machine(Role.FORECASTER)
    me = machine.get("/api/me").json()
    assert ("traffic", True) == (me["display_name"], me["machine"])
    assert [right for right in Act if machine_may(Role.FORECASTER, right)] == me["may"]
    assert 403 == machine.ask("POST", "/api/sign-out").status_code
    assert 200 == machine.get("/api/orders").status_code
    revoke_api_key(site.engine, api_keys(site.engine)[0].key_id, site.now_us, "test")
    assert 401 == machine.get("/api/orders").status_code


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer no"},
        {"Authorization": "Bearer "},
        {"Authorization": "Basic bGk6bm8="},
        {"Authorization": "Bearer \xff"},
        {"X-API-Key": "no"},
        {"X-API-Key": ""},
    ],
)
@pytest.mark.parametrize(
    "address", ["/api/me", "/api/orders", "/api/orders/x", "/api/acts/x", "/api/districts", "/api/audit/head", "POST /api/acts"]
)
def test_nobody_else_gets_anything(site: Site, address: str, headers: dict[str, str]) -> None:
    method, _, path = address.rpartition(" ")
    raw = {name: value.encode("latin-1") for name, value in headers.items()}
    body: dict[str, Any] = {"json": {"act": "end", "points": ["P0"]}} if method else {}
    answer = site.nobody().ask(method or "GET", path, headers=raw, **body)
    assert (401, ["detail"]) == (answer.status_code, list(answer.json()))


def test_a_token_and_a_key_together_are_neither(site: Site) -> None:
    both = Client(site.app, site.person().headers | site.machine().headers)
    assert (401, True) == (both.get("/api/me").status_code, "not both" in both.get("/api/me").json()["detail"])


def test_the_head_of_the_audit_is_for_administrators(site: Site) -> None:
    chief = site.person("chief", Role.ADMINISTRATOR)
    head = audit_head(site.engine)
    assert {"number": head.number, "hash": head.hash, "text": str(head)} == chief.get("/api/audit/head").json()
    assert 200 == site.machine(Role.ADMINISTRATOR).get("/api/audit/head").status_code
    assert 403 == site.person("li").get("/api/audit/head").status_code


class Counted(Passwords):
    """Counts how many compare at once, and holds them until told."""

    def __init__(self) -> None:
        super().__init__(Cost(rounds=1, memory_kib=8, lanes=1))
        self.now, self.most, self.lock = 0, 0, threading.Lock()
        self.two, self.go = threading.Event(), threading.Event()

    def right(self, kept: str | None, password: str) -> bool:
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
            if self.now == 2:
                self.two.set()
        assert self.go.wait(20)
        try:
            return super().right(kept, password)
        finally:
            with self.lock:
                self.now -= 1


def held(site: Site, counted: Counted, pool: ThreadPoolExecutor, many: int) -> list[Future[httpx.Response]]:
    """So many who sign in at once, all of them before or behind the door."""
    jobs = [pool.submit(attempt, site, f"nobody{n}") for n in range(many)]
    assert counted.two.wait(20)
    until_s = clock.monotonic_s() + 20
    while site.desk.passwords._inside < many:
        assert clock.monotonic_s() < until_s
        clock.sleep_s(0.005)
    return jobs


def test_two_passwords_are_compared_at_a_time(make_site: MakeSite) -> None:
    counted = Counted()
    site = make_site(passwords=counted)
    with ThreadPoolExecutor(5) as pool:
        jobs = held(site, counted, pool, 5)
        threads = len(site.desk.passwords._pool._threads)
        counted.go.set()
        assert [401] * 5 == [job.result().status_code for job in jobs]
    assert (2, 2) == (counted.most, threads)


def test_a_crowd_is_sent_away_with_when_to_come_again(make_site: MakeSite) -> None:
    counted = Counted()
    site = make_site(passwords=counted)
    site.desk.passwords._most = 4
    with ThreadPoolExecutor(4) as pool:
        jobs = held(site, counted, pool, 4)
        crowd = one_more(site)
        counted.go.set()
        assert [401] * 4 == [job.result().status_code for job in jobs]
    assert (503, "5", True) == (crowd.status_code, crowd.headers["Retry-After"], "try again" in crowd.json()["detail"])
    assert 401 == attempt(site, "nobody9").status_code, "they come and go"


def one_more(site: Site) -> httpx.Response:
    """One more, who must be answered while all others wait."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(attempt, site, "nobody9").result(20)


def test_what_is_sent_shows_no_password_in_a_log() -> None:
    shown = repr(SignIn(name="li", password="seven", code="123456")) + repr(SignedInAs(token="secret", name="", role="", ends_at=""))
    assert not [word for word in ("seven", "123456", "secret") if word in shown]
