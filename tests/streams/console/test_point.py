"""The page of a low point: what it says is what is known, its numbers stand in tables too, and who may not decide is offered nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from streams.observation.moments import SECOND_US, to_text
from streams.rules.outputs import OutputMessage, Standing
from streams.store.projection import rows_of, save
from tests.streams.console.conftest import axe
from tests.streams.console.standing import LOOKS, Site, plain_browser, standing_site, sticks_out
from tests.streams.web.situations import NOW_US, state

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

NOW = datetime.fromtimestamp(NOW_US / 1e6, UTC).replace(second=0)
RED = "LP51"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with plain_browser() as browser:
        yield browser


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with standing_site(tmp_path_factory.mktemp("point"), "oneRedUnconfirmed") as site:
        yield site


def at(minutes: int) -> str:
    return (NOW + timedelta(minutes=minutes)).isoformat().replace("+00:00", "Z")


def history() -> dict[str, Any]:
    """An hour of water that was unknown in the middle of it, and a forecast."""
    leads = (5, 15, 30, 60, 90, 120)
    depths = {"0.05": 0.1, "0.1": 0.2, "0.25": 0.3, "0.5": 0.4, "0.75": 0.5, "0.9": 0.6, "0.95": 0.7}
    seen = [{"at": at(-n), "depth_m": 0.31, "level": 2} for n in range(60, 40, -1)]
    seen += [{"at": at(-n), "depth_m": None, "level": None} for n in range(40, 20, -1)]
    seen += [{"at": at(-n), "depth_m": 0.45, "level": 3} for n in range(20, -1, -1)]
    fan: dict[str, Any] = {"issued_at": at(0), "valid_at": [at(n) for n in leads], "minutes_to": {"1": 0.0, "2": 0.0, "3": 12.0, "4": None}}
    fan |= {name: [depth] * len(leads) for name, depth in depths.items()}
    fan |= {"p_exceed": [{"level": n, "threshold_m": (0.15, 0.27, 0.4, 0.6)[n - 1], "p": [1 - n / 5] * 6} for n in (1, 2, 3, 4)]}
    return {
        "low_point": RED,
        "now": None,
        "thresholds_m": [0.15, 0.27, 0.4, 0.6],
        "observed": seen,
        "rain": [{"at": at(-n), "rain_mm_30min": 12.5} for n in range(60, -1, -1)],
        "fan": fan,
        "warnings": [{"issued_at": at(-20), "level": 3, "basis": "measured", "unconfirmed": True, "reason": "why not", "depth_m": 0.45}],
        "verdicts": [{"station": f"{RED}-level", "at": at(-21), "flags": ["spike", "late"], "reason": "denied"}],
        "stations": [
            {"station": f"{RED}-level", "kind": "level", "state": "ok", "why": "", "observed_at": at(0), "value": 0.45},
        ],
        "zones": [{"zone": "Z51A", "from_level": 1, "people": 1204}, {"zone": "Z51B", "from_level": 3, "people": 20}],
        "skill": {
            "cases": 90,
            "mae_cm": {"15": 2.0, "30": 4.0, "60": None},
            "persistence_mae_cm": {"15": 4.0, "30": 3.0, "60": None},
            "coverage_80": {"15": 0.81, "30": 0.7, "60": None},
        },
        "pictures": [],
    }


def with_history(page: Page, **changes: Any) -> None:
    def answer(route: Route) -> None:
        route.fulfill(json=history() | changes)

    page.route("**/api/points/**", answer)


def opened(page: Page, site: Site, point: str = RED) -> Page:
    page.goto(f"{site.address}/console/point/{point}")
    page.locator("#main[data-ready]").wait_for()
    return page


def test_the_head_says_how_bad_how_deep_how_old_and_that_one_sensor_alone_says_so(browser: Browser, site: Site) -> None:
    from playwright.sync_api import expect

    with site.page(browser) as page:
        head = opened(page, site).locator("#head")
        for words in ("Red (4)", "0.63 m", "s ago", "measured", "unconfirmed", "because"):
            expect(head).to_contain_text(words)
        expect(head.locator("use").first).to_have_attribute("href", "#l4")
        expect(page.locator("#warnings li")).to_have_count(2)


@pytest.mark.parametrize(("language", "dark", "width"), LOOKS)
def test_nothing_sticks_out_and_nothing_is_refused_by_the_policy(
    browser: Browser, site: Site, language: str, dark: bool, width: int
) -> None:
    from playwright.sync_api import expect

    site.complaints.clear()
    with site.page(browser, width=width, dark=dark, language=language) as page:
        with_history(page)
        opened(page, site)
        expect(page.locator("#chart canvas")).to_be_visible()
        assert sticks_out(page) <= 0
        expect(page.locator("#head")).to_contain_text("红色 (4)" if language == "zh" else "Red (4)")
    assert [] == site.complaints


def test_the_table_has_the_numbers_of_the_chart_and_what_was_unknown_is_told_as_unknown(browser: Browser, site: Site) -> None:
    from playwright.sync_api import expect

    with site.page(browser) as page:
        with_history(page)
        opened(page, site)
        picture = page.locator("#chart [role=img]")
        past = "Water of the last 6 h: at most 0.45 m, last 0.45 m."
        coming = "Foreseen in two hours: 0.40 m, 80 % between 0.20 m and 0.60 m."
        expect(picture).to_have_attribute("aria-label", f"{past} {coming} The table below has the numbers.")
        page.get_by_role("button", name="1 h", exact=True).click()
        page.locator("#numbers summary").click()
        rows = page.locator("#water-table tbody tr")
        expect(rows).to_have_count(12)
        expect(rows.nth(0)).to_have_text("16:200.45 mOrange (3)12.5")
        expect(rows.nth(6)).to_have_text("15:50–Unknown12.5")
        expect(rows.nth(10)).to_have_text("15:300.31 mYellow (2)12.5")


def test_a_time_without_rows_is_no_water_between_two_readings(browser: Browser, site: Site) -> None:
    from playwright.sync_api import expect

    seen = [{"at": at(-n), "depth_m": 0.5, "level": 3} for n in (58, 57, 2, 1)]
    with site.page(browser) as page:
        with_history(page, observed=seen)
        opened(page, site)
        page.get_by_role("button", name="1 h", exact=True).click()
        page.locator("#numbers summary").click()
        levels = page.locator("#water-table tbody td:nth-child(3)")
        # a reading holds for eleven minutes, for a row is kept every ten
        expect(levels).to_have_text(["Orange (3)", *["Unknown"] * 8, *["Orange (3)"] * 3])


def test_the_forecast_is_told_lead_by_lead_with_the_chance_of_each_level_and_the_minutes_to_it(browser: Browser, site: Site) -> None:
    from playwright.sync_api import expect

    with site.page(browser) as page:
        with_history(page)
        opened(page, site)
        rows = page.locator("table.leads tbody tr")
        expect(rows).to_have_count(6)
        expect(rows.nth(2)).to_have_text("30 min16:520.40 m0.20 m – 0.60 m80%60%40%20%")
        expect(page.locator(".to-levels li")).to_have_text(
            ["Blue (1) 0.15 m: now", "Yellow (2) 0.27 m: now", "Orange (3) 0.40 m: 12 min", "Red (4) 0.60 m: not within 2 h"]
        )


def test_skill_is_told_in_words_and_where_it_is_not_known_that_is_said(browser: Browser, site: Site) -> None:
    from playwright.sync_api import expect

    with site.page(browser) as page:
        with_history(page)
        opened(page, site)
        lines = page.locator("#skill li")
        expect(lines).to_have_count(2)
        expect(lines.nth(0)).to_contain_text("off by 2.0 cm; better than taking the water as it is (4.0 cm); the 80 % band held 81%")
        expect(lines.nth(1)).to_contain_text("worse than taking the water as it is (3.0 cm)")
        page.unroute("**/api/points/**")
        opened(page, site)
        expect(page.locator("#skill")).to_have_text("Not enough forecasts yet: nobody can say how good they are here.")


def test_without_charts_the_table_is_open_and_has_all_of_it(browser: Browser, site: Site) -> None:
    from playwright.sync_api import expect

    with site.page(browser) as page:
        with_history(page)
        page.route("**/console/vendor/**", lambda route: route.fulfill(status=404))
        opened(page, site)
        expect(page.locator("#chart canvas")).to_have_count(0)
        expect(page.locator("#water-table tbody tr").first).to_be_visible()


def test_history_that_cannot_be_had_is_told_and_what_is_live_still_shows(browser: Browser, site: Site) -> None:
    from playwright.sync_api import expect

    with site.page(browser) as page:
        page.route("**/api/points/**", lambda route: route.fulfill(status=503, json={"detail": "the store is away"}))
        opened(page, site)
        expect(page.locator("#trouble")).to_contain_text("the store is away")
        expect(page.locator("#head")).to_contain_text("Red (4)")
        expect(page.locator("#forecast")).to_contain_text("0.71 m")


@pytest.mark.parametrize(
    ("who", "offered"),
    [("zhao", []), ("chen", ["Set a station aside…", "Hear a station again…"]), ("li", ["Raise the point…", "Hold the point…"])],
)
def test_only_what_somebody_may_do_is_offered(browser: Browser, site: Site, who: str, offered: list[str]) -> None:
    from playwright.sync_api import expect

    with site.page(browser, who) as page:
        buttons = opened(page, site).locator(".point-acts button")
        expect(buttons).to_have_count(6 if who == "li" else len(offered))
        assert offered == buttons.all_inner_texts()[:2]


def test_a_point_is_raised_by_keyboard_only_with_a_reason_and_after_its_people_were_named(browser: Browser, site: Site) -> None:
    from playwright.sync_api import expect

    with site.page(browser) as page:
        with_history(page)
        opened(page, site)
        page.get_by_role("button", name="Raise the point…").focus()
        page.keyboard.press("Enter")
        dialog = page.locator("dialog[open]")
        expect(dialog.locator(".touched")).to_contain_text("Touches zones: 2; people living there: 1,224")
        confirm = dialog.locator("button[data-confirm]")
        expect(confirm).to_be_disabled()
        dialog.get_by_label("At least at level").select_option("4")
        dialog.get_by_label("For how long").select_option("15")
        dialog.get_by_label("Why (it stays in the log)").fill("seen by\nthe patrol")
        with page.expect_request("**/api/acts**") as sent:
            confirm.focus()
            page.keyboard.press("Enter")
        asked = dict(sent.value.post_data_json or {})
        act_id, until = asked.pop("id"), datetime.fromisoformat(asked.pop("until"))
        assert {"act": "raise", "points": [RED], "level": 4, "reason": "seen by the patrol"} == asked
        assert 14 * 60 < (until - NOW).total_seconds() < 17 * 60
        expect(page.locator(".told")).to_contain_text(f"{RED} done")
        done = page.request.get(f"{site.address}/api/acts/{act_id}").json()
        assert ("raise", "li", ["done"]) == (done["act"], done["officer"], [one["outcome"] for one in done["outcomes"]])


def test_what_is_refused_is_told_with_its_reason(browser: Browser, site: Site) -> None:
    from playwright.sync_api import expect

    with site.page(browser) as page:
        opened(page, site, "LP02")
        page.get_by_role("button", name="End what was done by hand…").click()
        dialog = page.locator("dialog[open]")
        dialog.get_by_label("Why (it stays in the log)").fill("over")
        dialog.locator("button[data-confirm]").click()
        expect(page.locator(".told .fault")).to_contain_text("LP02 refused: nothing was done by hand here")


def test_a_new_level_and_silence_show_without_a_reload(browser: Browser, site: Site) -> None:
    from playwright.sync_api import expect

    point = site.city.low_points[2]

    def say(level: Any, ago_s: int, second: int, **changes: Any) -> None:
        heard_us = NOW_US - (12 - second) * SECOND_US
        standing = Standing(point.district_id, to_text(heard_us), 12.25, [state(point, level, 0.47, ago_s, **changes)], [])
        save(site.engine, [rows_of(OutputMessage(point.district_id, heard_us, [], [standing]))], NOW_US)

    with site.page(browser) as page:
        head = opened(page, site, point.low_point_id).locator("#head")
        expect(head).to_contain_text("No warning")
        say(3, 5, 1)
        expect(head).to_contain_text("Orange (3)")
        expect(head.locator(".depth")).to_have_text("0.47 m")
        say("unknown", 500, 2, held_level=0)
        expect(head).to_contain_text("Unknown: this does not mean dry")
        expect(head.locator(".depth")).to_have_text("last seen 0.47 m")


def test_ways_lead_to_the_neighbours_and_back_to_the_map(browser: Browser, site: Site) -> None:
    with site.page(browser) as page:
        opened(page, site, "LP02")
        links = page.locator(".point-nav a:visible")
        assert ["/console/", "/console/point/LP01", "/console/point/LP03"] == [link.get_attribute("href") for link in links.all()]


@pytest.mark.parametrize(("language", "dark", "width"), LOOKS)
def test_axe_finds_nothing(browser: Browser, site: Site, language: str, dark: bool, width: int) -> None:
    with site.page(browser, width=width, dark=dark, language=language) as page:
        with_history(page)
        opened(page, site)
        page.locator("#numbers summary").click()
        assert [] == axe(page)
