"""Citizens' reports in the browser: what waits is told with its reasons, what follows is said before it is done, the keyboard is enough."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import Engine

from streams.officers.roles import Role
from tests.streams.console.conftest import axe, watched
from tests.streams.reports.kept import keep, public_pictures, states
from tests.streams.reports.triage.made import likeness

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

    from tests.streams.console.stepping import Town
    from tests.streams.desk.town import Site


def drawn(shade: int) -> bytes:
    """A picture of something like water under a bridge."""
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (640, 480), (90 + shade, 120, 140))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 300 - 2 * shade, 640, 480), fill=(110, 95, 70))
    draw.rectangle((80, 80, 140, 400), fill=(60, 60, 60))
    out = io.BytesIO()
    image.save(out, "JPEG")
    return out.getvalue()


@pytest.fixture
def site(engine: Engine, tmp_path: Path) -> Iterator[Site]:
    from streams.pictures.shelf import Shelf
    from tests.streams.desk.test_reports import owned, report
    from tests.streams.desk.town import Site, signed_town

    shelf = Shelf(tmp_path / "pictures")
    names = [shelf.put(drawn(10 * n)) for n in range(4)]
    site = Site(engine, owned(signed_town()), pictures=shelf)
    site.flood(0.2, 0.0)
    keep(
        engine,
        *[report(n, picture=names[n], words="Cars turn round at the bridge" if n == 1 else "") for n in range(3)],
        report(3, device="device0", picture=names[0], likeness=likeness(0)),
        report(4, group_id="r4", low_point="P1", lat=34.709, depth="bonnet", picture=None, likeness=None),
        report(5, group_id="r5", low_point=None, lat=34.73, picture=None, likeness=None),
        report(6, group_id="r6", training=True, picture=names[3]),
    )
    yield site
    site.desk.close()


def card(page: Page, group: str) -> Locator:
    return page.locator(f'#groups > li[data-key="{group}"]')


def press(page: Page, group: str, act: str) -> None:
    card(page, group).locator(f'[data-act="{act}"]').click()


def test_what_waits_stands_worth_most_first_with_its_reasons_and_what_would_follow(browser: Browser, town: Town) -> None:
    from playwright.sync_api import expect

    page = town.enter(browser, "li", "reports")
    expect(page.locator("#groups-title")).to_have_text("What waits: 3 groups")
    expect(page.locator("#groups > li h3").first).to_have_text("Corner 0")
    first = card(page, "r0")
    expect(first).to_contain_text("Reports: 4, sources: 3")
    expect(first).to_contain_text("0.48 m")
    expect(first.locator(".for")).to_contain_text("3 sources that have nothing to do with each other")
    expect(first.locator(".effect")).to_contain_text("Accepting raises the level to Orange (3), basis: report")
    expect(card(page, "r4").locator(".against")).to_contain_text("its own stations say that it is dry")
    expect(card(page, "r5").locator("h3")).to_contain_text("m from Corner 1")
    expect(page.locator("#reports-waiting")).to_have_text("3", timeout=15_000)


def test_accepting_names_depth_point_and_effect_and_makes_the_observations(browser: Browser, town: Town) -> None:
    from playwright.sync_api import expect

    from streams.store.reports_readings import unsent

    page = town.enter(browser, "li", "reports")
    press(page, "r0", "accept")
    dialog = page.locator("dialog")
    expect(dialog.locator("h2")).to_have_text("Accept as water at Corner 0")
    expect(dialog.locator("#accept-effect")).to_contain_text("Orange (3)")
    dialog.locator("#accept-depth").fill("0.30")
    expect(dialog.locator("#accept-effect")).to_contain_text("Yellow (2), basis: report")
    dialog.locator("#accept-depth").fill("9")
    expect(dialog.locator("[data-confirm]")).to_be_disabled()
    dialog.locator("#accept-depth").fill("0.3")
    dialog.locator("[data-confirm]").click()
    expect(page.locator("#told")).to_have_text("Accepted. Observations on their way: 3.")
    expect(card(page, "r0")).to_have_count(0)
    assert 3 == len(unsent(town.site.engine, 9))
    assert set() == public_pictures(town.site.engine)
    page.locator("#filter-state").select_option("decided")
    expect(card(page, "r0")).to_contain_text("accepted")


def test_no_level_is_promised_of_a_report_that_is_away_from_the_point(browser: Browser, town: Town) -> None:
    """Its group has one at the point too, of water that was seen too long ago: what the other saw counts for none of its minutes."""
    from playwright.sync_api import expect

    from streams.city.near import M_PER_DEG
    from streams.observation.moments import MINUTE_US
    from tests.streams.desk.test_reports import NOW_US, report

    keep(
        town.site.engine,
        report(40, group_id="r40", low_point="P1", lat=34.709, observed_us=NOW_US - 31 * MINUTE_US),
        report(41, group_id="r40", low_point=None, lat=34.7 + 1000 / 111_320 + 200 / M_PER_DEG),
    )
    page = town.enter(browser, "li", "reports")
    press(page, "r40", "accept")
    expect(page.locator("#accept-effect")).to_contain_text("the water was seen over 30 min ago")
    page.keyboard.press("Escape")
    card(page, "r40").locator("summary").click()
    card(page, "r40").locator('input[data-report="r41"]').check()
    press(page, "r40", "accept")
    expect(page.locator("#accept-effect")).to_contain_text("over 150 m from the low point")
    page.locator("dialog [data-confirm]").click()
    expect(page.locator("#told")).to_have_text("Accepted as ground truth: no level follows from it.")


def test_the_public_sees_the_pictures_only_where_that_is_ticked(browser: Browser, town: Town) -> None:
    from playwright.sync_api import expect

    page = town.enter(browser, "li", "reports")
    press(page, "r0", "accept")
    expect(page.locator("#accept-shows")).not_to_be_checked()
    page.locator("#accept-shows").check()
    expect(page.locator("dialog .thumb")).to_have_count(3)
    from tests.streams.desk.test_reports import report

    keep(town.site.engine, report(30))  # it comes while the dialog is open
    page.locator("dialog [data-confirm]").click()
    expect(page.locator("#told")).to_contain_text("Accepted")
    assert 3 == len(public_pictures(town.site.engine))
    assert "new" == states(town.site.engine)["r30"]


def test_what_was_accepted_is_taken_back(browser: Browser, town: Town) -> None:
    from playwright.sync_api import expect

    page = town.enter(browser, "li", "reports")
    press(page, "r0", "accept")
    page.locator("#accept-shows").check()
    page.locator("dialog [data-confirm]").click()
    expect(card(page, "r0")).to_have_count(0)
    page.locator("#filter-state").select_option("decided")
    press(page, "r0", "back")
    page.locator("#hide-reason").fill("a face")
    page.locator("dialog [data-confirm]").click()
    expect(page.locator("#told")).to_have_text("Taken back: 4 reports.")
    assert set() == public_pictures(town.site.engine)
    expect(card(page, "r0")).to_contain_text("hidden")


def test_by_keyboard_alone_a_report_of_a_group_is_hidden_and_the_rest_stays(browser: Browser, town: Town) -> None:
    from playwright.sync_api import expect

    page = town.enter(browser, "li", "reports")
    card(page, "r0").locator("summary").focus()
    page.keyboard.press("Enter")
    box = card(page, "r0").locator('input[data-report="r3"]')
    expect(box).to_be_visible()
    box.focus()
    page.keyboard.press("Space")
    card(page, "r0").locator('[data-act="hide"]').focus()
    page.keyboard.press("Enter")
    expect(page.locator("dialog h2")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.type("the same picture again")
    page.locator("dialog [data-confirm]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#told")).to_have_text("Hidden: 1 reports.")
    found = states(town.site.engine)
    assert ("hidden", "new") == (found["r3"], found["r0"])
    expect(card(page, "r0")).to_contain_text("Reports: 4, sources: 3")


def test_a_report_that_comes_while_the_reason_is_written_is_not_hidden(browser: Browser, town: Town) -> None:
    from playwright.sync_api import expect

    from tests.streams.desk.test_reports import report

    page = town.enter(browser, "li", "reports")
    press(page, "r0", "hide")
    keep(town.site.engine, report(30))
    page.locator("#hide-reason").fill("dry there")
    page.locator("dialog [data-confirm]").click()
    expect(page.locator("#told")).to_have_text("Hidden: 4 reports.")
    found = states(town.site.engine)
    assert ("hidden", "new") == (found["r0"], found["r30"])


def test_what_was_seen_too_long_ago_promises_nothing_and_what_is_ticked_is_what_is_promised(browser: Browser, town: Town) -> None:
    from playwright.sync_api import expect

    from streams.observation.moments import MINUTE_US
    from tests.streams.desk.test_reports import NOW_US, report

    old = {"group_id": "r50", "low_point": "P1", "lat": 34.709, "picture": None, "likeness": None}
    keep(town.site.engine, report(50, **old, observed_us=NOW_US - 31 * MINUTE_US), report(51, **old, observed_us=NOW_US - 20 * MINUTE_US))
    page = town.enter(browser, "li", "reports")
    expect(card(page, "r50").locator(".effect")).to_contain_text("for 10 min.")
    card(page, "r50").locator("summary").click()
    card(page, "r50").locator('input[data-report="r50"]').check()
    press(page, "r50", "accept")
    expect(page.locator("#accept-effect")).to_contain_text("the water was seen over 30 min ago")
    page.locator("dialog [data-confirm]").click()
    expect(page.locator("#told")).to_have_text("Accepted as ground truth: no level follows from it.")


def test_groups_are_merged_and_writers_asked(browser: Browser, town: Town) -> None:
    from playwright.sync_api import expect

    page = town.enter(browser, "chen", "reports", Role.FORECASTER)
    press(page, "r4", "merge")
    page.locator("#merge-into").select_option("r5")
    page.locator("dialog [data-confirm]").click()
    expect(page.locator("#told")).to_have_text("Merged: 1 reports.")
    expect(card(page, "r4")).to_have_count(0)
    press(page, "r0", "ask")
    page.locator("#ask-question").fill("Which lane?")
    page.locator("dialog [data-confirm]").click()
    expect(page.locator("#told")).to_have_text("Asked: 4 reports.")
    card(page, "r0").locator("summary").click()
    expect(card(page, "r0").locator(".history")).to_contain_text("chen: asked back")
    expect(card(page, "r0").locator(".reports")).to_contain_text("the same picture as report 1")


def test_pictures_open_large_and_page_by_keys(browser: Browser, town: Town) -> None:
    from playwright.sync_api import expect

    page = town.enter(browser, "li", "reports")
    card(page, "r0").locator(".summary .thumb").first.click()
    dialog = page.locator("dialog.pictures-dialog")
    expect(dialog.locator("[role=status]")).to_have_text("Picture 1 of 3")
    assert page.evaluate("document.querySelector('.large img').decode().then(() => true)")
    page.keyboard.press("ArrowRight")
    expect(dialog.locator("[role=status]")).to_have_text("Picture 2 of 3")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


def test_an_exercise_is_apart_and_raises_nothing(browser: Browser, town: Town) -> None:
    from playwright.sync_api import expect

    page = town.enter(browser, "li", "reports")
    expect(card(page, "r6")).to_have_count(0)
    page.locator("#filter-training").check()
    expect(card(page, "r6")).to_contain_text("EXERCISE")
    expect(card(page, "r6").locator(".effect")).to_have_text("Accepting raises no level: these reports are of an exercise.")


def test_a_viewer_sees_and_decides_nothing(browser: Browser, town: Town) -> None:
    from playwright.sync_api import expect

    page = town.enter(browser, "zhao", "reports", Role.VIEWER)
    expect(card(page, "r0")).to_be_visible()
    expect(page.locator("[data-act]")).to_have_count(0)
    expect(page.locator("#weighs-not")).to_be_visible()


def test_a_missing_low_point_is_proposed_with_geojson_to_copy(browser: Browser, town: Town) -> None:
    from playwright.sync_api import expect

    from tests.streams.desk.test_reports import report

    keep(town.site.engine, *[report(20 + n, group_id="r5", low_point=None, lat=34.73) for n in range(3)])
    page = town.enter(browser, "li", "reports")
    page.locator("#coverage-ask").click()
    expect(page.locator("#coverage tbody tr")).to_have_count(1)
    expect(page.locator("#coverage")).to_contain_text("4 reports of 4 sources")
    assert '"FeatureCollection"' in page.locator("#coverage textarea").input_value()


def test_photos_of_a_point_stand_on_its_page_with_their_state(browser: Browser, town: Town) -> None:
    from playwright.sync_api import expect

    page = town.enter(browser, "li", "point/P0")
    expect(page.locator("#pictures li")).to_have_count(3)
    expect(page.locator("#pictures li").first).to_contain_text("waits")
    page.locator("#pictures .thumb").first.click()
    expect(page.locator("dialog.pictures-dialog")).to_be_visible()


def test_a_point_with_reports_that_wait_says_so_in_the_situation(browser: Browser, town: Town) -> None:
    from playwright.sync_api import expect

    page = town.enter(browser, "li", "")
    expect(page.locator("#needs")).to_contain_text("Reports of citizens wait: 4", timeout=15_000)


@pytest.mark.parametrize(("language", "scheme", "width"), [("en", "light", 1440), ("zh", "dark", 320), ("en", "dark", 320)])
def test_axe_finds_nothing_and_nothing_sticks_out(browser: Browser, town: Town, language: str, scheme: str, width: int) -> None:
    from playwright.sync_api import expect

    look: dict[str, Any] = {
        "locale": "zh-CN" if language == "zh" else "en-GB",
        "color_scheme": scheme,
        "viewport": {"width": width, "height": 900},
    }
    page = town.enter(browser, "li", "reports", **look)
    heard = watched(page)
    card(page, "r0").locator("summary").click()
    expect(card(page, "r0").locator(".reports li").first).to_be_visible()
    page.locator("#coverage-ask").click()
    expect(page.locator("#coverage > *").first).to_be_visible()
    assert width >= page.evaluate("document.documentElement.scrollWidth")
    assert [] == axe(page)
    press(page, "r0", "accept")
    expect(page.locator("dialog")).to_be_visible()
    assert [] == axe(page)
    assert [] == heard.complaints
