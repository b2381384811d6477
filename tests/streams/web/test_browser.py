"""A real browser shows the page: the danger is in sight, at any width, in light and dark, in both languages."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import Engine

from streams.city.model import City
from streams.web.app import make_app
from streams.web.server import serve
from streams.web.source import Boards
from tests.streams.web.situations import NOW_US, one_red_unconfirmed

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture
def address(engine: Engine, store_url: str, city: City) -> Iterator[str]:
    one_red_unconfirmed(engine, city)
    stop, ports, ready = threading.Event(), list[int](), threading.Event()

    def started(port: int) -> None:
        ports.append(port)
        ready.set()

    app = make_app(city, Boards(city, store_url, lambda: NOW_US))
    server = threading.Thread(target=serve, args=(app, "127.0.0.1", 0, stop, started))
    server.start()
    try:
        assert ready.wait(10)
        yield f"http://127.0.0.1:{ports[0]}/"
    finally:
        stop.set()
        server.join()


@pytest.mark.parametrize(("language", "scheme", "width"), [("en", "light", 1280), ("zh", "dark", 390)])
def test_the_red_point_is_first_and_in_sight_and_nothing_is_refused_by_the_policy(
    browser: Browser, address: str, city: City, language: str, scheme: str, width: int
) -> None:
    from playwright.sync_api import expect

    dark = scheme == "dark"
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme="dark" if dark else "light")
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(f"{address}?lang={language}&refresh=0")
    red = city.low_points[-1]
    first = page.locator("tbody tr").first
    expect(first).to_contain_text(red.name if language == "zh" else red.name_en)
    expect(first).to_have_class("x4")
    expect(first).to_be_visible()
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("details li")).to_have_count(50)
    expect(page.locator("svg.map a")).to_have_count(51)
    expect(page.locator("svg.map .o4")).to_be_visible()
    sentence = page.locator(".sentence")
    expect(sentence).to_be_in_viewport()
    assert width >= page.evaluate("document.documentElement.scrollWidth"), "nothing sticks out to the side"
    expected = "rgb(20, 24, 27)" if dark else "rgb(255, 255, 255)"
    assert expected == page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert [] == complaints
    page.close()


def test_symbols_stand_where_their_points_are_on_a_phone_too(browser: Browser, address: str) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 900})
    page.goto(f"{address}?lang=en&refresh=0")
    off = page.evaluate("""() => [...document.querySelectorAll('svg.map a')].map(g => {
        const box = g.querySelector('use').getBoundingClientRect(), at = g.getScreenCTM();
        return Math.hypot(box.x + box.width / 2 - at.e, box.y + box.height / 2 - at.f);
    })""")
    assert 51 == len(off)
    assert max(off) < 1.5
    page.close()
