"""What every page keeps, in both languages and themes: no barrier, no complaint, nothing asked of anybody else, nothing off the side."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from streams.city.model import City
from streams.store.engine import open_store
from tests.streams.console.conftest import WEBGL, Running, axe, running, watched

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext

PAGES = (
    "/console/",
    "/console/point/LP07",
    "/console/what-if",
    "/console/orders",
    "/console/reports",
    "/console/delivery",
    "/console/duty",
    "/console/system",
    "/console/storms",
    "/console/drill",
    "/console/briefing",
    "/console/sign-in",
    "/",
    "/road/LP07",
)
LOOKS = (("en", "light"), ("en", "dark"), ("zh", "light"), ("zh", "dark"))
NARROW = 320
"""WCAG 2.2, reflow: 1280 pixels at 400 % zoom."""
ENGLISH = re.compile(r"\b(the|and|with|was|were|there|nothing|waiting|known|order|orders|level|rain)\b", re.I)
LIVE = '#age[data-state="live"], #age[data-state="part"]'


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    from streams.city.load import load_city
    from tests.streams.console.conftest import DEMO

    folder: Path = tmp_path_factory.mktemp("pages")
    url = f"sqlite:///{folder / 'store.db'}"
    engine, city = open_store(url), load_city(DEMO)
    with running(engine, url, city, "storm") as there:
        yield there
    engine.dispose()


@pytest.fixture(scope="module")
def worlds(standing: Running, browser: Browser) -> Iterator[dict[tuple[str, str], BrowserContext]]:
    """A signed-in officer for each look."""
    assert WEBGL  # the browser draws maps
    made = {}
    for number, (language, theme) in enumerate(LOOKS):
        locale = "zh-CN" if language == "zh" else "en-GB"
        context = standing.enter(browser, f"officer{number}", locale=locale, viewport={"width": 1280, "height": 900})
        context.add_cookies(
            [
                {"name": "lowpoint_lang", "value": language, "url": standing.address},
                {"name": "lowpoint_theme", "value": theme, "url": standing.address},
            ]
        )
        made[language, theme] = context
    yield made
    for context in made.values():
        context.close()


@pytest.mark.parametrize(("language", "theme"), LOOKS)
@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_no_barrier_and_asks_nobody_else(
    standing: Running, worlds: dict[tuple[str, str], BrowserContext], path: str, language: str, theme: str
) -> None:
    page = worlds[language, theme].new_page()
    try:
        if not path.startswith("/console"):
            page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
        heard = watched(page)
        page.goto(f"{standing.address}{path}{'' if path.startswith('/console') else f'?lang={language}'}")
        if path.startswith("/console") and path != "/console/sign-in":
            page.locator(LIVE).wait_for()
        assert language == page.evaluate("document.documentElement.lang")
        # a page with a script goes on for a while: what it asks for first has come
        page.wait_for_load_state("load")
        page.locator("main").wait_for()
        assert [] == axe(page)
        assert [] == [url for url in heard.asked if not url.startswith((standing.address, "data:", "blob:"))]
        assert [] == heard.complaints
        if language == "zh":
            titles = page.locator("h1, h2, h3, button, label, nav a").all_inner_texts()
            assert [] == [text for text in titles if ENGLISH.search(text)]
    finally:
        page.close()


@pytest.mark.parametrize("path", PAGES)
def test_nothing_sticks_out_at_four_times_the_size(standing: Running, worlds: dict[tuple[str, str], BrowserContext], path: str) -> None:
    page = worlds["en", "light"].new_page()
    try:
        page.set_viewport_size({"width": NARROW, "height": 640})
        page.goto(f"{standing.address}{path}")
        page.locator("main").wait_for()
        if path.startswith("/console") and path != "/console/sign-in":
            page.locator(LIVE).wait_for()
        assert NARROW >= page.evaluate("document.documentElement.scrollWidth")
    finally:
        page.close()


def test_the_demo_city_is_what_stands(standing: Running, city: City) -> None:
    """The pages above are those of a city under water, not of an empty one."""
    from streams.store.queries import open_orders

    assert city.name == standing.city.name
    assert 10 < len(open_orders(standing.engine))
