"""A report by telephone in a real browser: by touch, by keyboard, without a script, over a line that is slow, breaks and comes back."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image
from sqlalchemy import Engine, select, text

from streams import clock
from streams.city.model import City
from streams.city.near import distance_m
from streams.reports.report import Report
from streams.store.engine import reading, writing
from streams.store.reports import as_report
from streams.store.reports_schema import REPORTS
from tests.streams.reports.office import count, taken, wish
from tests.streams.web.browsing import axe
from tests.streams.web.reporting import Writer, served, writing_to

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 800}, "has_touch": True, "is_mobile": True}
WORDS = {
    "en": ("Send the report", "Your report was received", "To the knee", "Report water"),
    "zh": ("提交上报", "您的上报已收到", "到膝盖", "上报积水"),
}
SLOW = {"offline": False, "latency": 300, "downloadThroughput": 31_250, "uploadThroughput": 31_250}
"""250 kbit/s, and 300 ms each way: what is left of a cell in a storm. The pictures of these tests take some seconds over it."""
GONE = {"offline": True, "latency": 0, "downloadThroughput": 0, "uploadThroughput": 0}
FAST = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}


@pytest.fixture(scope="module")
def picture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_photo(tmp_path_factory.mktemp("photo") / "IMG_0001.jpg")


def make_photo(file: Path) -> Path:
    """A photo of 2,400 x 1,800 pixels with a place and a comment in it, which stays some 150 kB when it is made smaller."""
    small = np.random.default_rng(7).integers(0, 255, (150, 200, 3), np.uint8)
    photo = Image.fromarray(small).resize((2400, 1800), Image.Resampling.BICUBIC)
    exif = Image.Exif()
    exif[0x010E] = "a secret comment"
    exif.get_ifd(0x8825).update({1: "N", 2: (34.0, 42.0, 0.0), 3: "E", 4: (113.0, 36.0, 0.0)})
    buffer = io.BytesIO()
    photo.save(buffer, "JPEG", quality=85, exif=exif.tobytes())
    assert b"a secret comment" in buffer.getvalue()
    file.write_bytes(buffer.getvalue())
    return file


class Site:
    """A page that takes reports, which can be stopped and started again at its port."""

    def __init__(self, writer: Writer):
        self.writer = writer
        self._stack = ExitStack()
        self.port = 0
        self.start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self.port = self._stack.enter_context(served(self.writer.app, self.port))

    def stop(self) -> None:
        self._stack.close()
        self._stack = ExitStack()


@pytest.fixture
def site(engine: Engine, store_url: str, city: City, tmp_path: Path) -> Iterator[Site]:
    with writing_to(city, store_url, tmp_path / "pictures", clock.now_us) as writer:
        writer.reports.public_url = ""
        site = Site(writer)
        yield site
        site.stop()


OLDER = """async () => {
    const ask = indexedDB.open("lowpoint-reports", 1);
    await new Promise((done) => { ask.onsuccess = done; });
    const turn = ask.result.transaction("waiting", "readwrite"), shelf = turn.objectStore("waiting");
    shelf.getAll().onsuccess = ({ target }) => {
        for (const report of target.result) shelf.put({ ...report, made_ms: report.made_ms - 1_800_000 });
    };
    await new Promise((done) => { turn.oncomplete = done; });
    ask.result.close();
}"""
"""Makes what waits in the browser half an hour older."""

Line = Callable[[dict[str, Any]], Any]


def kept(engine: Engine) -> list[Report]:
    with reading(engine) as connection:
        return [as_report(row) for row in connection.execute(select(REPORTS))]


def opened(browser: Browser, site: Site, path: str = "/report?lang=en", **more: Any) -> tuple[BrowserContext, Page, Line]:
    """A telephone that shows a page; what is returned last sets its line."""
    context = browser.new_context(**{**PHONE, **more})
    page = context.new_page()
    line = context.new_cdp_session(page)
    line.send("Network.enable")
    page.goto(site.address + path)
    page.wait_for_selector("html[data-ready]", state="attached")
    return context, page, lambda conditions: line.send("Network.emulateNetworkConditions", conditions)


def fill(page: Page, picture: Path | None = None, words: str = "") -> None:
    page.locator("#point").select_option("LP07")
    page.locator("label.depth", has=page.locator("input[value=knee]")).tap()
    if words:
        page.locator("#words").fill(words)
    if picture is not None:
        page.locator("#picture").set_input_files(picture)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_report_by_touch_with_a_picture_that_is_made_smaller_in_the_browser(
    browser: Browser, site: Site, engine: Engine, picture: Path, language: str
) -> None:
    from playwright.sync_api import expect

    send, received, knee, _ = WORDS[language]
    context, page, _ = opened(browser, site, f"/report?lang={language}")
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    fill(page, picture, "急 fast")
    page.get_by_role("button", name=send).tap()
    expect(page.locator("h1")).to_have_text(received)
    expect(page.locator("main")).to_contain_text(knee)
    (report,) = kept(engine)
    assert ("LP07", "急 fast", language) == (report.low_point, report.words, report.language)
    raw = site.writer.reports.shelf.get(report.picture or "")
    assert raw is not None
    with Image.open(io.BytesIO(raw)) as shrunk:
        assert 1600 == max(shrunk.size)
    # this office's stand-in keeps what it is sent: so it is the browser that has taken everything else out
    assert b"secret" not in raw and b"Exif" not in raw and len(raw) < picture.stat().st_size
    page.locator("a.way").first.tap()
    expect(page.locator("main")).to_contain_text(knee)
    assert [] == complaints
    context.close()


def test_without_a_script_the_form_sends_the_picture_as_it_is(browser: Browser, site: Site, engine: Engine, picture: Path) -> None:
    from playwright.sync_api import expect

    context = browser.new_context(**PHONE, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site.address}/report?lang=en&point=LP07")
    page.get_by_label("To the knee").check()
    page.locator("#picture").set_input_files(picture)
    page.get_by_role("button", name="Send the report").click()
    expect(page.locator("h1")).to_have_text("Your report was received")
    assert [picture.read_bytes()] == [site.writer.reports.shelf.get(report.picture or "") for report in kept(engine)]
    context.close()


def test_by_keyboard_alone(browser: Browser, site: Site, engine: Engine) -> None:
    from playwright.sync_api import expect

    context = browser.new_context(viewport={"width": 1000, "height": 800})
    page = context.new_page()
    page.goto(f"{site.address}/report?lang=en")
    page.wait_for_selector("html[data-ready]", state="attached")

    def tab_to(selector: str) -> None:
        for _ in range(40):
            if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
                return
            page.keyboard.press("Tab")
        raise AssertionError(f"no way to {selector} by the keyboard")

    tab_to("#point")
    page.keyboard.type("Blacksmith")
    tab_to("input[name=depth]")
    page.keyboard.press("ArrowUp")  # from "I cannot say" to the deepest
    tab_to("#words")
    page.keyboard.type("by keyboard")
    tab_to("input[name=ago]")
    page.keyboard.press("ArrowDown")
    tab_to("#send")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Your report was received")
    (report,) = kept(engine)
    assert ("LP07", "bonnet", "by keyboard", 300_000_000) == (
        report.low_point,
        report.depth,
        report.words,
        round((report.made_us - report.observed_us) / 60e6) * 60_000_000,
    )
    context.close()


def test_over_a_slow_line_each_step_is_told_and_the_report_comes_whole(browser: Browser, site: Site, engine: Engine, picture: Path) -> None:
    from playwright.sync_api import expect

    context, page, line = opened(browser, site)
    page.evaluate("""() => { window.told = []; new MutationObserver(() => told.push(document.getElementById("state").textContent))
        .observe(document.getElementById("state"), { childList: true }); }""")
    fill(page, picture)
    expect(page.locator("#state")).to_contain_text("The picture is ready")
    line(SLOW)
    page.get_by_role("button", name="Send the report").tap()
    expect(page.locator("#progress")).to_be_visible()
    expect(page.locator("#state")).to_contain_text("% of the picture")
    told = page.evaluate("told")
    line(FAST)
    expect(page.locator("h1")).to_have_text("Your report was received", timeout=30_000)
    assert any("0 %" in words for words in told)
    assert kept(engine)[0].picture is not None
    context.close()


def test_a_line_that_is_lost_in_the_middle_costs_nothing_but_time(browser: Browser, site: Site, engine: Engine, picture: Path) -> None:
    from playwright.sync_api import expect

    context, page, line = opened(browser, site)
    fill(page, picture)
    expect(page.locator("#state")).to_contain_text("The picture is ready")
    line(SLOW)
    page.get_by_role("button", name="Send the report").tap()
    card = page.locator("input[name=card]").input_value()
    uploads, slot = site.writer.reports.uploads, site.writer.reports.slot(card)
    until(lambda: uploads.offset(slot) > 0)
    line(GONE)
    expect(page.locator("#state")).to_contain_text("No network", timeout=100_000)
    came = uploads.offset(slot)
    starts: list[int] = []
    page.on("request", lambda request: starts.append(int(request.headers["upload-offset"])) if request.method == "PATCH" else None)
    line(FAST)
    expect(page.locator("h1")).to_have_text("Your report was received", timeout=40_000)
    assert 0 < came <= min(starts), "what had come was not sent again"
    assert 1 == count(engine) and kept(engine)[0].picture is not None
    context.close()


def test_a_page_that_is_loaded_again_in_the_middle_goes_on_by_itself(browser: Browser, site: Site, engine: Engine, picture: Path) -> None:
    from playwright.sync_api import expect

    context, page, line = opened(browser, site)
    fill(page, picture, "kept")
    expect(page.locator("#state")).to_contain_text("The picture is ready")
    line(SLOW)
    page.get_by_role("button", name="Send the report").tap()
    card = page.locator("input[name=card]").input_value()
    until(lambda: site.writer.reports.uploads.offset(site.writer.reports.slot(card)) > 0)
    page.goto("about:blank")
    line(FAST)
    page.goto(f"{site.address}/report?lang=en")
    expect(page.locator("h1")).to_have_text("Your report was received", timeout=30_000)
    (report,) = kept(engine)
    assert "kept" == report.words and report.picture is not None
    assert site.writer.reports.known(card) is not None, "the card of the page that was closed"
    context.close()


def test_a_web_process_that_starts_again_in_the_middle_goes_on(browser: Browser, site: Site, engine: Engine, picture: Path) -> None:
    from playwright.sync_api import expect

    context, page, line = opened(browser, site)
    fill(page, picture)
    expect(page.locator("#state")).to_contain_text("The picture is ready")
    line(SLOW)
    page.get_by_role("button", name="Send the report").tap()
    card = page.locator("input[name=card]").input_value()
    uploads, slot = site.writer.reports.uploads, site.writer.reports.slot(card)
    until(lambda: uploads.offset(slot) > 0)
    site.stop()
    came = uploads.offset(slot)
    expect(page.locator("#state")).to_contain_text("No network")
    line(FAST)
    site.start()
    expect(page.locator("h1")).to_have_text("Your report was received", timeout=40_000)
    assert came > 0 and 1 == count(engine) and kept(engine)[0].picture is not None
    context.close()


def test_a_report_that_is_written_without_a_network_is_sent_when_it_is_back_and_tells_when_the_water_was_seen(
    browser: Browser, site: Site, engine: Engine
) -> None:
    from playwright.sync_api import expect

    context, page, _ = opened(browser, site)
    fill(page)
    page.route("**/report?*", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    page.get_by_role("button", name="Send the report").tap()
    expect(page.locator("#state")).to_contain_text("No network")
    page.evaluate(OLDER)
    page.goto("about:blank")
    page.unroute("**/report?*")
    page.goto(f"{site.address}/report?lang=en")
    expect(page.locator("h1")).to_have_text("Your report was received", timeout=30_000)
    (report,) = kept(engine)
    assert 30 == round((report.made_us - report.observed_us) / 60e6)
    context.close()


def test_an_earlier_report_that_is_sent_at_last_takes_nobody_away_from_another(browser: Browser, site: Site, engine: Engine) -> None:
    from playwright.sync_api import expect

    context, page, line = opened(browser, site)
    fill(page)
    line(GONE)
    page.get_by_role("button", name="Send the report").tap()
    expect(page.locator("#state")).to_contain_text("No network")
    line(FAST)
    with writing(engine) as connection:
        connection.execute(text("ALTER TABLE reports RENAME TO elsewhere"))
    page.goto(f"{site.address}/report?lang=en")
    expect(page.locator("#state")).to_contain_text("The report waits here")
    page.locator("#words").fill("another")
    with writing(engine) as connection:
        connection.execute(text("ALTER TABLE elsewhere RENAME TO reports"))
    expect(page.locator("#received")).to_contain_text("Your earlier report was received", timeout=30_000)
    assert "another" == page.locator("#words").input_value() and 1 == count(engine)
    context.close()


def test_a_report_that_nobody_wants_sent_any_more_is_not(browser: Browser, site: Site, engine: Engine) -> None:
    from playwright.sync_api import expect

    context, page, line = opened(browser, site)
    fill(page)
    line(GONE)
    page.get_by_role("button", name="Send the report").tap()
    expect(page.locator("#state")).to_contain_text("No network")
    page.get_by_role("button", name="Do not send it").tap()
    expect(page.locator("#stop")).to_be_hidden()
    line(FAST)
    page.reload()
    page.wait_for_selector("html[data-ready]", state="attached")
    expect(page.locator("#state")).to_be_hidden()
    assert 0 == count(engine)
    context.close()


def test_a_store_that_is_away_is_waited_for(browser: Browser, site: Site, engine: Engine) -> None:
    from playwright.sync_api import expect

    context, page, _ = opened(browser, site)
    with writing(engine) as connection:
        connection.execute(text("ALTER TABLE reports RENAME TO elsewhere"))
    fill(page)
    page.get_by_role("button", name="Send the report").tap()
    expect(page.locator("#state")).to_contain_text("The report waits here")
    with writing(engine) as connection:
        connection.execute(text("ALTER TABLE elsewhere RENAME TO reports"))
    expect(page.locator("h1")).to_have_text("Your report was received", timeout=30_000)
    assert 1 == count(engine)
    context.close()


def test_a_report_with_nothing_in_it_is_told_at_once_without_a_network(browser: Browser, site: Site) -> None:
    from playwright.sync_api import expect

    context, page, line = opened(browser, site)
    line(GONE)
    page.locator("#point").select_option("LP07")
    page.get_by_role("button", name="Send the report").tap()
    expect(page.locator("#state")).to_contain_text("Say how deep it is")
    expect(page.locator("#send")).to_be_enabled()
    context.close()


def test_the_position_is_asked_for_and_told_with_its_error(browser: Browser, site: Site, engine: Engine, city: City) -> None:
    from playwright.sync_api import expect

    point = city.low_points[6]
    position = {"latitude": point.lat, "longitude": point.lon, "accuracy": 24.0}
    context, page, _ = opened(browser, site, permissions=["geolocation"], geolocation=position)
    page.get_by_role("button", name="Use my position").tap()
    expect(page.locator("#state")).to_contain_text("give or take 24 m")
    page.locator("label.depth", has=page.locator("input[value=hub]")).tap()
    page.get_by_role("button", name="Send the report").tap()
    expect(page.locator("h1")).to_have_text("Your report was received")
    assert [("position", 24.0, point.low_point_id)] == [(one.place_by, one.place_error_m, one.low_point) for one in kept(engine)]
    context.close()


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("chooses", [True, False])
def test_a_position_that_is_rough_has_the_nearest_low_points_offered_and_none_chosen(
    browser: Browser, site: Site, engine: Engine, city: City, language: str, chooses: bool
) -> None:
    from playwright.sync_api import expect

    point = city.low_points[6]
    position = {"latitude": point.lat, "longitude": point.lon, "accuracy": 800.0}
    context, page, _ = opened(browser, site, f"/report?lang={language}", permissions=["geolocation"], geolocation=position)
    page.locator("#position").tap()
    expect(page.locator("#state")).to_contain_text({"en": "may be off by 800 m", "zh": "可能偏差 800 米"}[language])
    metres = {one.low_point_id: distance_m(point.lon, point.lat, one.lon, one.lat) for one in city.low_points}
    offered = page.locator("#point optgroup").first.locator("option").evaluate_all("(options) => options.map((one) => one.value)")
    assert sorted(metres, key=lambda one: metres[one])[:5] == offered
    assert "@" == page.locator("#point").input_value()
    if chooses:
        page.locator("#point").select_option(offered[0])
    page.locator("label.depth", has=page.locator("input[value=hub]")).tap()
    page.locator("#send").tap()
    expect(page.locator("h1")).to_have_text(WORDS[language][1])
    expected = ("point", None, point.low_point_id) if chooses else ("position", 800.0, None)
    assert [expected] == [(one.place_by, one.place_error_m, one.low_point) for one in kept(engine)]
    context.close()


def test_a_rough_place_of_the_map_has_the_nearest_low_points_offered_too(browser: Browser, site: Site, city: City) -> None:
    from playwright.sync_api import expect

    point = city.low_points[6]
    context, page, _ = opened(browser, site, f"/report?lang=en&lon={point.lon}&lat={point.lat}&error_m=400")
    expect(page.locator("#state")).to_contain_text("may be off by 400 m")
    expect(page.locator("#point optgroup").first).to_have_attribute("label", "Nearest low points")
    page.goto(f"{site.address}/report?lang=en&lon={point.lon}&lat={point.lat}&error_m=20")
    page.wait_for_selector("html[data-ready]", state="attached")
    expect(page.locator("#nearest")).to_have_count(0)
    context.close()


def test_a_position_that_is_refused_leads_to_list_and_map(browser: Browser, site: Site) -> None:
    from playwright.sync_api import expect

    context, page, _ = opened(browser, site, permissions=[])
    page.get_by_role("button", name="Use my position").tap()
    expect(page.locator("#state")).to_contain_text("choose a place of the list or the map")
    context.close()


LOOKS = [("en", "light", 390), ("zh", "dark", 390), ("en", "dark", 1280), ("zh", "light", 320)]


@pytest.mark.parametrize(("language", "scheme", "width"), LOOKS)
def test_everybody_can_use_every_page(browser: Browser, site: Site, engine: Engine, language: str, scheme: str, width: int) -> None:
    reports = site.writer.reports
    sent = reports.send(reports.card(), wish(low_point="LP07", words="x" * 400), taken(), "", "")
    with writing(engine) as connection:
        connection.execute(text("UPDATE reports SET state = 'asked', question = 'Which side?'"))
    paths = ["/report?", "/report?training=1&", "/report?no_plate=1&find=road&", "/report/map?", "/report/map?lon=113.62&lat=34.7&step=1&"]
    paths += [
        f"/report/sent?code={sent.code}&lost=broken&",
        f"/report/follow?code={sent.code}&",
        "/report/follow?code=x&",
        "/report/follow?",
    ]
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme="dark" if scheme == "dark" else "light")
    page = context.new_page()
    wrong, wide, small = {}, {}, {}
    for path in paths:
        page.goto(f"{site.address}{path}lang={language}")
        wrong[path], wide[path] = axe(page), page.evaluate("document.documentElement.scrollWidth")
        small[path] = page.evaluate(SMALL)
    assert {} == {path: found for path, found in wrong.items() if found}
    assert {} == {path: found for path, found in wide.items() if found > width}
    assert {} == {path: found for path, found in small.items() if found}
    context.close()


SMALL = """() => [...document.querySelectorAll("form button, form select, form input:not([type=hidden]), form textarea, a.way")]
    .filter((one) => one.offsetParent !== null)
    .map((one) => (one.closest("label") ?? one))
    .filter((one) => one.getBoundingClientRect().height < 44)
    .map((one) => one.outerHTML.slice(0, 120))"""
"""Targets in the forms that are less than 44 pixels high."""


def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds."""
    deadline_s = clock.monotonic_s() + 30
    while not holds():
        assert clock.monotonic_s() < deadline_s
        clock.sleep_s(0.01)
