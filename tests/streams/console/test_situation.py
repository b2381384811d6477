"""The situation page in a real browser: what waits and the red point come first, unknown is never calm, and nothing asks elsewhere."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from streams.city.model import City
from tests.streams.console.conftest import MakeConsole, Running, axe, watched

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

READY = "#map[data-state=ready]"
LIVE = "#age[data-state=live]"


def opened(running: Running, browser: Browser, path: str = "/console/", **more: Any) -> Page:
    page = running.enter(browser, **more).new_page()
    page.goto(running.address + path)
    return page


def ranked(page: Page, state: dict[str, dict[str, Any]], now: int = 1_000_000) -> list[list[Any]]:
    """Key and reasons of what the page's own ranking makes of a state."""
    script = """async ([state, now]) => {
        const base = document.querySelector('script[src*="situation.js"]').src;
        const { rank } = await import(base.replace("situation.js", "situation-ranking.js"));
        const kinds = new Map(Object.entries(state).map(([kind, all]) => [kind, new Map(Object.entries(all))]));
        const points = new Map(Object.keys(state.point ?? {}).map((id) => [id, { id, district: "D1" }]));
        return rank(kinds, { points }, now).map((row) => [row.key, row.why.join("; ")]);
    }"""
    return list(page.evaluate(script, [state, now]))


def point(level: int | None, **more: Any) -> dict[str, Any]:
    calm = {"last": False, "held": False, "was": None, "basis": "measured", "unconfirmed": False, "depth_m": 0.1, "observed_at": None}
    return {**calm, "level": level, "trend": None, "why": None, "forecast": None, **more}


def coming(level: str, chance: float, minutes: float) -> dict[str, Any]:
    return {"chance": {"3": 0.0, "4": 0.0, level: chance}, "minutes_to": {"3": None, "4": None, level: minutes}, "peak_m": 0.5}


def draft(level: int, due_at: str | None = None, people: int = 1) -> dict[str, Any]:
    rule = {"after_s": 60, "due_at": due_at} if due_at else None
    return {"state": "draft", "level": level, "missing": 2, "people": people, "release_rule": rule, "district": "D1"}


RAIN = {"silent": False, "rain_mm_30min": 8.0, "signal": "", "unknown_points": 0}


def test_an_order_that_waits_is_named_first_and_the_red_point_next(console: MakeConsole, browser: Browser, city: City) -> None:
    from playwright.sync_api import expect

    page = opened(console("oneRedUnconfirmed"), browser)
    rows = page.locator("#needs > li")
    expect(rows.nth(0)).to_have_attribute("data-kind", "order")
    expect(rows.nth(0).get_by_role("link", name="To the order")).to_have_attribute("href", re.compile(r"^/console/orders#demo_"))
    expect(rows.nth(0)).to_contain_text("People inside: 3")
    expect(rows.nth(1)).to_contain_text(city.low_points[-1].name_en)
    expect(rows.nth(1)).to_contain_text("Red (4)")
    expect(rows.nth(1)).to_contain_text("One sensor alone, not confirmed")
    expect(page.locator("#sentence")).to_contain_text("Red (4): 1")
    expect(rows.nth(1)).to_be_in_viewport()
    page.context.close()


def test_ranking_puts_signatures_then_rising_water_then_what_comes_then_what_is_unknown(console: MakeConsole, browser: Browser) -> None:
    page = opened(console("allDry"), browser)
    state = {
        "order": {"signed": {**draft(4), "state": "released"}, "wait": draft(3)},
        "point": {
            "rising": point(2, trend="rising"),
            "soon": point(0, forecast=coming("4", 0.45, 12)),
            "unlikely": point(0, forecast=coming("4", 0.2, 12)),
            "quiet": point(None),
            "blue": point(1),
            "dry": point(0),
        },
        "district": {"D1": RAIN},
        "station": {"S1": {"state": "suspect", "why": "stuck"}, "S2": {"state": "ok", "why": ""}},
    }
    expected = ["order:wait", "point:rising", "point:soon", "point:quiet", "station:S1", "point:blue"]
    found = ranked(page, state)
    assert expected == [key for key, _ in found]
    assert all(why for _, why in found[:-1]), "each says why"
    assert "45%" in dict(found)["point:soon"]
    page.context.close()


def test_of_two_drafts_the_one_that_the_rule_releases_sooner_comes_first(console: MakeConsole, browser: Browser) -> None:
    page = opened(console("allDry"), browser)
    orders = {
        "crowded": draft(4, people=900),
        "late": draft(4, "2026-07-20T09:00:00Z"),
        "soon": draft(4, "2026-07-20T08:30:00Z"),
        "orange": draft(3, "2026-07-20T08:00:00Z"),
    }
    expected = ["order:soon", "order:late", "order:crowded", "order:orange"]
    assert expected == [key for key, _ in ranked(page, {"order": orders})]
    page.context.close()


def test_a_point_is_not_put_down_because_nobody_hears_it(console: MakeConsole, browser: Browser) -> None:
    page = opened(console("allDry"), browser)
    points = {"red": point(4, last=True), "yellow": point(2, trend="rising"), "unheard": point(None)}
    assert ["point:red", "point:yellow", "point:unheard"] == [key for key, _ in ranked(page, {"point": points, "district": {"D1": RAIN}})]
    dry = {**RAIN, "rain_mm_30min": 0.0}
    unknown_rain = {**RAIN, "rain_mm_30min": None}
    blue_after = {"unheard": point(None), "blue": point(1)}
    for district in (dry, unknown_rain):
        found = [key for key, _ in ranked(page, {"point": blue_after, "district": {"D1": district}})]
        assert ["point:unheard", "point:blue"] == found, "unknown goes before what is known to be low"
    page.context.close()


def test_unknown_is_never_calm(console: MakeConsole, browser: Browser, city: City) -> None:
    from playwright.sync_api import expect

    page = opened(console("unknownPoints"), browser)
    unknown = page.locator("#needs > li[data-level=unknown]")
    expect(unknown).to_have_count(2)
    assert "repeating-linear-gradient" in unknown.first.evaluate("(row) => getComputedStyle(row).backgroundImage"), "hatched"
    expect(unknown.first).to_contain_text("Unknown")
    held = page.locator("#needs > li").first
    expect(held).to_contain_text(city.low_points[1].name_en)
    expect(held).to_contain_text("Orange (3), last known")
    expect(page.locator("#levels [data-key=unknown]")).to_have_text(re.compile(r"2\s*Unknown"))
    page.context.close()


@pytest.mark.parametrize("situation", ["noData", "stale"])
def test_without_fresh_data_nothing_looks_calm(console: MakeConsole, browser: Browser, situation: str) -> None:
    from playwright.sync_api import expect

    page = opened(console(situation), browser)
    expect(page.locator("#alarm")).to_be_visible()
    expect(page.locator("#needs > li").first).to_be_visible()
    expect(page.locator("body")).to_have_class(re.compile("not-live"))
    expect(page.locator("#needs > li:not(.last)")).to_have_count(0)
    expect(page.locator("#districts button:not(.last)")).to_have_count(0)
    expect(page.locator("use[href='#l0']:visible")).to_have_count(0)
    expect(page.locator("body")).not_to_contain_text("Nothing waits")
    page.context.close()


def test_all_dry_says_so_only_while_it_is_known(console: MakeConsole, browser: Browser) -> None:
    from playwright.sync_api import expect

    page = opened(console("allDry"), browser)
    expect(page.locator("#needs-none")).to_have_text("Nothing waits: every point is known and without warning.")
    expect(page.locator("#sentence")).to_have_text("No point is at a warning level; all 51 are known.")
    page.context.close()


def test_no_request_leaves_the_machine_and_nothing_is_complained_of(console: MakeConsole, browser: Browser) -> None:
    from playwright.sync_api import expect

    running = console("storm")
    page = running.enter(browser).new_page()
    heard = watched(page)
    page.goto(f"{running.address}/console/")
    expect(page.locator(READY)).to_be_visible(timeout=60_000)
    page.locator("#view-table").click()
    expect(page.locator("#table tbody tr")).to_have_count(51)
    elsewhere = [url for url in heard.asked if not url.startswith((running.address, "blob:", "data:"))]
    assert [] == elsewhere
    assert any("/api/live" in url for url in heard.asked), "requests were seen at all"
    assert [] == heard.complaints
    page.context.close()


def test_what_changes_is_shown_without_a_reload_and_focus_stays(console: MakeConsole, browser: Browser, city: City) -> None:
    from playwright.sync_api import expect

    from tests.streams.web.situations import say, state

    running = console("oneRedUnconfirmed")
    page = opened(running, browser)
    red = page.locator(f"#needs [data-key='point:{city.low_points[-1].low_point_id}']")
    red.get_by_role("link").focus()
    first = city.low_points[0]
    states = {point.low_point_id: state(point, 0, 0.0) for point in city.low_points}
    states[first.low_point_id] = state(first, 3, 0.47)
    states[city.low_points[-1].low_point_id] = state(city.low_points[-1], 4, 0.82)
    say(running.engine, city, states, said_us=running.now_us - 2_000_000, heard_us=running.now_us - 1_000_000)
    new = page.locator(f"#needs [data-key='point:{first.low_point_id}']")
    expect(new).to_contain_text("Orange (3)")
    expect(new).to_have_class(re.compile("fresh"))
    expect(red).to_contain_text("0.82 m")
    expect(red.get_by_role("link")).to_be_focused()
    expect(page.locator("#said")).to_contain_text(f"{first.name_en}: now Orange (3).")
    page.context.close()


def test_a_level_and_a_district_are_chosen_by_keyboard_and_stay_over_a_reload(console: MakeConsole, browser: Browser) -> None:
    from playwright.sync_api import expect

    page = opened(console("storm"), browser)
    red = page.locator("#levels [data-key='4']")
    red.press("Enter")
    expect(red).to_have_attribute("aria-pressed", "true")
    rows = page.locator("#needs > li")
    expect(page.locator("#needs > li:not([data-level='4'])")).to_have_count(0)
    expect(rows.first).to_be_visible()
    page.locator("#districts [data-key=D01] button").press("Enter")
    expect(page.locator("#filter-words")).to_contain_text("Northgarden · Red (4)")
    many = rows.count()
    page.reload()
    expect(page.locator("#filter-words")).to_contain_text("Northgarden · Red (4)")
    expect(rows).to_have_count(many)
    page.locator("#filter-clear").press("Enter")
    expect(page.locator("#filter")).to_be_hidden()
    page.context.close()


def test_the_chinese_page_says_nothing_in_english_but_names(console: MakeConsole, browser: Browser) -> None:
    from playwright.sync_api import expect

    running = console("storm")
    page = opened(running, browser, locale="zh-CN")
    expect(page.locator(READY)).to_be_visible(timeout=60_000)
    page.locator(".to-map").first.click()
    expect(page.locator(".map-window")).to_be_visible()
    page.locator("#view-table").click()
    names = ("演示市 Demo City", "Asia/Shanghai", "Li", "English")
    for path in ("/console/", "/console/briefing"):
        page.goto(running.address + path)
        expect(page.locator("#needs > li, #points tbody tr").first).to_be_visible()
        page.locator("details.who summary").click()
        said = page.locator("body").inner_text() + " ".join(
            page.locator("[aria-label]").evaluate_all("(all) => all.map((one) => one.ariaLabel)")
        )
        for name in names:
            said = said.replace(name, "")
        assert "积水点" in said
        assert [] == re.findall(r"[A-Za-z]{2,}(?<!mm)", said), path
    page.context.close()


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (390, "dark")])
def test_a_small_screen_shows_the_list_first_and_nothing_sticks_out(
    console: MakeConsole, browser: Browser, width: int, scheme: Any
) -> None:
    from playwright.sync_api import expect

    page = opened(console("storm"), browser, viewport={"width": width, "height": 800}, color_scheme=scheme)
    expect(page.locator("#needs > li")).to_have_count(8)
    assert width >= page.evaluate("document.documentElement.scrollWidth")
    list_top, map_top = (page.locator(place).bounding_box() for place in ("#needs", ".where"))
    assert list_top is not None and map_top is not None
    assert list_top["y"] < map_top["y"]
    page.locator("#needs-more").click()
    expect(page.locator("#needs > li")).not_to_have_count(8)
    page.context.close()


def test_what_matters_is_on_one_screen(console: MakeConsole, browser: Browser) -> None:
    from playwright.sync_api import expect

    page = opened(console("storm"), browser)
    expect(page.locator("#needs > li").first).to_be_visible()
    assert 900 >= page.evaluate("document.documentElement.scrollHeight")
    for place in ("#sentence", "#levels", "#districts", "#map", "#needs"):
        expect(page.locator(place)).to_be_in_viewport()
    page.context.close()


def test_the_briefing_is_light_on_paper_and_names_the_gravest_first(console: MakeConsole, browser: Browser, city: City) -> None:
    from playwright.sync_api import expect

    page = opened(console("oneRedUnconfirmed"), browser, "/console/briefing", color_scheme="dark")
    expect(page.locator("html[data-briefing=ready]")).to_be_attached()
    first = page.locator("#points tbody tr").first
    expect(first).to_contain_text(city.low_points[-1].name_en)
    expect(first).to_contain_text("Red (4)")
    expect(page.locator("#orders tbody tr").first).to_contain_text("waits")
    page.emulate_media(media="print")
    assert "rgb(0, 0, 0)" == page.locator("#briefing-sentence").evaluate("(it) => getComputedStyle(it).color")
    expect(page.locator("#print")).to_be_hidden()
    expect(page.locator("header.top")).to_be_hidden()
    page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("path", "ready"), [("/console/", READY), ("/console/briefing", "html[data-briefing=ready]")])
def test_axe_finds_nothing(console: MakeConsole, browser: Browser, scheme: Any, path: str, ready: str) -> None:
    from playwright.sync_api import expect

    page = opened(console("storm"), browser, path, color_scheme=scheme)
    expect(page.locator(ready)).to_be_attached(timeout=60_000)
    if path == "/console/":
        page.locator(".to-map").first.click()
        expect(page.locator(".map-window")).to_be_visible()
    assert [] == axe(page), json.dumps([path, scheme])
    page.context.close()
