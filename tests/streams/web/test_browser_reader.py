"""A resident with a phone and no script finds their road, asks for texts and confirms, on pages that everybody can read."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import Engine, select

from streams.city.model import City
from streams.people.vault import PeopleVault
from streams.store.engine import reading
from streams.store.outbox_schema import DISPATCH_TEXTS
from streams.store.subscriptions import count_subscriptions
from streams.subscribers.subscribers import Subscribers
from streams.web.app import make_app
from streams.web.server import serve
from streams.web.source import Boards
from tests.streams.web.browsing import axe
from tests.streams.web.situations import NOW_US, storm

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PHONE = "+999 000 000 0001"
PAGES = ("/?", "/road/LP10?", "/road/none?", "/subscribe?road=LP10&", "/subscribe/code?ticket=x&", "/subscribe/leave?", "/subscribe/done?")
LOOKS = [("en", "light"), ("zh", "dark"), ("en", "dark"), ("zh", "light")]
WORDS = {"en": ("Get a text when this road changes", "Text me a code", "Confirm"), "zh": ("这条路有变化时短信通知我", "发送验证码", "确认")}


@pytest.fixture
def address(engine: Engine, store_url: str, city: City) -> Iterator[str]:
    storm(engine, city)
    stop, ports, ready = threading.Event(), list[int](), threading.Event()

    def started(port: int) -> None:
        ports.append(port)
        ready.set()

    subscribers = Subscribers(city, store_url, PeopleVault.for_once(), now_us=lambda: NOW_US)
    app = make_app(city, Boards(city, store_url, lambda: NOW_US), subscribers)
    server = threading.Thread(target=serve, args=(app, "127.0.0.1", 0, stop, started))
    server.start()
    try:
        assert ready.wait(10)
        yield f"http://127.0.0.1:{ports[0]}"
    finally:
        stop.set()
        server.join()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_resident_finds_their_road_and_has_it_texted_without_a_script(
    browser: Browser, engine: Engine, address: str, city: City, language: str
) -> None:
    from playwright.sync_api import expect

    road = city.low_points[9]
    ask, send, confirm = WORDS[language]
    context = browser.new_context(viewport={"width": 390, "height": 800}, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/?lang={language}&refresh=0")
    page.get_by_role("link", name=road.name if language == "zh" else road.name_en).click()
    expect(page.locator("h1")).to_contain_text(road.name if language == "zh" else road.name_en)
    page.get_by_role("link", name=ask).click()
    page.locator("#phone").fill(PHONE)
    page.locator("input[name=agree]").check()
    page.get_by_role("button", name=send).click()
    expect(page.locator("#code")).to_be_visible()
    assert PHONE.replace(" ", "") not in page.url.replace("%2B", "+")
    with reading(engine) as connection:
        (text,) = connection.scalars(select(DISPATCH_TEXTS.c.text)).all()
    page.locator("#code").fill("".join(sign for sign in text if sign.isdigit())[:6])
    page.get_by_role("button", name=confirm).click()
    expect(page.locator("main")).to_contain_text(road.name if language == "zh" else road.name_en)
    assert {"road": 1, "zone": 0} == count_subscriptions(engine)
    assert page.url.startswith(f"{address}/subscribe/done?ticket=")
    context.close()


@pytest.mark.parametrize(("language", "scheme"), LOOKS)
def test_everybody_can_read_every_page(browser: Browser, address: str, language: str, scheme: str) -> None:
    context = browser.new_context(color_scheme="dark" if scheme == "dark" else "light")
    page = context.new_page()
    found = {}
    for path in PAGES:
        page.goto(f"{address}{path}lang={language}&refresh=0")
        found[path] = axe(page)
    assert {} == {path: wrong for path, wrong in found.items() if wrong}
    context.close()


def test_at_four_hundred_per_cent_nothing_sticks_out_to_the_side(browser: Browser, address: str) -> None:
    page = browser.new_page(viewport={"width": 320, "height": 256})
    widths = {}
    for path in PAGES:
        page.goto(f"{address}{path}lang=en&refresh=0")
        widths[path] = page.evaluate("document.documentElement.scrollWidth")
    assert {} == {path: width for path, width in widths.items() if width > 320}
    page.close()


def test_the_first_key_leads_past_the_head_of_the_page(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.goto(f"{address}/?lang=en&refresh=0")
    page.keyboard.press("Tab")
    assert "To the content" == page.evaluate("document.activeElement.textContent")
    page.keyboard.press("Enter")
    assert page.url.endswith("#main")
    page.close()


def test_a_page_that_has_got_old_says_so_by_itself(browser: Browser, address: str) -> None:
    """Without a script: by an animation that waits; here it is told that it has waited."""
    from playwright.sync_api import expect

    page = browser.new_page()
    page.goto(f"{address}/?lang=en&refresh=0")
    aged = page.locator(".aged")
    expect(aged).to_be_hidden()
    page.evaluate("document.getAnimations().forEach((one) => one.finish())")
    expect(aged).to_be_visible()
    expect(aged).to_contain_text("This page was made at 16:22:24 and has got old.")
    page.close()


def test_the_printed_page_has_every_road(browser: Browser, address: str, city: City) -> None:
    page = browser.new_page()
    page.goto(f"{address}/?lang=en&refresh=0")
    page.emulate_media(media="print")
    seen = page.evaluate("[...document.querySelectorAll('details li')].filter((one) => one.getBoundingClientRect().height > 0).length")
    assert page.locator("details li").count() == seen
    page.close()
