"""The door of the console: a form, a code, a session that ends; forms of other sites are refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

from streams.city.model import City
from tests.streams.console.conftest import MakeConsole, Running, axe, watched
from tests.streams.officers.desk import PASSWORD, code

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

WRONG = "Name, password or code is wrong"


def fill_in(page: Page, name: str, password: str, typed: str) -> None:
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_label("Code of six digits").fill(typed)
    page.get_by_role("button", name="Sign in").click()


def form(running: Running, path: str = "/console/sign-in", **headers: str) -> httpx.Response:
    fields = {"name": "li", "password": PASSWORD, "code": code(running.now_us), "next": "/console/"}
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.post(running.address + path, data=fields, headers=sent)


def test_a_wrong_code_is_told_and_the_right_one_leads_to_where_somebody_wanted(console: MakeConsole, browser: Browser) -> None:
    from playwright.sync_api import expect

    running = console("oneRedUnconfirmed")
    running.add("li")
    page = browser.new_context(locale="en-GB").new_page()
    page.goto(f"{running.address}/console/briefing")
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    right = code(running.now_us)
    fill_in(page, "li", PASSWORD, "000000" if right != "000000" else "111111")
    expect(page.get_by_role("alert")).to_contain_text(WRONG)
    expect(page.get_by_label("Name")).to_have_value("li")
    expect(page.get_by_label("Password")).to_have_value("")
    fill_in(page, "li", PASSWORD, right)
    expect(page).to_have_url(f"{running.address}/console/briefing")
    expect(page.get_by_role("heading", name="Briefing")).to_be_visible()
    cookie = next(one for one in page.context.cookies() if one["name"] == "lowpoint_session")
    assert (True, "Strict") == (cookie["httpOnly"], cookie["sameSite"])
    page.context.close()


@pytest.mark.parametrize(
    "headers", [{"sec_fetch_site": "cross-site"}, {"sec_fetch_site": "same-site"}, {"origin": "https://elsewhere.example"}]
)
def test_a_form_of_another_site_is_refused(console: MakeConsole, headers: dict[str, str]) -> None:
    running = console("allDry")
    running.add("li")
    refused = form(running, **headers)
    assert 403 == refused.status_code
    assert "set-cookie" not in refused.headers
    assert 303 == form(running, sec_fetch_site="same-origin").status_code, "it is the site that was refused"


@pytest.mark.parametrize("path", ["/console/sign-out", "/console/look"])
def test_a_form_without_the_sessions_own_mark_does_nothing(console: MakeConsole, path: str) -> None:
    running = console("allDry")
    cookies = {"lowpoint_session": running.token("li")}
    with httpx.Client(base_url=running.address, cookies=cookies) as client:
        assert 403 == client.post(path, data={"csrf": "0" * 64, "lang": "zh"}).status_code
        assert 200 == client.get("/console/").status_code, "still signed in"


@pytest.mark.parametrize(
    "wanted", ["https://elsewhere.example/", "//elsewhere.example", "/console/../x\n", "/console/sign-out", "/console/\\x"]
)
def test_the_door_leads_nowhere_else(console: MakeConsole, wanted: str) -> None:
    running = console("allDry")
    running.add("li")
    fields = {"name": "li", "password": PASSWORD, "code": code(running.now_us), "next": wanted}
    answer = httpx.post(f"{running.address}/console/sign-in", data=fields)
    assert (303, "/console/") == (answer.status_code, answer.headers["location"])


def test_signing_out_ends_the_session_and_every_page_leads_to_the_door(console: MakeConsole, browser: Browser) -> None:
    from playwright.sync_api import expect

    running = console("allDry")
    page = running.enter(browser).new_page()
    page.goto(f"{running.address}/console/")
    page.locator("details.who summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(f"{running.address}/console/sign-in")
    page.goto(f"{running.address}/console/duty?x=1")
    expect(page).to_have_url(f"{running.address}/console/sign-in?next=/console/duty%3Fx%3D1")
    page.context.close()


def test_a_page_whose_session_has_ended_leads_to_the_door(console: MakeConsole, browser: Browser) -> None:
    from playwright.sync_api import expect

    from streams.store.sessions import sign_out

    running = console("allDry")
    page = running.enter(browser).new_page()
    page.goto(f"{running.address}/console/briefing")
    expect(page.locator("html[data-briefing=ready]")).to_be_attached()
    token = next(one["value"] for one in page.context.cookies() if one["name"] == "lowpoint_session")
    sign_out(running.engine, token)
    page.locator("#again").click()
    expect(page).to_have_url(f"{running.address}/console/sign-in?next=%2Fconsole%2Fbriefing")
    page.context.close()


@pytest.mark.parametrize(("language", "word"), [("en", "Sign in"), ("zh", "登录")])
def test_the_door_is_in_the_readers_language_and_axe_finds_nothing(
    console: MakeConsole, browser: Browser, language: str, word: str
) -> None:
    from playwright.sync_api import expect

    running = console("allDry")
    page = browser.new_context(viewport={"width": 320, "height": 640}).new_page()
    heard = watched(page)
    page.goto(f"{running.address}/console/sign-in?lang={language}")
    expect(page.get_by_role("button", name=word)).to_be_visible()
    assert 320 >= page.evaluate("document.documentElement.scrollWidth")
    assert [] == axe(page)
    assert [] == heard.complaints
    page.context.close()


def test_a_drill_is_striped_before_and_behind_the_door(console: MakeConsole, browser: Browser, city: City) -> None:
    import msgspec
    from playwright.sync_api import expect

    running = console("allDry", city=msgspec.structs.replace(city, drill=True))
    page = running.enter(browser).new_page()
    for path in ("/console/sign-in", "/console/", "/console/orders"):
        page.goto(running.address + path)
        expect(page.locator(".stripe")).to_contain_text("EXERCISE")
        expect(page.locator(".stripe")).to_be_in_viewport()
    page.context.close()


def test_where_the_sensors_stand_is_for_those_who_are_signed_in(console: MakeConsole) -> None:
    running = console("allDry")
    running.add("li")
    with httpx.Client(base_url=running.address, headers={"Sec-Fetch-Site": "same-origin"}) as client:
        assert 401 == client.get("/console/places/any/city.json").status_code
        fields = {"name": "li", "password": PASSWORD, "code": code(running.now_us), "next": "/console/"}
        assert 303 == client.post("/console/sign-in", data=fields).status_code
        answer = client.get("/console/places/any/city.json")
    assert 200 == answer.status_code
    assert "public" not in answer.headers["cache-control"]


def test_who_signs_in_again_ends_the_session_before(console: MakeConsole) -> None:
    running = console("allDry")
    before = running.token("li")
    assert 200 == httpx.get(f"{running.address}/api/me", cookies={"lowpoint_session": before}).status_code
    running.add("wang")
    fields = {"name": "wang", "password": PASSWORD, "code": code(running.now_us), "next": "/console/"}
    answer = httpx.post(f"{running.address}/console/sign-in", data=fields, cookies={"lowpoint_session": before})
    assert 303 == answer.status_code
    assert 401 == httpx.get(f"{running.address}/api/me", cookies={"lowpoint_session": before}).status_code
