"""After the storm: slider, map, table and happenings tell of one moment, and figures come with how sure they are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.streams.console.conftest import axe
from tests.streams.console.standing import LOOKS, Site, hold_time, plain_browser, standing_site, sticks_out

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

START, END = "2026-07-20T08:00:00Z", "2026-07-20T08:25:00Z"
FRAMES = ["00?", "10?", "31?", "422", "310", "100"]
TIMES = ["08:00", "08:05", "08:10", "08:15", "08:20", "08:25"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with plain_browser() as browser:
        yield browser


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with standing_site(tmp_path_factory.mktemp("storms"), "storm") as site:
        yield site


def moment(time: str) -> str:
    return f"2026-07-20T{time}:00Z"


def share(of: int, among: int) -> dict[str, Any]:
    return {"of": of, "among": among, "value": of / among if among else None, "low": 0.53, "high": 0.93}


def entry(number: int, time: str, kind: str, **fields: Any) -> dict[str, Any]:
    empty = {"officer": "", "what": "", "outcome": "", "level": None, "text": "", "refers": ""}
    return {"entry": f"{number}", "at": moment(time), "kind": kind} | empty | fields


def told() -> dict[str, Any]:
    case = {"low_point": "LP01", "outcome": "missed", "alarm_at": None, "crossed_at": moment("08:15"), "lead_min": None}
    level = {"points": 3, "late": 0, "missed": 1, "by_officer": 0, "open": 0, "lead_min": 17.5, "cases": [case]}
    figures = {"level": 4, "crossings": 10, "warned": 8, "false_alarms": 2, "pod": share(8, 10), "far": share(0, 0)}
    return {
        "start": START,
        "end": END,
        "points": ["LP01", "LP02", "LP03"],
        "districts": ["D01"],
        "frames": [{"at": moment(time), "levels": levels} for time, levels in zip(TIMES, FRAMES, strict=True)],
        "rain": {"D01": [0.0, 12.5, 30.0, None, 5.0, 0.0]},
        "timeline": [
            entry(1, "08:03", "level", what="measured", level=1, refers="LP01", text="first water"),
            entry(2, "08:12", "signal", what="orange", refers="D01"),
            entry(3, "08:15", "decision", what="raise", officer="li", outcome="done", refers="LP02", text="seen by the patrol"),
            entry(4, "08:21", "note", officer="li", text="<b>it falls</b>"),
        ],
        "verification": {"not_judged": [{"low_point": "LP03", "silent_min": 34}], "levels": [figures | level]},
        "skill": [{"lead_min": 15, "cases": 812, "mae_cm": 2.1, "persistence_mae_cm": 3.4, "coverage_80": share(640, 812)}],
    }


def with_storm(page: Page) -> None:
    summary = {"ongoing": False, "worst_level": 4, "points": 3, "peak_rain_mm_30min": 30.0, "orders": 7, "released": 6}
    listed = {"as_of": END, "from": START, "to": END, "storms": [{"start": START, "end": END} | summary]}
    page.route("**/api/storms", lambda route: route.fulfill(json=listed))
    page.route("**/api/storms/*/*", lambda route: route.fulfill(json=told()))


def opened(page: Page, site: Site) -> Page:
    page.goto(f"{site.address}/console/storms")
    page.locator("#main[data-ready]").wait_for()
    return page


def test_it_begins_at_the_worst_moment_and_arrows_go_through_the_storm(browser: Browser, site: Site) -> None:
    from playwright.sync_api import expect

    with site.page(browser) as page:
        with_storm(page)
        opened(page, site)
        label, counts, slider = page.locator("#moment"), page.locator("#counts"), page.locator("#slider")
        expect(label).to_have_text("2026-07-20 16:15")
        expect(counts).to_contain_text("Red (4): 1")
        slider.focus()
        page.keyboard.press("ArrowLeft")
        expect(label).to_have_text("2026-07-20 16:10")
        expect(counts).to_contain_text("Orange (3): 1")
        # the other points of the city are not spoken of: nothing is known of them
        expect(counts).to_contain_text(f"Unknown: {len(site.city.low_points) - 2}")
        expect(slider).to_have_attribute("aria-valuetext", "2026-07-20 16:10: Orange (3): 1, Blue (1): 1, Unknown: 49")
        page.keyboard.press("Home")
        expect(label).to_have_text("2026-07-20 16:00")
        page.keyboard.press("End")
        expect(label).to_have_text("2026-07-20 16:25")


def test_without_webgl_the_moment_is_a_table_the_gravest_first(browser: Browser, site: Site) -> None:
    from playwright.sync_api import expect

    with site.page(browser) as page:
        with_storm(page)
        opened(page, site)
        expect(page.locator("#map")).to_be_hidden()
        rows = page.locator("#frame-table tbody tr")
        expect(rows.nth(0)).to_contain_text("Red (4)")
        page.locator("#slider").focus()
        page.keyboard.press("ArrowRight")
        expect(rows.nth(0)).to_contain_text("Orange (3)")
        expect(page.locator("tr[data-key=LP03]")).to_have_count(0)  # it is dry now, and known


def test_it_plays_only_when_told_and_stops_at_the_end(browser: Browser, site: Site) -> None:
    from playwright.sync_api import expect

    with site.page(browser) as page:
        page.clock.install(time=0)
        with_storm(page)
        opened(page, site)
        hold_time(page)
        label, play = page.locator("#moment"), page.locator("#play")
        page.locator("#slider").focus()
        page.keyboard.press("Home")
        page.clock.run_for(5000)
        expect(label).to_have_text("2026-07-20 16:00")
        page.get_by_label("Speed").select_option("1")
        play.focus()
        page.keyboard.press("Enter")
        page.clock.run_for(2100)
        expect(label).to_have_text("2026-07-20 16:10")
        expect(play).to_contain_text("Pause")
        page.get_by_label("Speed").select_option("8")
        page.clock.run_for(1000)
        expect(label).to_have_text("2026-07-20 16:25")
        expect(play).to_contain_text("Play")


def test_happenings_follow_the_slider_and_lead_to_their_moment(browser: Browser, site: Site) -> None:
    from playwright.sync_api import expect

    with site.page(browser) as page:
        with_storm(page)
        opened(page, site)
        entries = page.locator("#happenings li")
        expect(entries).to_have_count(4)
        expect(page.locator("#happenings [aria-current]")).to_contain_text("seen by the patrol")
        expect(page.locator("#happenings .ahead")).to_have_count(1)
        expect(entries.nth(3)).to_contain_text("<b>it falls</b>")  # told as it was written, never read as HTML
        entries.nth(0).get_by_role("button").click()
        expect(page.locator("#moment")).to_have_text("2026-07-20 16:05")
        expect(page.locator("#happenings [aria-current]")).to_contain_text("first water")
        page.get_by_label("decisions").uncheck()
        expect(entries).to_have_count(3)
        page.get_by_label("notes and hand-overs").uncheck()
        expect(entries).to_have_count(2)


def test_warnings_and_forecasts_are_judged_with_their_intervals_and_each_case_by_name(browser: Browser, site: Site) -> None:
    from playwright.sync_api import expect

    with site.page(browser) as page:
        with_storm(page)
        opened(page, site)
        expect(page.locator("#warned tbody tr").first).to_have_text("Red (4)10801200" + "8 of 10: 80% (53% to 93%)no case18 min")
        expect(page.locator("#warned .note")).to_contain_text("(34 min)")
        page.get_by_text("Each case (1)").click()
        case = page.locator("#warned details tbody tr")
        expect(case).to_contain_text(site.city.low_points[0].name_en)
        expect(case).to_contain_text("missed")
        case.get_by_role("button").click()
        expect(page.locator("#moment")).to_have_text("2026-07-20 16:15")
        expect(page.locator("#skill tbody tr")).to_have_text("15 min8122.1 cm3.4 cm640 of 812: 79% (53% to 93%)")


def test_a_storm_of_the_store_is_found_played_and_taken_away_as_files(browser: Browser, site: Site) -> None:
    from playwright.sync_api import expect

    with site.page(browser) as page:
        opened(page, site)
        expect(page.locator("#storms li")).to_have_count(1)
        expect(page.locator("#storms a")).to_have_attribute("aria-current", "true")
        expect(page.locator("#course canvas")).to_be_visible()
        assert page.locator("#happenings li").count() > 10
        for name, kind in (("csv", "text/csv"), ("json", "application/json")):
            answer = page.request.get(site.address + (page.locator(f"#{name}").get_attribute("href") or ""))
            assert 200 == answer.status
            assert answer.headers["content-type"].startswith(kind)
            assert "attachment" in answer.headers["content-disposition"]


def test_where_there_was_no_storm_that_is_said_and_a_storm_that_cannot_be_had_is_none(browser: Browser, site: Site) -> None:
    from playwright.sync_api import expect

    with site.page(browser) as page:
        page.route("**/api/storms", lambda route: route.fulfill(json={"as_of": END, "from": START, "to": END, "storms": []}))
        opened(page, site)
        expect(page.locator("#storms")).to_contain_text("None was found in the history")
        expect(page.locator("#storm")).to_be_hidden()
        page.evaluate("location.hash = '#2026-07-20T08:00:00Z/2026-07-20T07:00:00Z'")
        expect(page.locator("#list-fault")).to_contain_text("it must be later than start")
        expect(page.locator("#storm")).to_be_hidden()


@pytest.mark.parametrize(("language", "dark", "width"), LOOKS)
def test_nothing_sticks_out_and_nothing_is_refused_by_the_policy(
    browser: Browser, site: Site, language: str, dark: bool, width: int
) -> None:
    from playwright.sync_api import expect

    site.complaints.clear()
    with site.page(browser, width=width, dark=dark, language=language) as page:
        with_storm(page)
        opened(page, site)
        expect(page.locator("#play")).to_contain_text("播放" if language == "zh" else "Play")
        assert sticks_out(page) <= 0
    assert [] == site.complaints


@pytest.mark.parametrize(("language", "dark", "width"), LOOKS)
def test_axe_finds_nothing(browser: Browser, site: Site, language: str, dark: bool, width: int) -> None:
    with site.page(browser, width=width, dark=dark, language=language) as page:
        with_storm(page)
        opened(page, site)
        page.locator("#warned summary").click()
        assert [] == axe(page)
