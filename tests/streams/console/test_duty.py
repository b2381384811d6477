"""The duty log in the browser: nobody having duty is loud, handing over shows what must be known, taking over moves the duty."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from streams.officers.roles import Role
from streams.store.duty import duty_now
from tests.streams.console.conftest import axe, watched

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.streams.console.stepping import Town


def take_over(page: Page) -> None:
    page.locator('[data-act="take-over"]').click()
    page.locator("#handing [data-confirm]").click()


def test_duty_is_handed_over_with_what_is_open_beside_it_and_moves_when_it_is_taken(browser: Browser, town: Town) -> None:
    from playwright.sync_api import expect

    li, wang = town.enter(browser, "li", "duty"), town.enter(browser, "wang", "duty")
    expect(li.locator("#holder")).to_contain_text("NOBODY HAS DUTY.")
    take_over(li)
    expect(li.locator("#holder")).to_contain_text("You have duty")
    expect(wang.locator("#holder")).to_contain_text("li has duty", timeout=15_000)
    li.locator('[data-act="hand-over"]').click()
    briefing = li.locator("#handing-briefing")
    for words in ("Orders that wait for a signature: 2", "Quarter 1", "Points from yellow on, or unknown: 2", "Not reached"):
        expect(briefing).to_contain_text(words)
    li.locator("#hand-text").fill("The pump at P1 is manned.\nCall them at 17:00.")
    li.locator("#handing [data-confirm]").click()
    expect(li.locator("#told")).to_contain_text("Announced: you have duty until somebody takes over.")
    assert "li" == duty_now(town.site.engine).officer
    expect(wang.locator("#holder blockquote")).to_have_text("The pump at P1 is manned.\nCall them at 17:00.", timeout=15_000)
    take_over(wang)
    expect(wang.locator("#holder")).to_contain_text("You have duty")
    assert "wang" == duty_now(town.site.engine).officer
    expect(wang.locator("#log .kind-take_over").first).to_contain_text("Has taken duty over.")
    expect(li.locator("#holder")).to_contain_text("wang has duty", timeout=15_000)


def test_taking_over_without_a_hand_over_is_said_before_and_after(browser: Browser, town: Town) -> None:
    from playwright.sync_api import expect

    li, wang = town.enter(browser, "li", "duty"), town.site.person("wang")
    take_over(li)
    expect(li.locator("#holder")).to_contain_text("You have duty")
    page = town.page(browser, wang, "duty")
    page.locator('[data-act="take-over"]').click()
    expect(page.locator("#handing-form .note")).to_contain_text("li has not handed over: that you take over without it is written")
    page.locator("#handing [data-confirm]").click()
    expect(page.locator("#log .kind-take_over").first).to_contain_text("WITHOUT A HAND-OVER")


def test_an_empty_hand_over_is_not_sent(browser: Browser, town: Town) -> None:
    from playwright.sync_api import expect

    li = town.enter(browser, "li", "duty")
    take_over(li)
    li.locator('[data-act="hand-over"]').click()
    li.locator("#handing [data-confirm]").click()
    expect(li.locator("#handing .fault")).to_have_text("Write what is to be known.")
    assert None is duty_now(town.site.engine).announced


def test_a_note_stands_in_everybodys_log_with_what_it_is_about(browser: Browser, town: Town) -> None:
    from playwright.sync_api import expect

    chen, zhao = town.enter(browser, "chen", "duty", Role.FORECASTER), town.enter(browser, "zhao", "duty", Role.VIEWER)
    chen.locator("#note-text").fill("Water at the kerb.\n<b>No more.</b>")
    chen.locator("#note-refers").fill("P1")
    chen.locator("#note-save").click()
    expect(chen.locator("#told")).to_contain_text("Written into the log.")
    entry = zhao.locator("#log .kind-note").first
    expect(entry).to_contain_text("Water at the kerb.\n<b>No more.</b>", timeout=15_000)
    expect(entry.locator("a")).to_have_attribute("href", "/console/point/P1")
    expect(entry.locator("a")).to_have_text("Corner 1")


def test_a_note_about_nothing_known_is_refused_and_not_lost(browser: Browser, town: Town) -> None:
    from playwright.sync_api import expect

    li = town.enter(browser, "li", "duty")
    li.locator("#note-text").fill("a long text")
    li.locator("#note-refers").fill("P99")
    li.locator("#note-save").click()
    expect(li.locator("#note-wrong")).to_contain_text("P99")
    expect(li.locator("#note-text")).to_have_value("a long text")


def test_what_happened_by_itself_stands_among_the_notes_and_can_be_left_out(browser: Browser, town: Town) -> None:
    from playwright.sync_api import expect

    li = town.enter(browser, "li", "duty")
    expect(li.locator("#log .kind-level").first).to_contain_text("Red (4), measured: Corner 1")
    li.locator("#only-people").check()
    expect(li.locator("#log li")).to_have_count(0)
    expect(li.locator("#log-empty")).to_be_visible()


def test_a_viewer_reads_and_writes_nothing(browser: Browser, town: Town) -> None:
    from playwright.sync_api import expect

    zhao = town.enter(browser, "zhao", "duty", Role.VIEWER)
    expect(zhao.locator("#log li").first).to_be_visible()
    expect(zhao.locator("#note")).to_be_hidden()
    expect(zhao.locator("[data-act]")).to_have_count(0)


@pytest.mark.parametrize(("language", "scheme", "width"), [("en", "light", 1440), ("zh", "dark", 320)])
def test_axe_finds_nothing_and_nothing_sticks_out(browser: Browser, town: Town, language: str, scheme: str, width: int) -> None:
    from playwright.sync_api import expect

    look: dict[str, Any] = {
        "locale": "zh-CN" if language == "zh" else "en-GB",
        "color_scheme": scheme,
        "viewport": {"width": width, "height": 900},
    }
    page = town.enter(browser, "li", "duty", **look)
    heard = watched(page)
    page.locator('[data-act="take-over"]').click()
    expect(page.locator("#handing-briefing section").first).to_be_visible()
    expect(page.locator("#log li").first).to_be_visible()
    assert width >= page.evaluate("document.documentElement.scrollWidth")
    assert [] == axe(page)
    assert [] == heard.complaints
