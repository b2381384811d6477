"""Everything by keyboard alone: from what waits to a second signature, and from the list to a low point. No mouse is touched."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from streams.store.engine import open_store
from tests.streams.console.stepping import Town, stepping

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page

MOST_TABS = 80


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    from tests.streams.desk.town import Site, signed_town

    engine = open_store(f"sqlite:///{tmp_path / 'store.db'}")
    site = Site(engine, signed_town())
    site.flood(0.45, 0.7)
    with stepping(site) as there:
        yield there
    site.desk.close()
    engine.dispose()


def tab_to(page: Page, wanted: str) -> None:
    """Press Tab until what is wanted has the focus, which must be in sight each time."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("(wanted) => document.activeElement?.matches(wanted) ?? false", wanted):
            box = page.evaluate("(() => { const at = document.activeElement.getBoundingClientRect(); return [at.width, at.height]; })()")
            assert min(box) > 0, f"{wanted} has the focus and cannot be seen"
            return
    raise AssertionError(f"{wanted} is not reached by {MOST_TABS} tabs")


def press(page: Page, wanted: str, key: str = "Enter") -> None:
    page.locator(wanted).first.wait_for()
    tab_to(page, wanted)
    page.keyboard.press(key)


def sign(page: Page, until: Callable[[], None]) -> None:
    press(page, "#waits")
    press(page, "#chosen [data-act='sign']")
    press(page, "dialog #dialog-check", "Space")
    press(page, "dialog [data-confirm]")
    until()


def test_two_officers_sign_an_evacuation_without_a_mouse(town: Town, browser: Browser) -> None:
    from playwright.sync_api import expect

    red = next(order.identifier for order in town.site.log.orders if order.level == 4)
    li = town.enter(browser, "li", "")
    sign(li, lambda: expect(li.locator("#outcome")).to_contain_text("counted"))
    assert "draft" == town.site.state_of(red)
    wang = town.enter(browser, "wang", "")
    sign(wang, lambda: expect(wang.locator("#outcome")).to_contain_text("done"))
    assert "released" == town.site.state_of(red)


def test_the_worst_point_is_reached_from_the_list(town: Town, browser: Browser) -> None:
    from playwright.sync_api import expect

    li = town.enter(browser, "li", "")
    press(li, "#needs a[href^='/console/point/']")
    expect(li.locator("main h1")).to_be_visible()


def test_escape_leaves_a_dialog_and_signs_nothing(town: Town, browser: Browser) -> None:
    from playwright.sync_api import expect

    li = town.enter(browser, "li", "orders")
    press(li, "#chosen [data-act='sign']")
    expect(li.locator("dialog")).to_be_visible()
    li.keyboard.press("Escape")
    expect(li.locator("dialog")).to_have_count(0)
    assert {"draft"} == {order.state for order in town.site.log.orders}
