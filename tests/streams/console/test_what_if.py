"""What if: an answer belongs to its question, nobody takes it for what is, and what is not known never looks dry."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.streams.console.conftest import axe
from tests.streams.console.standing import LOOKS, Site, hold_time, plain_browser, standing_site, sticks_out

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

AT = "2026-07-20T08:22:00Z"
LADDER = (0.15, 0.27, 0.4, 0.6)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with plain_browser() as browser:
        yield browser


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with standing_site(tmp_path_factory.mktemp("what-if"), "allDry") as site:
        yield site


def row(point: str, depth_m: float | None, level_now: int | None = 0) -> dict[str, Any]:
    if depth_m is None:
        return {"low_point": point, "level": None, "peak_m": None, "minutes_to": None, "level_now": level_now, "depth_now_m": None}
    return {
        "low_point": point,
        "level": sum(depth_m >= rung for rung in LADDER),
        "peak_m": {"q10": depth_m / 2, "q50": depth_m, "q90": depth_m * 2},
        "minutes_to": {str(n): 12.0 if depth_m >= rung else None for n, rung in enumerate(LADDER, 1)},
        "level_now": level_now,
        "depth_now_m": 0.0,
    }


def answer(*rows: dict[str, Any], missing: tuple[str, ...] = (), rarity: str = "unknown", years: float | None = None) -> dict[str, Any]:
    return {"at": AT, "districts_missing": list(missing), "rarity": {"kind": rarity, "years": years}, "rows": list(rows)}


def by_amount(asked: dict[str, Any]) -> dict[str, Any]:
    """A centimetre of water for each ten millimetres of rain, at one point."""
    return answer(row("LP01", asked["amount_mm"] / 1000))


Asked = list[dict[str, Any]]


def question(route: Route) -> dict[str, Any]:
    return dict(route.request.post_data_json or {})


def answered(page: Page, by: Callable[[dict[str, Any]], dict[str, Any]]) -> Asked:
    """Answer the page's questions; what it asked is collected."""
    asked: Asked = []

    def take(route: Route) -> None:
        asked.append(question(route))
        route.fulfill(json=by(asked[-1]))

    page.route("**/api/what-if", take)
    return asked


def opened(page: Page, site: Site, question: str = "") -> Page:
    page.goto(f"{site.address}/console/what-if{question}")
    page.locator("#main[data-ready]").wait_for()
    return page


def test_the_page_asks_for_the_usual_and_shows_now_and_then_worst_change_first(browser: Browser, site: Site) -> None:
    from playwright.sync_api import expect

    rows = (row("LP01", 0.1), row("LP02", 0.3, 2), row("LP03", 0.45), row("LP04", 0.7, 3), row("LP05", 0.62))
    with site.page(browser) as page:
        asked = answered(page, lambda _: answer(*rows))
        opened(page, site)
        assert [{"amount_mm": 50, "duration_min": 60, "drains": "free", "pumps": "as-now"}] == asked
        lines = page.locator("#then tbody tr")
        assert ["LP04", "LP05", "LP03"] == [line.get_attribute("data-key") for line in lines.all()]
        expect(lines.first).to_contain_text("Orange (3)Red (4)0.70 m80 %: 0.35 m to 1.40 m12 min12 min")
        expect(page.locator("#shown")).to_have_text("3 of 5 points change their level.")
        page.get_by_label("Only those that change").uncheck()
        expect(lines).to_have_count(5)
        counts = page.locator(".counts tbody tr")
        expect(counts).to_have_text(["Red (4)02+2", "Orange (3)11=", "Yellow (2)11=", "Blue (1)00=", "No warning31−2", "Unknown00="])


def test_many_moves_of_the_slider_make_one_question(browser: Browser, site: Site) -> None:
    from playwright.sync_api import expect

    with site.page(browser) as page:
        page.clock.install(time=0)
        asked = answered(page, by_amount)
        opened(page, site)
        hold_time(page)
        page.locator("#amount").focus()
        for _ in range(10):
            page.keyboard.press("ArrowRight")
            page.clock.run_for(100)
        expect(page.locator("#amount-number")).to_have_value("100")
        assert [50] == [one["amount_mm"] for one in asked]
        page.clock.run_for(300)
        expect(page.locator("#counts-title")).to_have_text("100 mm within 1 h")
        assert [50, 100] == [one["amount_mm"] for one in asked]


def test_an_answer_that_comes_late_never_takes_the_place_of_a_newer_one(browser: Browser, site: Site) -> None:
    from playwright.sync_api import expect

    held: list[Route] = []

    def take(route: Route) -> None:
        amount = question(route)["amount_mm"]
        if amount == 100:
            held.append(route)
        else:
            route.fulfill(json=by_amount({"amount_mm": amount}))

    with site.page(browser) as page:
        page.route("**/api/what-if", take)
        opened(page, site)
        with page.expect_request(lambda request: '"amount_mm":100' in (request.post_data or "")):
            page.get_by_label("Amount, mm").first.fill("100")
        page.get_by_label("Amount, mm").first.fill("200")
        expect(page.locator("#counts-title")).to_have_text("200 mm within 1 h")
        held[0].abort()  # the page has given up on it: nobody takes it any more
        page.get_by_label("Only those that change").uncheck()
        expect(page.locator("#then tbody td.number b")).to_have_text("0.20 m")
        expect(page.locator("#fault")).to_be_hidden()


def test_while_it_is_open_the_page_follows_the_water_as_it_changes(browser: Browser, site: Site) -> None:
    from playwright.sync_api import expect

    depths = iter((0.1, 0.5))
    with site.page(browser) as page:
        page.clock.install(time=0)
        asked = answered(page, lambda _: answer(row("LP01", next(depths))))
        opened(page, site)
        hold_time(page)
        expect(page.locator("#shown")).to_have_text("0 of 1 points change their level.")
        page.clock.run_for(61_000)
        expect(page.locator("#shown")).to_have_text("1 of 1 points change their level.")
        assert 2 == len(asked)


def test_a_question_without_an_answer_is_told_and_what_stands_is_not_passed_off_as_it(browser: Browser, site: Site) -> None:
    from playwright.sync_api import expect

    def take(route: Route) -> None:
        asked = question(route)
        if asked["amount_mm"] == 50:
            route.fulfill(json=by_amount(asked))
        else:
            route.fulfill(status=503, json={"detail": "too many ask at once"})

    with site.page(browser) as page:
        page.route("**/api/what-if", take)
        opened(page, site)
        page.get_by_label("Amount, mm").first.fill("150")
        expect(page.locator("#fault")).to_contain_text("too many ask at once What is shown answers the question before.")
        expect(page.locator("#counts-title")).to_have_text("50 mm within 1 h")


def test_districts_without_water_are_named_and_their_points_are_unknown_not_dry(browser: Browser, site: Site) -> None:
    from playwright.sync_api import expect

    with site.page(browser) as page:
        answered(page, lambda _: answer(row("LP01", None, 3), row("LP02", 0.1), missing=("D01",)))
        opened(page, site)
        name = next(site.city.district_names[one].name_en for one in site.city.districts if one == "D01")
        expect(page.locator("#missing")).to_contain_text(name)
        expect(page.locator("#shown")).to_have_text("0 of 2 points change their level. Not answered: 1.")
        page.get_by_label("Only those that change").uncheck()
        line = page.locator("tr[data-key=LP01]")
        expect(line.locator("td:nth-child(3) use")).to_have_attribute("href", "#lunknown")
        expect(line).to_contain_text("Unknownnot knownnot knownnot known")
        expect(page.locator(".counts tbody tr").nth(1)).to_have_text("Orange (3)10=")


def test_from_a_store_that_knows_no_water_the_desk_itself_answers_unknown(browser: Browser, site: Site) -> None:
    from playwright.sync_api import expect

    with site.page(browser) as page:
        opened(page, site)
        expect(page.locator("#from")).to_have_text("Computed from no water at all: no district has told its own.")
        expect(page.locator(".counts tbody tr").last).to_have_text("Unknown051=")
        expect(page.locator("#rare")).to_have_text(re.compile(r"Such rain comes about once in [\d.]+ years\."))
        page.get_by_label("Amount, mm").first.fill("250")
        expect(page.locator("#rare")).to_contain_text("Beyond the design storm")


def test_the_question_stands_in_the_address_and_comes_back_with_it(browser: Browser, site: Site) -> None:
    from playwright.sync_api import expect

    with site.page(browser) as page:
        asked = answered(page, by_amount)
        opened(page, site)
        page.get_by_label("Amount, mm").first.fill("120")
        for choice in ("30 min", "half blocked", "all off"):
            page.get_by_label(choice, exact=True).check()
        expect(page.locator("#counts-title")).to_have_text("120 mm within 30 min · drains half blocked · all pumps off")
        wanted = asked[-1]
        page.reload()
        page.locator("#main[data-ready]").wait_for()
        assert {"amount_mm": 120, "duration_min": 30, "drains": "half", "pumps": "off"} == wanted == asked[-1]


@pytest.mark.parametrize("wrong", ["#amount_mm=900&duration_min=7&drains=all&pumps=maybe", "#amount_mm=x", "#%%%"])
def test_an_address_that_asks_for_nonsense_is_the_usual_question(browser: Browser, site: Site, wrong: str) -> None:
    with site.page(browser) as page:
        asked = answered(page, by_amount)
        opened(page, site, wrong)
        assert {"amount_mm": 50, "duration_min": 60, "drains": "free", "pumps": "as-now"} == asked[0]


@pytest.mark.parametrize(("language", "dark", "width"), LOOKS)
def test_it_says_that_it_is_no_forecast_in_its_own_frame_and_nothing_sticks_out(
    browser: Browser, site: Site, language: str, dark: bool, width: int
) -> None:
    from playwright.sync_api import expect

    site.complaints.clear()
    with site.page(browser, width=width, dark=dark, language=language) as page:
        answered(page, lambda _: answer(row("LP01", 0.7), row("LP02", None), missing=("D02",), rarity="beyond"))
        opened(page, site)
        expect(page.locator(".banner h1")).to_have_text("推演，并非预报" if language == "zh" else "What if, not a forecast")
        assert "dashed" == page.locator(".supposed").evaluate("element => getComputedStyle(element).borderTopStyle")
        assert sticks_out(page) <= 0
    assert [] == site.complaints


@pytest.mark.parametrize(("language", "dark", "width"), LOOKS)
def test_axe_finds_nothing(browser: Browser, site: Site, language: str, dark: bool, width: int) -> None:
    with site.page(browser, width=width, dark=dark, language=language) as page:
        answered(page, lambda _: answer(row("LP01", 0.7), row("LP02", None), missing=("D02",), rarity="beyond"))
        opened(page, site)
        assert [] == axe(page)
