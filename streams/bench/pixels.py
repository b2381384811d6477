"""A page in a real browser that notes when a text is on the screen."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from playwright.sync_api import Page

CHROMIUM = "/usr/bin/chromium"
FLAGS = ("--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader")

_WATCH = """() => {
  const wanted = new Map(), seen = new Map();
  window.lowpointPixels = {
    want: (selector, text) => wanted.set(selector, text),
    seen: (selector) => seen.get(selector) ?? null,
  };
  let found = [];
  const frame = () => {
    // what stood in the page when the last frame began has been painted now
    for (const selector of found) seen.set(selector, performance.timeOrigin + performance.now());
    const there = ([selector, text]) => document.querySelector(selector)?.textContent.includes(text);
    found = [...wanted].filter(there).map(([selector]) => selector);
    for (const selector of found) wanted.delete(selector);
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}"""


class Pixels:
    """Watches a page."""

    def __init__(self, page: Page):
        self._page = page
        page.evaluate(_WATCH)

    def want(self, selector: str, text: str) -> None:
        """Look from now on, in every frame, whether what the selector finds holds the text."""
        self._page.evaluate("([selector, text]) => window.lowpointPixels.want(selector, text)", [selector, text])

    def seen_us(self, selector: str) -> int | None:
        """When it was on the screen, by the wall clock; None where it was not yet."""
        found = self._page.evaluate("(selector) => window.lowpointPixels.seen(selector)", selector)
        return None if found is None else round(found * 1000)


def has_browser() -> bool:
    """Whether there is a Chromium to watch with."""
    return os.access(CHROMIUM, os.X_OK)


@contextmanager
def watched(address: str, cookies: dict[str, str], ready: str) -> Iterator[Pixels]:
    """A page in a browser of its own, as soon as what the selector `ready` finds is there."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        try:
            context = browser.new_context(viewport={"width": 1600, "height": 1000}, locale="en-GB")
            host = urlsplit(address).hostname or ""
            context.add_cookies([{"name": name, "value": value, "domain": host, "path": "/"} for name, value in cookies.items()])
            page = context.new_page()
            page.goto(address)
            page.locator(ready).wait_for(state="attached")
            yield Pixels(page)
        finally:
            browser.close()
