"""One console for all tests of a page: it says what a situation says, its clock stands, and its browser has no WebGL."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import Engine

from streams.city.load import load_city
from streams.city.model import City
from streams.store.engine import open_store
from tests.streams.console.conftest import CHROMIUM, DEMO, NO_WEBGL, Running, launched, running, watched

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROLES = {"li": "officer", "wang": "officer", "chen": "forecaster", "zhao": "viewer"}
LOOKS = [("en", False, 1440), ("zh", True, 390), ("zh", False, 320), ("en", True, 320)]
"""Language, whether it is dark, and width in pixels: 320 is what 400 % zoom leaves of 1280."""


HELD_AT_S = 50
"""Before the first minute is over: what a page does each minute has not been done yet."""


@dataclass
class Site:
    """What stands: `complaints` is what browsers said of pages."""

    console: Running
    complaints: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        return self.console.address

    @property
    def city(self) -> City:
        return self.console.city

    @property
    def engine(self) -> Engine:
        return self.console.engine

    @cached_property
    def tokens(self) -> dict[str, str]:
        """Sessions of people of all roles."""
        return {name: self.console.token(name, role) for name, role in ROLES.items()}

    @contextmanager
    def page(self, browser: Browser, who: str = "li", *, width: int = 1280, dark: bool = False, language: str = "en") -> Iterator[Page]:
        """A page of somebody who is signed in."""
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            locale="zh-CN" if language == "zh" else "en-GB",
        )
        context.add_cookies([{"name": "lowpoint_session", "value": self.tokens[who], "url": self.address}])
        page = context.new_page()
        heard = watched(page)
        try:
            yield page
        finally:
            self.complaints += heard.complaints
            context.close()


@contextmanager
def plain_browser() -> Iterator[Browser]:
    """A browser that can draw no map: there the tables carry everything."""
    if not os.access(CHROMIUM, os.X_OK):
        pytest.skip(f"no browser at {CHROMIUM}: apt-get install chromium fonts-noto-cjk")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright, launched(playwright.chromium, *NO_WEBGL) as browser:
        yield browser


@contextmanager
def standing_site(folder: Path, situation: str) -> Iterator[Site]:
    """A site whose store says what a situation says (`tests.streams.web.situations`)."""
    url = f"sqlite:///{folder / 'store.db'}"
    engine = open_store(url)
    try:
        with running(engine, url, load_city(DEMO), situation) as console:
            yield Site(console)
    finally:
        engine.dispose()


def sticks_out(page: Page) -> int:
    """By how many pixels something sticks out to the side."""
    return int(page.evaluate("document.documentElement.scrollWidth - innerWidth"))


def hold_time(page: Page) -> None:
    """From here on a page's time moves by `page.clock.run_for` alone; before it is opened its clock was set to 0, and it took less."""
    page.clock.pause_at(HELD_AT_S)
