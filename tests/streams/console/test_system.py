"""The page of the system, and that of drills: what is not well stands first and says why; how an exercise goes comes out of the log."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import Engine

from streams.observation.dead_letter import DeadLetter, Reason
from streams.store.projection import rows_of_letter, save
from tests.streams.console.conftest import axe, watched
from tests.streams.console.stepping import elsewhere

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.streams.console.stepping import Town
    from tests.streams.desk.town import Site


@pytest.fixture
def site(engine: Engine) -> Iterator[Site]:
    """Of two districts one was never heard, of two sensors of the other one was; a text could not be read."""
    from tests.streams.desk.town import Site, signed_town

    site = Site(engine, signed_town(districts=("D1", "D2"), drill=True))
    site.flood(0.45)
    site.log.hear([], until_s=181)
    save(engine, [rows_of_letter("t/0/1", DeadLetter(Reason.NOT_JSON, "mqtt", 7, "<b>no JSON</b>"))], site.now_us)
    yield site
    site.desk.close()


@pytest.fixture
def town(site: Site) -> Iterator[Town]:
    from tests.streams.console.stepping import stepping

    with stepping(site) as town:
        yield town


def test_one_sentence_says_what_is_not_well(browser: Browser, town: Town) -> None:
    from playwright.sync_api import expect

    page = town.enter(browser, "li", "system")
    sentence = page.locator("#sentence")
    expect(sentence).to_contain_text("stations not well.")
    expect(sentence).to_contain_text("No sender is alive: no text goes out.")


def test_what_is_not_well_stands_first_with_why(browser: Browser, town: Town) -> None:
    from playwright.sync_api import expect

    page = town.enter(browser, "li", "system")
    silent = page.locator("#districts tbody tr").first
    expect(page.locator("#districts tbody tr")).to_have_count(2)
    expect(silent).to_contain_text("D1")
    rows = page.locator("#stations tbody tr")
    expect(rows.first).to_contain_text("S1")
    expect(rows.first).to_contain_text("nothing has come from it yet")
    page.get_by_role("button", name="well: ").last.click()
    expect(page.locator("#stations tbody")).to_contain_text("S0")
    expect(page.locator("#stations tbody")).not_to_contain_text("S1")


def test_dead_letters_are_told_by_reason_and_never_run(browser: Browser, town: Town) -> None:
    from playwright.sync_api import expect

    page = town.enter(browser, "li", "system")
    expect(page.locator("#letters table")).to_contain_text("not one JSON object in UTF-8")
    page.locator("#letters summary").click()
    expect(page.locator("#letters .first-bytes")).to_have_text("<b>no JSON</b>")
    expect(page.locator("#letters b")).to_have_count(0)


def told_by_kafka(site: Site, *told: object) -> None:
    """A watch that was told so much, and asks nobody."""
    from streams.broker.names import TopicNames
    from streams.desk.lag import LagWatch, Told, readers

    watch = LagWatch("nowhere:1", readers(TopicNames("t"), site.city))
    watch.told = lambda: told[0] if told else Told(unknown="no_answer", detail="no Kafka answers at nowhere:1")
    object.__setattr__(site.desk, "lag", watch)


def test_what_waits_in_kafka_stands_at_the_head_and_by_partition(browser: Browser, town: Town) -> None:
    from playwright.sync_api import expect

    from streams.broker.lag import Lag
    from streams.desk.lag import Told

    lags = (
        Lag("t.workers", "t.orders", 0, 0, 4, 4),
        Lag("t.workers", "t.batches", 0, 0, 50, 10),
        Lag("t.workers", "t.batches", 1, 0, 2, None),
    )
    told_by_kafka(town.site, Told(town.site.now_us, lags, None))
    page = town.enter(browser, "li", "system")
    expect(page.locator("#waiting")).to_contain_text("Messages that wait in Kafka: 42. asked at 16:02:30")
    expect(page.locator("#waiting.bad")).to_have_count(0)
    rows = page.locator("#lag tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("workers")
    expect(rows.first.locator("td")).to_have_text(["t.batches", "42", "0: 401: 2 (nothing read yet)"])
    expect(rows.last.locator("td")).to_have_text(["t.orders", "0", "0: 0"])


def test_what_kafka_does_not_say_never_looks_like_nothing(browser: Browser, town: Town) -> None:
    from playwright.sync_api import expect

    told_by_kafka(town.site)
    page = town.enter(browser, "li", "system")
    expect(page.locator("#waiting.bad")).to_contain_text("is not known: Kafka does not answer.")
    expect(page.locator("body")).not_to_contain_text("nowhere:1")  # where Kafka is stands in the log
    expect(page.locator("#lag-none")).to_have_text("Nothing is known.")
    expect(page.locator("#lag")).to_be_hidden()


def test_a_drill_says_that_it_is_one_and_how_long_signing_took(browser: Browser, town: Town) -> None:
    from playwright.sync_api import expect

    wang = town.site.person("wang")
    elsewhere(lambda: wang.sign(town.site.log.orders[-1].identifier))
    page = town.page(browser, wang, "drill")
    expect(page.locator(".stripe")).to_contain_text("EXERCISE")
    expect(page.locator(".now-drill")).to_contain_text("Nothing that is done here leaves this machine")
    expect(page.locator("#drill-signed")).to_have_text("1")
    order = town.site.log.orders[-1]
    expect(page.locator("#goes tbody tr")).to_contain_text("wang")
    expect(page.locator("#drill-took")).to_contain_text("half within")
    expect(page.locator("#storm-time")).to_contain_text("2026-07-14 16:0")
    assert "released" == order.state


@pytest.mark.parametrize("name", ["system", "drill"])
@pytest.mark.parametrize(("language", "scheme", "width"), [("en", "light", 1440), ("zh", "dark", 320)])
def test_axe_finds_nothing_and_nothing_sticks_out(browser: Browser, town: Town, name: str, language: str, scheme: str, width: int) -> None:
    from playwright.sync_api import expect

    from streams.broker.lag import Lag
    from streams.desk.lag import Told

    look: dict[str, Any] = {
        "locale": "zh-CN" if language == "zh" else "en-GB",
        "color_scheme": scheme,
        "viewport": {"width": width, "height": 900},
    }
    lags = [Lag("t.workers", "t.batches", partition, 0, 50, 10) for partition in range(30)]
    told_by_kafka(town.site, Told(town.site.now_us, tuple(lags), None))
    page = town.enter(browser, "li", name, **look)
    heard = watched(page)
    if name == "system":
        expect(page.locator("#lag")).to_be_visible()
    expect(page.locator("#stations tbody tr").first if name == "system" else page.locator("#drill-signed")).to_be_visible()
    assert width >= page.evaluate("document.documentElement.scrollWidth")
    assert [] == axe(page)
    assert [] == heard.complaints
