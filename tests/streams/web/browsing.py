"""A real browser, and what checks a page in it for people who see, hear or move otherwise."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from streams.settings import Settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = "/usr/bin/chromium"


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser of this machine."""
    if not os.access(CHROMIUM, os.X_OK):
        pytest.skip(f"no browser at {CHROMIUM}: apt-get install chromium fonts-noto-cjk")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


def axe(page: Page) -> list[str]:
    """What axe-core finds wrong: rule and place; skipped where it is not installed."""
    script = Settings().home / "node" / "node_modules" / "axe-core" / "axe.min.js"
    if not script.is_file():
        pytest.skip("axe-core is not there: ./lowpoint setup --tests")
    page.evaluate(script.read_text("utf-8"))
    found = page.evaluate("axe.run(document).then((told) => told.violations.map((rule) => [rule.id, rule.nodes.map((node) => node.html)]))")
    return [f"{rule}: {html[:200]}" for rule, places in found for html in places]
