"""The page of delivery: the sum of the states is who was targeted, and who was not reached is listed; addresses only on purpose."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import Engine, update

from streams.officers.roles import Role
from streams.store.audit import audit_rows
from streams.store.outbox import write_order
from tests.streams.console.conftest import axe, watched
from tests.streams.console.stepping import elsewhere

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.streams.console.stepping import Town
    from tests.streams.desk.town import Site


@pytest.fixture
def site(engine: Engine) -> Iterator[Site]:
    """An order for Quarter 0 is out: of three people one has it, one number is nobody's, one waits; that one lives in the basement."""
    from streams.store.people_schema import HOMES
    from tests.streams.desk.town import Site, signed_town
    from tests.streams.store.posts import begin, say
    from tests.streams.store.town import VAULT

    site = Site(engine, signed_town(), people=VAULT)
    site.flood(0.45)
    wang = site.person("wang")
    elsewhere(lambda: wang.sign(site.log.orders[0].identifier))
    write_order(engine, site.log.orders[-1])
    jobs = begin(engine, most=2)
    say(engine, jobs["Z0-0"], "delivered")
    say(engine, jobs["Z0-1"], "failed", "30005")
    with engine.begin() as connection:
        connection.execute(update(HOMES).where(HOMES.c.resident == "Z0-2").values(floor=-1, mobility="needs_help"))
    yield site
    site.desk.close()


@pytest.fixture
def town(site: Site) -> Iterator[Town]:
    from tests.streams.console.stepping import stepping

    with stepping(site) as town:
        yield town


def test_the_states_add_up_to_who_was_targeted(browser: Browser, town: Town) -> None:
    from playwright.sync_api import expect

    page = town.enter(browser, "li", "delivery")
    expect(page.locator("#all .big")).to_have_text("1 of 3 have a receipt; 1 have none yet, 1 failed.")
    cells = page.locator("#zones tbody tr").first.locator("td.number")
    expect(cells).to_have_text(["3", "1", "1", "1", "0"])
    bar = page.locator(".state-bar")
    expect(bar).to_have_attribute("aria-label", "delivered, with a receipt: 1, waits to be sent: 1, failed: 1")
    widths = bar.locator("span").evaluate_all("(parts) => parts.map((part) => part.getBoundingClientRect().width)")
    assert 3 == len(widths)
    assert max(widths) - min(widths) < 2, "a third each"
    expect(page.locator("#reasons")).to_contain_text("the number is nobody's")


def test_who_was_not_reached_is_listed_the_most_endangered_first_without_where_they_live(browser: Browser, town: Town) -> None:
    from playwright.sync_api import expect

    zhao = town.enter(browser, "zhao", "delivery", Role.VIEWER)
    heard = watched(zhao)
    zhao.locator("#zones tbody button").first.click()
    expect(zhao.locator("#unreached-title")).to_have_text("Not reached in Quarter 0: 2 people")
    rows = zhao.locator(".people tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("BASEMENT (-1)")
    expect(rows.first).to_contain_text("NEEDS HELP")
    expect(rows.last).to_contain_text("failed: the number is nobody's")
    expect(zhao.locator('[data-act="addresses"]')).to_have_count(0)
    expect(zhao.locator("#unreached")).to_contain_text("Addresses and numbers are for officers.")
    assert not any("addresses=true" in address for address in heard.asked)


def test_addresses_are_read_only_after_a_warning_and_that_stands_in_the_audit(browser: Browser, town: Town) -> None:
    from playwright.sync_api import expect

    from streams.store.not_reached import READ

    li = town.enter(browser, "li", "delivery?zone=Z0")
    li.locator('[data-act="addresses"]').click()
    expect(li.locator("dialog[open]")).to_contain_text("is written into the audit")
    li.keyboard.press("Enter")
    assert [] == [row for row in audit_rows(town.site.engine) if row.act == READ]
    li.locator("dialog[open] [data-confirm]").click()
    expect(li.locator(".people thead")).to_contain_text("Address")
    expect(li.locator(".people tbody tr")).to_have_count(2)
    assert [("li", "Z0", {"people": 2})] == [(row.actor, row.subject, row.facts) for row in audit_rows(town.site.engine) if row.act == READ]


def test_a_receipt_that_comes_changes_the_page_by_itself(browser: Browser, town: Town) -> None:
    from playwright.sync_api import expect

    from tests.streams.store.posts import begin, say

    page = town.enter(browser, "li", "delivery")
    expect(page.locator("#all .big")).to_contain_text("1 of 3")
    say(town.site.engine, begin(town.site.engine, seconds=3)["Z0-2"], "delivered", seconds=4)
    expect(page.locator("#all .big")).to_have_text("2 of 3 have a receipt; 0 have none yet, 1 failed.", timeout=15_000)


def test_the_list_that_is_printed_holds_the_people_and_nothing_else(browser: Browser, town: Town) -> None:
    from playwright.sync_api import expect

    page = town.enter(browser, "li", "delivery?zone=Z0")
    expect(page.locator(".people tbody tr")).to_have_count(2)
    page.emulate_media(media="print")
    expect(page.locator("#unreached-title")).to_be_visible()
    for name in ("#all", "#zones", ".top", "#unreached button"):
        expect(page.locator(name).first).to_be_hidden()


def test_nothing_known_is_not_told_as_everybody_reached(browser: Browser, engine: Engine) -> None:
    from playwright.sync_api import expect

    from tests.streams.console.stepping import stepping
    from tests.streams.desk.town import Site, signed_town

    empty = Site(engine, signed_town())
    try:
        with stepping(empty) as town:
            page = town.enter(browser, "li", "delivery")
            expect(page.locator("#all")).to_have_text("Nothing is known yet: this does not mean that everybody was reached.")
    finally:
        empty.desk.close()


@pytest.mark.parametrize(("language", "scheme", "width"), [("en", "light", 1440), ("zh", "dark", 320)])
def test_axe_finds_nothing_and_nothing_sticks_out(browser: Browser, town: Town, language: str, scheme: str, width: int) -> None:
    from playwright.sync_api import expect

    look: dict[str, Any] = {
        "locale": "zh-CN" if language == "zh" else "en-GB",
        "color_scheme": scheme,
        "viewport": {"width": width, "height": 900},
    }
    page = town.enter(browser, "li", "delivery?zone=Z0", **look)
    heard = watched(page)
    expect(page.locator(".people tbody tr")).to_have_count(2)
    expect(page.locator(".state-bar")).to_be_visible()
    assert width >= page.evaluate("document.documentElement.scrollWidth")
    assert [] == axe(page)
    assert [] == heard.complaints
