"""What other systems follow: released orders and nothing else, each as a CAP document that stands up to the rules."""

from __future__ import annotations

import csv
import io
import logging
import threading
from typing import Any
from urllib.parse import urljoin

import pytest
from lxml import etree
from msgspec.structs import replace
from sqlalchemy import Engine

from streams.alerts.alert import Alert
from streams.alerts.cap import from_cap
from streams.alerts.check import check
from streams.city.model import City
from streams.observation.moments import MINUTE_US, to_text
from streams.rules.outputs import Order
from streams.web.app import make_app
from streams.web.board import Board, make_board
from streams.web.editions import Edition
from streams.web.published import Published
from streams.web.snapshot import take_snapshot
from streams.web.source import Boards, Inquiry, StoreAway
from tests.streams.web.conftest import Visit, Visitor
from tests.streams.web.situations import NOW_US, dry, order, say, state

ATOM = {"a": "http://www.w3.org/2005/Atom"}
DAY_S = 86_400


def told(engine: Engine, city: City, *orders: Order) -> None:
    """Every point is dry, and the first zone's district tells of these orders."""
    say(engine, city, {point.low_point_id: dry(point) for point in city.low_points}, {city.zones[0].district_id: list(orders)})


def version(before: Order, ago_s: int, **changes: Any) -> Order:
    """The next version of an incident."""
    number = before.version + 1
    identifier = before.identifier.rpartition("_")[0] + f"_{number}"
    issued_us = NOW_US - ago_s * 1_000_000
    fields = {"version": number, "msg_type": "Update", "identifier": identifier, "references": [before.identifier], **changes}
    return replace(before, issued_at=to_text(issued_us), expires=to_text(issued_us + 360 * MINUTE_US), **fields)


def listed(visitor: Visitor, address: str = "/alerts.atom") -> list[str]:
    """Addresses of the documents that the feed leads to, as a reader resolves them."""
    answer = visitor.get(address)
    assert (200, "application/atom+xml") == (answer.status_code, answer.headers["content-type"])
    links = etree.fromstring(answer.content).xpath("a:entry/a:link[@rel='alternate']/@href", namespaces=ATOM)
    return [urljoin(address, str(link)) for link in links]  # type: ignore[union-attr]


def document(visitor: Visitor, address: str) -> Alert:
    answer = visitor.get(address)
    assert (200, "application/cap+xml") == (answer.status_code, answer.headers["content-type"])
    assert [] == check(answer.content)
    return from_cap(answer.content)


def rows(visitor: Visitor, address: str = "/alerts.csv") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(visitor.get(address).text, newline="")))


def properties(visitor: Visitor, address: str) -> list[dict[str, Any]]:
    return [feature["properties"] for feature in visitor.get(address).json()["features"]]


def test_a_thread_is_followed_from_the_feed_to_its_documents(visit: Visit, engine: Engine, city: City) -> None:
    first = order(city.zones[0], 3, 600, low_point=city.low_points[0].low_point_id)
    second = version(first, 300, level=4)
    last = version(second, 60, msg_type="Cancel")
    told(engine, city, first, second, last)
    visitor = visit("noData")
    alerts = [document(visitor, address) for address in listed(visitor)]
    assert [last.identifier, second.identifier, first.identifier] == [alert.identifier for alert in alerts]
    assert [second.identifier, first.identifier] == [one.identifier for alert in alerts for one in alert.references]
    assert {("Test", city.public.cap_issuer)} == {(alert.status, alert.sender) for alert in alerts}
    assert city.low_points[0].name in alerts[1].infos[0].headline
    assert [alert.identifier for alert in alerts] == [row["identifier"] for row in rows(visitor)]


def test_a_live_city_publishes_for_real(visit: Visit, engine: Engine, city: City) -> None:
    live = replace(city, demo=False, simulated=False, public=replace(city.public, live=True))
    told(engine, live, order(city.zones[0]))
    visitor = visit("noData", live)
    assert ["Actual"] == [document(visitor, address).status for address in listed(visitor)]


def test_a_draft_is_nowhere_until_it_is_released(visit: Visit, engine: Engine, city: City) -> None:
    draft = order(city.zones[0], state="draft")
    told(engine, city, draft)
    visitor = visit("noData")
    assert ([], []) == (listed(visitor), rows(visitor))
    assert 404 == visitor.get(f"/cap/{draft.identifier}.xml").status_code
    assert all(zone["incident"] is None for zone in properties(visitor, "/zones.geojson"))
    signed_at = to_text(NOW_US - 20_000_000)
    told(engine, city, replace(draft, state="released", decided_at=signed_at, decision="signed by li", number=1))
    visitor = visit("noData")
    (address,) = listed(visitor)
    assert signed_at == to_text(document(visitor, address).sent_us)
    assert draft.identifier in {zone.get("identifier") for zone in properties(visitor, "/zones.geojson")}


def test_a_release_is_seen_by_a_reader_who_has_seen_the_draft(engine: Engine, store_url: str, city: City) -> None:
    boards = Boards(city, store_url, lambda: NOW_US)
    first = order(city.zones[0])
    draft = version(first, 60, state="draft")
    told(engine, city, first, draft)
    assert [first.identifier] == [alert.identifier for alert in boards.make_published().alerts]
    told(engine, city, replace(draft, state="released", decided_at=to_text(NOW_US), number=1))
    assert [first.identifier, draft.identifier] == [alert.identifier for alert in boards.make_published().alerts]


def test_a_faulty_alert_is_not_published_but_counted_and_the_thread_goes_on_without_it(
    visit: Visit, engine: Engine, city: City, caplog: pytest.LogCaptureFixture
) -> None:
    faulty = replace(order(city.zones[0], 3, 600), identifier="of two words_1")
    good = version(faulty, 60, identifier="demo_2")
    lost = replace(order(city.zones[0], 4), zones=["GONE"], incident="GONE-1", identifier="gone_1")
    told(engine, city, faulty, good, lost)
    visitor = visit("noData")
    with caplog.at_level(logging.ERROR):
        (address,) = listed(visitor)
        listed(visitor)
    alert = document(visitor, address)
    assert ("demo_2", "Alert", ()) == (alert.identifier, alert.msg_type, alert.references)
    assert 404 == visitor.get("/cap/of%20two%20words_1.xml").status_code
    assert 2 == visitor.get("/health").json()["alerts_withheld"]
    assert ["gone_1", "of two words_1"] == sorted(record.getMessage().partition(" is not")[0] for record in caplog.records)


def test_what_is_older_than_a_week_has_left_the_feed_and_still_has_its_document(visit: Visit, engine: Engine, city: City) -> None:
    old = order(city.zones[0], ago_s=30 * DAY_S)
    told(engine, city, old)
    visitor = visit("noData")
    assert [] == listed(visitor)
    assert old.identifier == document(visitor, f"/cap/{old.identifier}.xml").identifier


def test_an_update_refers_to_what_was_published_before_the_week_began(visit: Visit, engine: Engine, city: City) -> None:
    first = order(city.zones[0], ago_s=8 * DAY_S)
    second = version(first, DAY_S)
    told(engine, city, first, second)
    visitor = visit("noData")
    (address,) = listed(visitor)
    assert ("Update", [first.identifier]) == (
        document(visitor, address).msg_type,
        [one.identifier for one in document(visitor, address).references],
    )


def test_an_identifier_of_any_characters_is_found_by_its_link(visit: Visit, engine: Engine, city: City) -> None:
    odd = order(city.zones[0], identifier="https://town.example/片区%E7?x#y_1")
    told(engine, city, odd)
    visitor = visit("noData")
    (address,) = listed(visitor)
    assert odd.identifier == document(visitor, address).identifier


@pytest.mark.parametrize("name", ["nothing", "%00", "a%20b", "a,b", "%ED%A0%80", "x" * 2000, "'%20OR%201=1--"])
def test_what_was_never_released_is_not_found(visit: Visit, engine: Engine, city: City, name: str) -> None:
    told(engine, city, order(city.zones[0]))
    assert 404 == visit("noData").get(f"/cap/{name}.xml").status_code


@pytest.mark.parametrize(("asked", "language"), [("?lang=en", "en"), ("?lang=zh", "zh"), ("", "zh"), ("?lang=xx", "zh")])
def test_feed_and_table_speak_the_language_that_is_asked_for(visit: Visit, engine: Engine, city: City, asked: str, language: str) -> None:
    told(engine, city, order(city.zones[0]))
    word = city.zones[0].name if language == "zh" else city.zones[0].name_en
    visitor = visit("noData")
    assert word in visitor.get(f"/alerts.atom{asked}", accept_language="en").text
    assert word in rows(visitor, f"/alerts.csv{asked}")[0]["headline"]


def test_zones_have_their_incident_and_one_that_may_be_under_water_unknown_is_not_calm(visit: Visit, engine: Engine, city: City) -> None:
    silent = city.low_points[0]
    states = {point.low_point_id: dry(point) for point in city.low_points} | {silent.low_point_id: state(silent, "unknown", 0.0)}
    red = city.zones[-1]
    say(engine, city, states, {red.district_id: [order(red)]})
    found = {zone["zone"]: zone for zone in properties(visit("noData"), "/zones.geojson")}
    assert (4, "Extreme", "Test") == tuple(found[red.zone_id][name] for name in ("level", "severity", "status"))
    unknown = {name for name, zone in found.items() if zone["level"] == "unknown"}
    assert "Z01A" in unknown
    assert unknown <= {zone.zone_id for zone in city.zones if zone.district_id == silent.district_id}
    assert 0 == found[city.zones[-3].zone_id]["level"]


@pytest.mark.parametrize("situation", ["noData", "stale"])
def test_no_zone_is_calm_without_fresh_data(visit: Visit, situation: str) -> None:
    assert {"unknown"} == {zone["level"] for zone in properties(visit(situation), "/zones.geojson")}


def test_the_page_tells_where_the_feed_is(visit: Visit) -> None:
    page = visit("allDry").get("/?lang=en").text
    assert '<link rel="alternate" type="application/atom+xml" title="Flood warning ' in page
    assert 'href="/alerts.atom?lang=en"' in page


@pytest.mark.parametrize("address", ["/alerts.atom", "/alerts.csv", "/zones.geojson", "/danger.geojson", "/closures.json", "/cap/x.xml"])
def test_while_the_store_is_away_so_are_they(city: City, address: str) -> None:
    assert 503 == Visitor(make_app(city, Boards(city, "sqlite:////proc/no/store.db"))).get(address).status_code


def test_the_page_does_not_wait_until_something_else_is_made(engine: Engine, city: City) -> None:
    edition, drawing, drawn = Edition(make_board(city, take_snapshot(engine), NOW_US)), threading.Event(), threading.Event()

    def slow(_: Board) -> bytes:
        drawing.set()
        assert drawn.wait(10)
        return b"areas"

    slowly = threading.Thread(target=edition.body, args=(("danger",), slow))
    slowly.start()
    try:
        assert drawing.wait(10)
        assert b"page" == edition.body(("page",), lambda _: b"page").plain
    finally:
        drawn.set()
        slowly.join()


def test_neither_page_nor_health_waits_for_the_alerts(city: City, store_url: str, engine: Engine) -> None:
    told(engine, city, order(city.zones[0]))
    boards, come_on = Boards(city, store_url, lambda: NOW_US), threading.Event()
    make, made = boards.make_published, threading.Event()

    def slowly() -> Published:
        come_on.wait(10)
        published = make()
        made.set()
        return published

    boards.make_published = slowly  # type: ignore[method-assign]
    visitor = Visitor(make_app(city, boards))
    assert [200, 200] == [visitor.get(address).status_code for address in ("/", "/health")]
    assert not made.is_set()
    come_on.set()
    assert 1 == len(listed(visitor))


def test_a_store_that_hangs_costs_no_more_threads_than_may_ask_at_once() -> None:
    import asyncio

    come_back, asked = threading.Event(), []

    def ask(question: str) -> str:
        asked.append(question)
        come_back.wait(10)
        return question

    async def many() -> str:
        inquiry = Inquiry(ask, most=2, patience_s=0.05)
        for _ in range(4):
            with pytest.raises(StoreAway):
                await inquiry.answer("hangs")
        come_back.set()
        inquiry._patience_s = 5
        while inquiry._under_way:
            await asyncio.sleep(0.001)
        return await inquiry.answer("comes")

    assert "comes" == asyncio.run(many())
    assert ["hangs", "hangs", "comes"] == asked
