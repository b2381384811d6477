"""The browser's side in a real Chromium: it folds what comes, tells what it lacks, and never goes on as if a dead line were alive."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import closing
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from sqlalchemy import Engine
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from streams.city.model import City
from streams.console.assets import STATIC
from streams.console.live.feed import Feed
from streams.console.live.stream import live_route
from streams.desk.caller import Caller
from streams.observation.moments import to_text
from streams.rules.outputs import OutputMessage, Standing
from streams.store.projection import rows_of, save
from tests.streams.console.live.listening import anybody, served
from tests.streams.web.situations import HEARD_US, NOW_US, SAID_US, all_dry, state

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = "/usr/bin/chromium"
SCRIPT = """
import { live } from "/live.js";
window.live = live;
window.told = [];
live.on("point", (ids) => {
  window.told.push(ids);
  document.querySelector("#points").textContent = [...live.state.get("point")].map(([id, point]) => `${id}=${point.depth_m}`).join(" ");
});
const show = () => { document.querySelector("#status").textContent = live.status; };
live.addEventListener("status", show);
show();
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not os.access(CHROMIUM, os.X_OK):
        pytest.skip(f"no browser at {CHROMIUM}: apt-get install chromium fonts-noto-cjk")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    yield page
    page.close()


def site(live: Route) -> list[BaseRoute]:
    async def shell(_: Request) -> Response:
        return HTMLResponse('<p id="status"></p><p id="points"></p><script type="module" src="/page.js"></script>')

    async def live_js(_: Request) -> Response:
        return Response((STATIC / "live.js").read_text(), media_type="text/javascript")

    async def page_js(_: Request) -> Response:
        return Response(SCRIPT, media_type="text/javascript")

    async def sign_in(_: Request) -> Response:
        return HTMLResponse("<h1>Sign in</h1>")

    others = (("/", shell), ("/live.js", live_js), ("/page.js", page_js), ("/console/sign-in", sign_in))
    return [live, *(Route(address, answer) for address, answer in others)]


def told(text: str, lasts: threading.Event) -> Callable[[Request], Awaitable[Response]]:
    """Answers with these events, and says nothing more until it is over."""

    async def body() -> AsyncIterator[str]:
        yield text
        while not lasts.is_set():
            await asyncio.sleep(0.05)

    async def answer(_: Request) -> Response:
        return StreamingResponse(body(), media_type="text/event-stream")

    return answer


def write(engine: Engine, city: City, number: int) -> None:
    point = city.low_points[0]
    standing = Standing(point.district_id, to_text(SAID_US + number), 0.0, [state(point, 0, number / 1000)], [])
    save(engine, [rows_of(OutputMessage(point.district_id, HEARD_US + number, [], [standing]))], NOW_US)


def test_what_changes_is_on_the_page_and_a_restart_of_the_server_needs_no_reload(page: Page, engine: Engine, city: City) -> None:
    from playwright.sync_api import expect

    all_dry(engine, city)
    first, port = city.low_points[0].low_point_id, 0
    for number, times in ((7, 2), (9, 3)):
        stop = threading.Event()
        feed = Feed(city, lambda: engine, stop, lambda: NOW_US)
        feed.start()
        with served(site(live_route(feed, anybody)), stop, port) as address:
            if not port:
                port = urlsplit(address).port or 0
                page.goto(address)
            expect(page.locator("#status")).to_have_text("live", timeout=20_000)
            write(engine, city, number)
            expect(page.locator("#points")).to_contain_text(f"{first}={number / 1000} ")
            if number == 7:  # after the restart it may be in the whole state
                assert [first] == page.evaluate("told.at(-1)")
            assert 51 == page.evaluate("live.state.get('point').size")
            assert times <= page.evaluate("told.length")
            assert 14 <= page.evaluate("live.dataAgeS()") < 60
            assert NOW_US / 1000 <= page.evaluate("live.now()") < NOW_US / 1000 + 60_000
        feed.join()


def test_a_line_that_says_nothing_is_lost_after_twelve_seconds_and_late_where_the_store_is_away(page: Page, city: City) -> None:
    from playwright.sync_api import expect

    stop, silent = (
        threading.Event(),
        'event: beat\ndata: {"now": "2026-07-20T08:00:00Z", "data_at": null, "stale": true, "store": "away"}\n\n',
    )
    whole = 'id: e-1\nevent: snapshot\ndata: {"version": 1, "set": {"point": {"A": {"depth_m": 1}}}}\n\n'

    with served(site(Route("/api/live", told(f"{whole}{silent}", lasts=stop))), stop) as address:
        page.clock.install()
        page.goto(address)
        expect(page.locator("#points")).to_have_text("A=1")
        expect(page.locator("#status")).to_have_text("late")
        page.clock.run_for(11_000)
        expect(page.locator("#status")).to_have_text("late")
        page.clock.run_for(3_000)
        expect(page.locator("#status")).to_have_text("lost")
        assert page.evaluate("live.heardS()") > 12


def test_a_delta_that_does_not_follow_is_not_taken_and_the_whole_state_is_asked_for(page: Page) -> None:
    from playwright.sync_api import expect

    stop, asked = threading.Event(), list[str]()
    first = 'id: e-1\nevent: snapshot\ndata: {"version": 1, "set": {"point": {"A": {"depth_m": 1}, "B": {"depth_m": 1}}}}\n\n'
    gap = 'id: e-3\nevent: delta\ndata: {"version": 3, "set": {"point": {"A": {"depth_m": 3}}}, "gone": {}}\n\n'
    whole = 'id: e-3\nevent: snapshot\ndata: {"version": 3, "set": {"point": {"A": {"depth_m": 3}}}}\n\n'
    last = 'id: e-4\nevent: delta\ndata: {"version": 4, "set": {"point": {"C": {"depth_m": 4}}}, "gone": {"point": ["A"]}}\n\n'

    async def answer(request: Request) -> Response:
        asked.append(str(request.query_params) or request.headers.get("last-event-id", ""))
        return await told(first + gap if len(asked) == 1 else whole + last, lasts=stop)(request)

    with served(site(Route("/api/live", answer)), stop) as address:
        page.goto(address)
        expect(page.locator("#points")).to_have_text("C=4")
        assert ["", ""] == asked
        assert [["A", "B"], ["A", "B"], ["C", "A"]] == page.evaluate("told")


def test_who_is_refused_comes_again_with_what_they_have_and_without_a_session_is_led_to_sign_in(
    page: Page, engine: Engine, city: City
) -> None:
    from playwright.sync_api import expect

    all_dry(engine, city)
    stop, out = threading.Event(), threading.Event()
    feed = Feed(city, lambda: engine, stop, lambda: NOW_US)
    feed.start()
    asked: list[str] = []

    def who(request: Request) -> Caller | None:
        if request.method == "GET":
            asked.append(request.query_params.get("last", ""))
        if len(asked) == 1:
            raise OSError("away")
        return None if out.is_set() else anybody(request)

    with served(site(live_route(feed, who, most_clients=1)), stop) as address:
        page.goto(f"{address}/?a=b")
        expect(page.locator("#status")).to_have_text("live")
        assert ["", ""] == asked
        out.set()
        page.evaluate("dispatchEvent(new Event('online'))")
        expect(page.locator("h1")).to_have_text("Sign in")
        assert page.url.endswith("/console/sign-in?next=%2F%3Fa%3Db")
        assert asked[-1].endswith("-1")
    feed.join()


def test_tabs_that_nobody_sees_take_no_connection_from_the_others(browser: Browser, engine: Engine, city: City) -> None:
    """A browser has six to a server: with six tabs that listen no seventh would load, and nothing could be signed in any of them."""
    all_dry(engine, city)
    stop = threading.Event()
    feed = Feed(city, lambda: engine, stop, lambda: NOW_US)
    feed.start()
    with served(site(live_route(feed, anybody)), stop) as address, closing(browser.new_context()) as context:
        pages = [context.new_page() for _ in range(6)]
        for page in pages[:5]:
            page.goto(address)
            page.get_by_text("live", exact=True).wait_for()
            see(page, "hidden")
        for page in pages[:5]:
            page.wait_for_function("window.live.rests", timeout=15_000)
        more = [*pages[5:], *(context.new_page() for _ in range(2))]
        for page in more:
            page.goto(address, timeout=15_000)
            page.get_by_text("live", exact=True).wait_for()
        write(engine, city, 7)
        see(pages[0], "visible")
        pages[0].get_by_text("=0.007").wait_for()
        assert not pages[0].evaluate("window.live.rests")
    feed.join()


def test_where_sound_is_wanted_one_hidden_tab_goes_on_listening(browser: Browser, engine: Engine, city: City) -> None:
    all_dry(engine, city)
    stop = threading.Event()
    feed = Feed(city, lambda: engine, stop, lambda: NOW_US)
    feed.start()
    with served(site(live_route(feed, anybody)), stop) as address, closing(browser.new_context()) as context:
        pages = [context.new_page() for _ in range(3)]
        for page in pages:
            page.goto(address)
            page.get_by_text("live", exact=True).wait_for()
            page.evaluate("localStorage.setItem('lowpoint.sound', 'on')")
            see(page, "hidden")
        for page in pages[1:]:
            page.wait_for_function("window.live.rests", timeout=15_000)
        write(engine, city, 8)
        pages[0].get_by_text("=0.008").wait_for()
    feed.join()


def see(page: Page, state: str) -> None:
    """Have a page think that somebody sees it, or nobody does."""
    page.evaluate(
        "(state) => { Object.defineProperty(document, 'visibilityState', { value: state, configurable: true });"
        " document.dispatchEvent(new Event('visibilitychange')); }",
        state,
    )
