"""The page of orders: two officers sign what they have read, nothing goes out unread or by accident, count and area are named."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import Engine

from streams.officers.roles import Role
from streams.store.endings import asked_to_end
from tests.streams.console.conftest import axe, watched
from tests.streams.console.stepping import elsewhere
from tests.streams.towns import depths

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page, Route

    from tests.streams.console.stepping import Town
    from tests.streams.desk.town import Site

EVACUATE = "Sign: evacuate 2 people of Quarter 1 (signature {n} of 2)"


def drafts(site: Site) -> dict[str, str]:
    """The newest order of each zone."""
    return {order.zones[0]: order.identifier for order in site.log.orders}


def sign_button(page: Page) -> Locator:
    return page.locator('[data-act="sign"]')


def confirm(page: Page) -> Locator:
    return page.locator("dialog[open] [data-confirm]")


def open_to_sign(page: Page) -> None:
    from playwright.sync_api import expect

    sign_button(page).click()
    expect(confirm(page)).to_be_disabled()
    page.locator("#dialog-check").check()
    expect(confirm(page)).to_be_enabled()


def decisions(site: Site) -> int:
    """How many decisions were written into the log."""
    return len(site.log.taken)


def test_two_officers_in_two_browsers_sign_an_evacuation(browser: Browser, town: Town) -> None:
    from playwright.sync_api import expect

    red = drafts(town.site)["Z1"]
    li, wang = town.enter(browser, "li", "orders"), town.enter(browser, "wang", "orders")
    expect(sign_button(li)).to_have_text(EVACUATE.format(n=1))
    open_to_sign(li)
    dialog = li.locator("dialog[open]")
    texts = next(order.texts for order in town.site.log.orders if order.identifier == red)
    for words in ("Red (4): 2 people in Quarter 1", "after yours, 1 more officer must sign", texts["zh"], texts["en"]):
        expect(dialog).to_contain_text(words)
    confirm(li).click()
    expect(li.locator('#outcome [data-outcome="counted"]')).to_contain_text("1 more officer must sign")
    expect(li.locator("#why-not")).to_contain_text("Another officer must sign too")
    assert "draft" == town.site.state_of(red)
    expect(sign_button(wang)).to_have_text(EVACUATE.format(n=2))
    open_to_sign(wang)
    expect(wang.locator("dialog[open]")).to_contain_text("This is the last signature: the order goes out at once.")
    confirm(wang).click()
    expect(wang.locator('#outcome [data-outcome="done"]')).to_contain_text("It is released")
    assert "released" == town.site.state_of(red)
    expect(li.locator(".head-state")).to_contain_text("signed by li and wang")


def test_a_draft_that_changes_while_it_is_read_cannot_be_signed(browser: Browser, town: Town) -> None:
    from playwright.sync_api import expect

    red = drafts(town.site)["Z1"]
    chen = town.site.person("chen", Role.FORECASTER)
    li = town.enter(browser, "li", "orders")
    open_to_sign(li)
    before = decisions(town.site)
    told = "Town: go to the school on the hill now."
    elsewhere(lambda: chen.act("edit", orders=[{"identifier": red, "texts": {"en": told}}]))
    expect(li.locator("dialog")).to_have_count(0)
    expect(li.locator("#outcome")).to_contain_text("Quarter 1: the order changed while you read it. Nothing was signed")
    expect(li.locator(".changed")).to_contain_text("This order has changed while it was shown")
    expect(li.locator(".part-texts blockquote").last).to_have_text(told)
    assert (before + 1, "draft", ()) == (decisions(town.site), town.site.state_of(red), town.site.log.orders[-1].signed_by)


def test_a_text_that_changes_on_the_way_is_refused_and_the_new_one_is_shown(browser: Browser, town: Town) -> None:
    from playwright.sync_api import expect

    red = drafts(town.site)["Z1"]
    chen = town.site.person("chen", Role.FORECASTER)
    li = town.enter(browser, "li", "orders")

    def edit_first(route: Route) -> None:
        elsewhere(lambda: chen.act("edit", orders=[{"identifier": red, "texts": {"en": "Town: another text."}}]))
        route.continue_()

    li.route("**/api/acts?*", edit_first)
    open_to_sign(li)
    confirm(li).click()
    expect(li.locator('#outcome [data-outcome="refused"]')).to_contain_text("no longer the one that you read")
    expect(li.locator(".part-texts blockquote").last).to_have_text("Town: another text.")
    assert () == town.site.log.orders[-1].signed_by


def test_a_double_click_signs_once_and_enter_signs_nothing(browser: Browser, town: Town) -> None:
    from playwright.sync_api import expect

    li = town.enter(browser, "li", "orders")
    heard = watched(li)
    sign_button(li).click()
    li.keyboard.press("Enter")
    li.locator("#dialog-check").focus()
    li.keyboard.press("Space")
    li.keyboard.press("Enter")
    expect(confirm(li)).to_be_enabled()
    assert 0 == decisions(town.site)
    confirm(li).dblclick()
    expect(li.locator('#outcome [data-outcome="counted"]')).to_be_visible()
    assert (1, 1) == (decisions(town.site), sum("/api/acts?" in address for address in heard.asked))


def test_what_never_came_there_is_sent_again_under_the_same_id(browser: Browser, town: Town) -> None:
    from playwright.sync_api import expect

    li = town.enter(browser, "li", "orders")
    tries: list[str] = []

    def lose_the_first(route: Route) -> None:
        tries.append(route.request.post_data or "")
        if len(tries) > 1:
            route.continue_()
        else:
            route.abort()

    li.route("**/api/acts?*", lose_the_first)
    open_to_sign(li)
    confirm(li).click()
    expect(li.locator("dialog[open] .fault")).to_contain_text("The server cannot be reached")
    confirm(li).click()
    expect(li.locator('#outcome [data-outcome="counted"]')).to_be_visible()
    assert (2, 1, 1) == (len(tries), len(set(tries)), decisions(town.site))


def test_an_answer_that_is_lost_is_asked_for_when_the_order_changes(browser: Browser, town: Town) -> None:
    from playwright.sync_api import expect

    li = town.enter(browser, "li", "orders")

    def lose_the_answer(route: Route) -> None:
        route.fetch()
        route.abort()

    li.route("**/api/acts?*", lose_the_answer)
    open_to_sign(li)
    confirm(li).click()
    expect(li.locator('#outcome [data-outcome="counted"]')).to_be_visible()
    expect(li.locator("dialog")).to_have_count(0)
    assert 1 == decisions(town.site)


def test_several_orders_are_signed_at_once_with_the_sum_of_their_people(browser: Browser, town: Town) -> None:
    from playwright.sync_api import expect

    li = town.enter(browser, "li", "orders")
    for number in (0, 1):
        li.locator(".tick").nth(number).check()
    li.locator('[data-act="sign-many"]').click()
    words = "Sign 2 orders: 5 people in Quarter 1, Quarter 0"
    expect(li.locator("#dialog-title")).to_have_text(words)
    expect(confirm(li)).to_have_text(words)
    li.locator("#dialog-check").check()
    confirm(li).click()
    expect(li.locator("#outcome [data-outcome]")).to_have_count(2)
    found = drafts(town.site)
    assert ("released", "draft") == (town.site.state_of(found["Z0"]), town.site.state_of(found["Z1"]))
    assert [("li",), ("li",)] == [order.signed_by for order in town.site.log.orders[-2:]]


def test_a_viewer_sees_all_and_no_act(browser: Browser, town: Town) -> None:
    from playwright.sync_api import expect

    zhao = town.enter(browser, "zhao", "orders", Role.VIEWER)
    expect(zhao.locator("#why-not")).to_contain_text("You are here as viewer: an officer signs.")
    expect(zhao.locator(".part-texts blockquote")).to_have_count(2)
    expect(zhao.locator(".part-danger")).to_contain_text("People in the zone")
    expect(zhao.locator("[data-act]")).to_have_count(0)
    expect(zhao.locator(".tick:visible")).to_have_count(0)
    expect(zhao.locator("#raise-any")).to_be_hidden()


@pytest.mark.parametrize(
    ("act", "words"),
    [
        ("reject", "Reject: 2 people of Quarter 1 are not told"),
        ("sign", EVACUATE.format(n=1)),
    ],
)
def test_nothing_is_decided_without_naming_count_and_area(browser: Browser, town: Town, act: str, words: str) -> None:
    from playwright.sync_api import expect

    li = town.enter(browser, "li", "orders")
    li.locator(f'[data-act="{act}"]').click()
    expect(confirm(li)).to_have_text(words)
    expect(confirm(li)).to_be_disabled()
    li.keyboard.press("Escape")
    expect(li.locator("dialog")).to_have_count(0)
    assert 0 == decisions(town.site)


def test_a_draft_is_rejected_with_a_reason(browser: Browser, town: Town) -> None:
    from playwright.sync_api import expect

    li = town.enter(browser, "li", "orders")
    li.locator('[data-act="reject"]').click()
    li.locator("#reason").fill("the camera shows a dry road")
    confirm(li).click()
    expect(li.locator("#outcome")).to_contain_text("Rejected by li: the camera shows a dry road")
    assert "rejected" == town.site.state_of(drafts(town.site)["Z1"])


def test_an_edit_shows_its_segments_before_it_is_saved_and_voids_signatures(browser: Browser, town: Town) -> None:
    from playwright.sync_api import expect

    red = drafts(town.site)["Z1"]
    wang = town.site.person("wang")
    elsewhere(lambda: wang.sign(red))
    chen = town.enter(browser, "chen", "orders", Role.FORECASTER)
    chen.locator('[data-act="edit"]').click()
    expect(chen.locator("dialog[open]")).to_contain_text("1 signature by wang becomes void")
    expect(confirm(chen)).to_be_disabled()
    chen.locator("#text-en").fill("Town: " + "go to the hill. " * 15)
    expect(chen.locator(".edit-text", has=chen.locator("#text-en"))).to_contain_text("segments: 2")
    confirm(chen).click()
    expect(chen.locator('#outcome [data-outcome="done"]')).to_contain_text("every signature is asked for anew")
    assert () == town.site.log.orders[-1].signed_by


def test_who_signs_while_a_text_is_edited_is_named_before_it_is_saved(browser: Browser, town: Town) -> None:
    from playwright.sync_api import expect

    wang = town.site.person("wang")
    chen = town.enter(browser, "chen", "orders", Role.FORECASTER)
    chen.locator('[data-act="edit"]').click()
    expect(chen.locator("dialog[open]")).to_contain_text("Who signs after you reads the new text.")
    elsewhere(lambda: wang.sign(drafts(town.site)["Z1"]))
    chen.locator("#text-en").fill("Town: go to the hill.")
    expect(chen.locator("dialog[open]")).to_contain_text("1 signature by wang becomes void")


def test_an_order_that_was_an_error_is_corrected_by_two_who_read_the_correction(browser: Browser, town: Town) -> None:
    from playwright.sync_api import expect

    orange = drafts(town.site)["Z0"]
    wang = town.site.person("wang")
    elsewhere(lambda: wang.sign(orange))
    li = town.enter(browser, "li", f"orders#{orange}")
    li.locator('[data-act="correct"]').click()
    expect(li.locator("#dialog-title")).to_contain_text("people of Quarter 0 that the warning was an error (officer 1 of 2)")
    expect(li.locator("dialog[open] blockquote").last).to_contain_text("Town")
    li.locator("#reason").fill("a stuck sensor")
    li.locator("#dialog-check").check()
    confirm(li).click()
    expect(li.locator('#outcome [data-outcome="counted"]')).to_be_visible()
    expect(li.locator('[data-act="correct"]')).to_contain_text("1 of 2, by li")
    assert ("correct", ("li",)) == asked_to_end(town.site.engine, orange)
    elsewhere(lambda: wang.act("correct", orders=[{"identifier": orange}], reason="a stuck sensor"))
    expect(li.locator(".pick-zone")).to_have_text(["Quarter 1"])


def test_what_changed_since_people_were_told_is_shown_word_by_word(browser: Browser, town: Town) -> None:
    from playwright.sync_api import expect

    site = town.site
    wang = site.person("wang")
    elsewhere(lambda: wang.sign(drafts(site)["Z0"]))
    site.log.hear(depths("S0", [0.7, 0.7], start_s=181), until_s=260)
    li = town.enter(browser, "li", f"orders#{drafts(site)['Z0']}")
    expect(li.locator(".part-changes")).to_contain_text("Against version 1, which went out at")
    expect(li.locator(".part-changes del")).to_have_text("before: Orange (3)")
    expect(li.locator(".part-changes ins")).to_have_text("now: Red (4)")
    expect(li.locator(".difference").last.locator("del").first).to_contain_text("removed:")
    expect(li.locator(".difference").last.locator("ins").first).to_contain_text("added:")


def test_a_zone_is_raised_by_hand_and_its_draft_waits(browser: Browser, town: Town) -> None:
    from playwright.sync_api import expect

    li = town.enter(browser, "li", "orders")
    li.locator("#raise-any").click()
    li.locator("#zone").select_option("Z0")
    li.locator("#reason").fill("a call from the pump station")
    confirm(li).click()
    expect(li.locator('#outcome [data-outcome="done"]')).to_be_visible()
    expect(li.locator(".pick-level")).to_have_text(["Red (4)", "Red (4)"])


def test_the_list_goes_by_arrow_keys_and_shows_what_is_chosen(browser: Browser, town: Town) -> None:
    from playwright.sync_api import expect

    li = town.enter(browser, "li", "orders")
    expect(li.locator("#chosen-title")).to_contain_text("Quarter 1")
    li.locator(".pick").first.focus()
    li.keyboard.press("ArrowDown")
    expect(li.locator("#chosen-title")).to_contain_text("Quarter 0")
    expect(li.locator(".pick").nth(1)).to_be_focused()
    expect(li.locator(".pick").nth(1)).to_have_attribute("aria-current", "true")
    li.keyboard.press("ArrowUp")
    expect(li.locator("#chosen-title")).to_contain_text("Quarter 1")


def test_nothing_known_is_not_told_as_nothing_waits(browser: Browser, engine: Engine) -> None:
    from playwright.sync_api import expect

    from tests.streams.console.stepping import stepping
    from tests.streams.desk.town import Site, signed_town

    empty = Site(engine, signed_town())
    try:
        with stepping(empty) as town:
            page = town.enter(browser, "li", "orders")
            expect(page.locator("#summary")).to_have_text("Nothing is known yet: this does not mean that nothing waits.")
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
    page = town.enter(browser, "li", "orders", **look)
    heard = watched(page)
    expect(page.locator(".part-danger figure")).to_be_visible()
    assert width >= page.evaluate("document.documentElement.scrollWidth")
    assert [] == axe(page)
    sign_button(page).click()
    expect(page.locator("dialog[open]")).to_be_visible()
    assert [] == axe(page)
    assert [] == heard.complaints
