"""A browser's session: the cookie alone reads, and nothing is changed without the token that only a page of ours knows."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.officers.session import COOKIE, csrf_of, is_csrf_of

if TYPE_CHECKING:
    from tests.streams.desk.town import Client, Site


def browser(site: Site, name: str = "li", **headers: str) -> Client:
    """Somebody at a browser: the token of their session is in the cookie."""
    from tests.streams.desk.town import Client

    token = site.person(name).headers["Authorization"].removeprefix("Bearer ")
    sent = {key: csrf_of(token) if value == "right" else value for key, value in headers.items()}
    return Client(site.app, {"Cookie": f"{COOKIE}={token}", **{key.replace("_", "-"): value for key, value in sent.items()}})


def test_the_cookie_alone_reads_and_signs_nothing(make_site: Callable[..., Site]) -> None:
    site = make_site()
    draft = site.flood(0.45)[0]
    li = browser(site)
    assert "li" == li.get("/api/me").json()["name"]
    answer = li.sign(draft)
    assert 403 == answer.status_code
    assert "X-CSRF-Token" in answer.json()["detail"]
    assert "draft" == site.state_of(draft)


def test_with_the_token_of_its_page_it_signs(make_site: Callable[..., Site]) -> None:
    site = make_site()
    draft = site.flood(0.45)[0]
    assert 200 == browser(site, x_csrf_token="right").sign(draft).status_code
    assert "released" == site.state_of(draft)


@pytest.mark.parametrize("sent", ["", "0" * 64, "%00"])
def test_any_other_token_is_none(make_site: Callable[..., Site], sent: str) -> None:
    site = make_site()
    draft = site.flood(0.45)[0]
    assert 403 == browser(site, x_csrf_token=sent).sign(draft).status_code
    assert "draft" == site.state_of(draft)


def test_a_session_that_is_over_is_over_in_a_browser_too(make_site: Callable[..., Site]) -> None:
    site = make_site()
    li = browser(site, x_csrf_token="right")
    site.pass_minutes(31)
    assert 401 == li.get("/api/me").status_code


@pytest.mark.parametrize(("by_itself", "expected"), [(True, 401), (False, 200)])
def test_what_a_page_asks_by_itself_keeps_no_session_alive(make_site: Callable[..., Site], by_itself: bool, expected: int) -> None:
    site = make_site()
    li = browser(site)
    for _ in range(4):
        site.pass_minutes(9)
        li.ask("GET", "/api/me", headers={"X-By-Itself": "1"} if by_itself else {})
    assert expected == li.get("/api/me").status_code


def test_a_browser_ends_its_session_at_the_desk_too(make_site: Callable[..., Site]) -> None:
    site = make_site()
    li = browser(site, x_csrf_token="right")
    assert 204 == li.ask("POST", "/api/sign-out").status_code
    assert 401 == li.get("/api/me").status_code


def test_a_key_that_is_sent_on_purpose_goes_before_the_cookie(make_site: Callable[..., Site]) -> None:
    site = make_site()
    li = browser(site)
    key = site.machine().headers["X-API-Key"]
    assert li.ask("GET", "/api/me", headers={"X-API-Key": key}).json()["machine"]


@given(st.text(max_size=60), st.text(max_size=60))
def test_a_token_of_one_session_is_none_of_another(token: str, other: str) -> None:
    assert is_csrf_of(token, csrf_of(token))
    assert (token == other) == is_csrf_of(token, csrf_of(other))
