"""Reports that wait in a browser come one after the other: none is kept back by another, by its picture, or by what is wrong with one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import Engine

from streams import clock
from streams.city.model import City
from tests.streams.reports.office import Easy, count, photo
from tests.streams.web.browsing import axe
from tests.streams.web.reporting import writing_to
from tests.streams.web.test_browser_report import Site, fill, kept, make_photo, opened

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page, Route

SEND, RECEIVED = "Send the report", "Your report was received"


@pytest.fixture(scope="module")
def picture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_photo(tmp_path_factory.mktemp("photo") / "IMG_0001.jpg")


@pytest.fixture
def site(engine: Engine, store_url: str, city: City, tmp_path: Path) -> Iterator[Site]:
    with writing_to(city, store_url, tmp_path / "pictures", clock.now_us) as writer:
        writer.reports.public_url = ""
        site = Site(writer)
        yield site
        site.stop()


CHANGE = """async (changes) => {
    const ask = indexedDB.open("lowpoint-reports", 1);
    await new Promise((done) => { ask.onsuccess = done; });
    const turn = ask.result.transaction("waiting", "readwrite"), shelf = turn.objectStore("waiting");
    shelf.getAll().onsuccess = ({ target }) => {
        for (const report of target.result) shelf.put({ ...report, fields: { ...report.fields, ...changes } });
    };
    await new Promise((done) => { turn.oncomplete = done; });
    ask.result.close();
}"""
"""Changes the fields of what waits in the browser."""


def earlier(browser: Browser, site: Site, picture: Path | None = None, **changes: str) -> tuple[BrowserContext, Page]:
    """A telephone in which an earlier report waits, of LP07 with the words "first"; the page that wrote it is closed."""
    from playwright.sync_api import expect

    context, page, _ = opened(browser, site)
    page.route("**/report?*", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    page.route("**/report/upload/*", lambda route: route.abort())
    fill(page, picture, "first")
    if picture is not None:
        expect(page.locator("#state")).to_contain_text("The picture is ready")
    page.get_by_role("button", name=SEND).tap()
    expect(page.locator("#state")).to_contain_text("No network")
    page.evaluate(CHANGE, changes)
    page.goto("about:blank")
    page.unroute_all()
    return context, page


def write(page: Page, words: str, point: str = "LP08") -> None:
    page.locator("#point").select_option(point)
    page.locator("label.depth", has=page.locator("input[value=thigh]")).tap()
    page.locator("#words").fill(words)


def told(engine: Engine) -> set[tuple[str | None, str, str]]:
    return {(report.low_point, report.depth, report.words) for report in kept(engine)}


def hold_first(page: Page, pattern: str, method: str) -> list[Route]:
    """Hold the first request of a kind until somebody lets it go on."""
    held: list[Route] = []
    page.route(pattern, lambda route: held.append(route) if route.request.method == method and not held else route.continue_())
    return held


BOTH = {("LP07", "knee", "first"), ("LP08", "thigh", "second")}


def test_a_report_that_is_sent_while_another_is_under_way_is_sent_after_it(browser: Browser, site: Site, engine: Engine) -> None:
    from playwright.sync_api import expect

    context, page = earlier(browser, site)
    held = hold_first(page, "**/report?*", "POST")
    page.goto(f"{site.address}/report?lang=en")
    expect(page.locator("#state")).to_contain_text("Sending your report")
    write(page, "second")
    page.get_by_role("button", name=SEND).tap()
    expect(page.locator("#state")).to_contain_text("sent by itself after the earlier one")
    expect(page.locator("#send")).to_have_text("Kept here, sent by itself")
    expect(page.locator("#send")).to_be_disabled()
    held[0].continue_()
    expect(page.locator("h1")).to_have_text(RECEIVED, timeout=30_000)
    assert told(engine) == BOTH
    # the code of the first is told as well: nobody could look it up
    assert all(site.writer.reports.follow(code) for code in codes(page)) and 2 == len(codes(page))
    context.close()


def codes(page: Page) -> set[str]:
    """All codes that a page tells."""
    links = page.locator("a[href*='/report/follow?code=']").evaluate_all("(links) => links.map((link) => link.href)")
    return {link.partition("code=")[2].partition("&")[0] for link in links}


@pytest.mark.parametrize("status", [429, 503, 507])
def test_a_picture_that_is_refused_again_and_again_does_not_keep_the_words(
    browser: Browser, site: Site, engine: Engine, picture: Path, status: int
) -> None:
    from playwright.sync_api import expect

    context, page, _ = opened(browser, site)
    asked: list[str] = []

    def refuse(route: Route) -> None:
        asked.append(route.request.method)
        if route.request.method == "PATCH":
            route.fulfill(status=status, headers={"Retry-After": "1"})
        else:
            route.continue_()

    page.route("**/report/upload/*", refuse)
    fill(page, picture, "people in the car")
    page.get_by_role("button", name=SEND).tap()
    expect(page.locator("h1")).to_have_text(RECEIVED, timeout=30_000)
    expect(page.locator("main [role=alert]")).to_contain_text("The picture could not be taken; the rest of your report was received.")
    assert [("people in the car", None)] == [(report.words, report.picture) for report in kept(engine)]
    assert (1 if status == 507 else 3) == asked.count("PATCH")
    context.close()


def test_a_disk_that_is_full_keeps_no_words(
    browser: Browser, site: Site, engine: Engine, picture: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from playwright.sync_api import expect

    monkeypatch.setattr(site.writer.reports.uploads, "has_room", lambda _: False)
    context, page, _ = opened(browser, site, "/report?lang=zh")
    fill(page, picture, "kept")
    page.locator("#send").tap()
    expect(page.locator("h1")).to_have_text("您的上报已收到", timeout=30_000)
    expect(page.locator("main [role=alert]")).to_contain_text("上报的其余内容已收到")
    assert [("kept", None)] == [(report.words, report.picture) for report in kept(engine)]
    context.close()


def test_a_report_of_a_picture_alone_waits_for_room_and_keeps_no_other_back(
    browser: Browser, site: Site, engine: Engine, picture: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from playwright.sync_api import expect

    full = [True]
    monkeypatch.setattr(site.writer.reports.uploads, "has_room", lambda _: not full[0])
    context, page = earlier(browser, site, picture, depth="", words="")
    page.goto(f"{site.address}/report?lang=en")
    expect(page.locator("#state")).to_contain_text("waits here")
    write(page, "second")
    page.get_by_role("button", name=SEND).tap()
    until(page, lambda: count(engine) == 1)
    assert told(engine) == {("LP08", "thigh", "second")}
    # a new form tells the code, and goes on with the picture
    expect(page.locator("#received")).to_contain_text("Its code", timeout=30_000)
    assert "" == page.locator("#words").input_value()
    full[0] = False
    expect(page.locator("h1")).to_have_text(RECEIVED, timeout=60_000)
    assert 2 == count(engine) == len(codes(page)) and 1 == sum(report.picture is not None for report in kept(engine))
    context.close()


def until(page: Page, holds: Callable[[], bool]) -> None:
    """Wait until something holds, and let the browser's routes be told meanwhile."""
    deadline_s = clock.monotonic_s() + 30
    while not holds():
        assert clock.monotonic_s() < deadline_s
        page.wait_for_timeout(20)


def test_an_earlier_report_that_cannot_be_taken_writes_over_nothing_and_can_be_mended(browser: Browser, site: Site, engine: Engine) -> None:
    from playwright.sync_api import expect

    context, page = earlier(browser, site, point="")
    held = hold_first(page, "**/report?*", "POST")
    page.goto(f"{site.address}/report?lang=en")
    expect(page.locator("#state")).to_contain_text("Sending your report")
    write(page, "second")
    held[0].continue_()
    expect(page.locator("#refused")).to_contain_text("Say where")
    assert ("LP08", "second") == (page.locator("#point").input_value(), page.locator("#words").input_value())
    with context.expect_page() as opening:
        page.get_by_role("link", name="Open it and mend it").tap()
    other = opening.value
    expect(other.locator("#state")).to_contain_text("Say where")
    assert ("", "first") == (other.locator("#point").input_value(), other.locator("#words").input_value())
    assert other.locator("input[value=knee]").is_checked()
    other.locator("#point").select_option("LP07")
    other.get_by_role("button", name=SEND).tap()
    expect(other.locator("h1")).to_have_text(RECEIVED, timeout=30_000)
    page.get_by_role("button", name=SEND).tap()
    expect(page.locator("h1")).to_have_text(RECEIVED, timeout=30_000)
    assert told(engine) == BOTH
    page.goto(f"{site.address}/report?lang=en")
    page.wait_for_selector("html[data-ready]", state="attached")
    expect(page.locator("#refused")).to_be_hidden()
    context.close()


def test_the_form_of_a_plate_keeps_its_place_whatever_becomes_of_an_earlier_report(browser: Browser, site: Site, engine: Engine) -> None:
    from playwright.sync_api import expect

    context, page = earlier(browser, site, point="", depth="bonnet")
    page.goto(f"{site.address}/report?lang=en&point=LP08&plate=LP08")
    expect(page.locator("#refused")).to_contain_text("Say where")
    assert ("LP08", "") == (page.locator("#point").input_value(), page.locator("#words").input_value())
    page.get_by_role("button", name="Throw it away").tap()
    expect(page.locator("#refused")).to_be_hidden()
    page.reload()
    page.wait_for_selector("html[data-ready]", state="attached")
    expect(page.locator("#refused")).to_be_hidden()
    context.close()


def test_an_earlier_report_that_cannot_be_taken_comes_back_into_a_form_that_nobody_has_touched(
    browser: Browser, site: Site, engine: Engine
) -> None:
    from playwright.sync_api import expect

    context, page = earlier(browser, site, point="")
    page.goto(f"{site.address}/report?lang=en")
    expect(page.locator("#state")).to_contain_text("Say where")
    assert "first" == page.locator("#words").input_value()
    page.locator("#point").select_option("LP07")
    page.get_by_role("button", name=SEND).tap()
    expect(page.locator("h1")).to_have_text(RECEIVED, timeout=30_000)
    assert told(engine) == {("LP07", "knee", "first")}
    context.close()


AGED = CHANGE.replace("fields: { ...report.fields, ...changes }", "made_ms: report.made_ms - changes")


@pytest.mark.parametrize(("language", "says"), [("en", "over a day ago"), ("zh", "已超过一天")])
def test_a_report_of_another_day_is_not_sent_and_its_writer_is_told_and_has_it_still(
    browser: Browser, site: Site, engine: Engine, language: str, says: str
) -> None:
    from playwright.sync_api import expect

    context, page = earlier(browser, site)
    page.goto(f"{site.address}/report.css")
    page.evaluate(AGED, 25 * 3_600_000)
    page.goto(f"{site.address}/report?lang={language}")
    expect(page.locator("#refused")).to_contain_text(says)
    assert "" == page.locator("#words").input_value(), "it does not pass for one of now"
    page.reload()
    expect(page.locator("#refused")).to_contain_text(says)
    page.locator("#mend").tap()
    expect(page.locator("#words")).to_have_value("first")
    assert 0 == count(engine)
    page.locator("#send").tap()
    expect(page.locator("h1")).to_have_text({"en": RECEIVED, "zh": "您的上报已收到"}[language], timeout=30_000)
    assert told(engine) == {("LP07", "knee", "first")}
    context.close()


# ---- a photo that cannot be read

UNREADABLE = """() => {
    const read = Blob.prototype.arrayBuffer;
    window.held = [];
    window.createImageBitmap = () => Promise.reject(new DOMException("x", "InvalidStateError"));
    Blob.prototype.arrayBuffer = () => new Promise((_, reject) => held.push(() => reject(new DOMException("x", "NotReadableError"))));
    window.mend = () => { Blob.prototype.arrayBuffer = read; };
    window.fail = () => held.forEach((one) => one());
}"""
"""Files cannot be read; each read fails when `fail` is called, until `mend` is."""


def unreadable(browser: Browser, site: Site, language: str = "en") -> tuple[BrowserContext, Page]:
    context, page, _ = opened(browser, site, f"/report?lang={language}&point=LP07")
    page.evaluate(UNREADABLE)
    return context, page


@pytest.mark.parametrize("early", [True, False])
def test_a_photo_that_cannot_be_read_costs_the_photo_and_not_the_words(
    browser: Browser, site: Site, engine: Engine, picture: Path, early: bool
) -> None:
    from playwright.sync_api import expect

    context, page = unreadable(browser, site)
    fill(page, picture, "kept")
    if early:
        page.locator("#send").tap()
        expect(page.locator("#send")).to_be_disabled()
    page.evaluate("fail()")
    if not early:
        expect(page.locator("#state")).to_contain_text("The photo cannot be read")
        page.locator("#send").tap()
    expect(page.locator("h1")).to_have_text(RECEIVED, timeout=30_000)
    expect(page.locator("main [role=alert]")).to_contain_text("the rest of your report was received")
    assert [("kept", None)] == [(report.words, report.picture) for report in kept(engine)]
    context.close()


def test_a_photo_that_cannot_be_read_with_nothing_beside_it_is_told_and_another_can_be_chosen(
    browser: Browser, site: Site, engine: Engine, picture: Path
) -> None:
    from playwright.sync_api import expect

    context, page = unreadable(browser, site)
    page.locator("#picture").set_input_files(picture)
    page.locator("#send").tap()
    expect(page.locator("#send")).to_be_disabled()
    page.evaluate("fail()")
    expect(page.locator("#state")).to_contain_text("The photo cannot be read")
    expect(page.locator("#send")).to_be_enabled()
    page.locator("#send").tap()
    expect(page.locator("#state")).to_contain_text("The photo cannot be read")
    page.evaluate("mend()")
    page.locator("#picture").set_input_files(picture)
    expect(page.locator("#state")).to_contain_text("The picture is ready")
    page.locator("#send").tap()
    expect(page.locator("h1")).to_have_text(RECEIVED, timeout=30_000)
    assert [True] == [report.picture is not None for report in kept(engine)]
    context.close()


# ---- the place of the photo


def test_where_the_photo_was_taken_is_read_from_the_photo_as_it_is(browser: Browser, site: Site, engine: Engine, picture: Path) -> None:
    from playwright.sync_api import expect

    taker = site.writer.reports.taker
    assert isinstance(taker, Easy)
    taker.place = (113.6, 34.7)
    context, page, _ = opened(browser, site)
    fill(page, picture)
    page.locator("#point").select_option("+")
    page.get_by_role("button", name=SEND).tap()
    expect(page.locator("#state")).to_contain_text("mark that its own data may be read")
    page.get_by_label("Time and place may be read").check()
    page.get_by_role("button", name=SEND).tap()
    expect(page.locator("h1")).to_have_text(RECEIVED, timeout=30_000)
    assert [(picture.read_bytes(), True)] == taker.asked
    assert [("photo", 113.6)] == [(report.place_by, report.lon) for report in kept(engine)]
    context.close()


def test_a_photo_whose_place_is_not_asked_for_is_made_smaller_with_consent_too(
    browser: Browser, site: Site, engine: Engine, picture: Path
) -> None:
    from playwright.sync_api import expect

    context, page, _ = opened(browser, site)
    fill(page, picture)
    page.get_by_label("Time and place may be read").check()
    page.get_by_role("button", name=SEND).tap()
    expect(page.locator("h1")).to_have_text(RECEIVED, timeout=30_000)
    taker = site.writer.reports.taker
    assert isinstance(taker, Easy)
    assert [False] == [b"secret" in raw for raw, _ in taker.asked]
    context.close()


def test_a_photo_too_large_to_be_sent_as_it_is_is_told_at_once(browser: Browser, site: Site, picture: Path, tmp_path: Path) -> None:
    from playwright.sync_api import expect

    large = tmp_path / "large.jpg"
    large.write_bytes(picture.read_bytes() + b"\0" * 12 * 1024 * 1024)
    context, page, _ = opened(browser, site)
    fill(page, large)
    page.locator("#point").select_option("+")
    page.get_by_label("Time and place may be read").check()
    page.get_by_role("button", name=SEND).tap()
    expect(page.locator("#state")).to_contain_text("larger than 12 MB, so its place cannot be read")
    expect(page.locator("#send")).to_be_enabled()
    context.close()


# ---- what a slow line and a wrong answer cost


def test_the_time_that_a_picture_takes_is_time_since_the_water_was_seen(
    browser: Browser, site: Site, engine: Engine, picture: Path
) -> None:
    from playwright.sync_api import expect

    context, page, _ = opened(browser, site)
    fill(page, picture)
    expect(page.locator("#state")).to_contain_text("The picture is ready")

    held = hold_first(page, "**/report/upload/*", "PATCH")
    page.get_by_role("button", name=SEND).tap()
    until(page, lambda: bool(held))
    page.evaluate("() => { const now = Date.now; Date.now = () => now() + 1_200_000; }")
    held[0].continue_()
    expect(page.locator("h1")).to_have_text(RECEIVED, timeout=30_000)
    (report,) = kept(engine)
    assert 20 == round((report.made_us - report.observed_us) / 60e6)
    context.close()


def test_nothing_of_a_picture_is_sent_before_another_one_of_its_card_is_gone(
    browser: Browser, site: Site, engine: Engine, picture: Path
) -> None:
    from playwright.sync_api import expect

    context, page, _ = opened(browser, site)
    reports, card = site.writer.reports, page.locator("input[name=card]").input_value()
    reports.uploads.append(reports.slot(card), 0, photo(1) + b"another")
    failed: list[str] = []

    def refuse(route: Route) -> None:
        if route.request.method == "DELETE" and not failed:
            failed.append("DELETE")
            route.fulfill(status=503, headers={"Retry-After": "1"})
        else:
            route.continue_()

    page.route("**/report/upload/*", refuse)
    fill(page, picture)
    page.get_by_role("button", name=SEND).tap()
    expect(page.locator("h1")).to_have_text(RECEIVED, timeout=30_000)
    (report,) = kept(engine)
    raw = reports.shelf.get(report.picture or "")
    assert ["DELETE"] == failed and raw is not None and b"another" not in raw
    context.close()


# ---- how it looks


@pytest.mark.parametrize(("language", "scheme"), [("en", "dark"), ("zh", "light")])
def test_everybody_can_use_the_page_with_an_earlier_report_on_it(
    browser: Browser, site: Site, engine: Engine, language: str, scheme: str
) -> None:
    from playwright.sync_api import expect

    context, page = earlier(browser, site, point="")
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.set_viewport_size({"width": 320, "height": 800})
    page.goto(f"{site.address}/report?lang={language}&point=LP08#received=ACDEF-GHJKM")
    expect(page.locator("#refused")).to_be_visible()
    expect(page.locator("#received")).to_contain_text("ACDEF-GHJKM")
    assert [] == axe(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    context.close()
