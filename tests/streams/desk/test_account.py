"""The account at the desk: counts and costs for whoever may look, and metrics that Prometheus takes; never who."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from sqlalchemy import event

from streams.desk.exposition import gauge
from streams.officers.roles import Role
from streams.rules.outputs import Order
from streams.store.account import account_by_zone
from streams.store.outbox import write_order
from tests.streams.desk.town import PEOPLE, Client, Site
from tests.streams.store.posts import begin, say


@pytest.fixture
def told(site: Site) -> Order:
    """An order for Z0 that has gone out to one of three and reached nobody yet, in the desk's town."""
    site.flood(0.45)
    site.person("wang").sign(site.log.orders[0].identifier)
    released = site.log.orders[-1]
    write_order(site.engine, released)
    jobs = begin(site.engine, most=2)
    say(site.engine, jobs["Z0-0"], "delivered")
    say(site.engine, jobs["Z0-1"], "failed", "30005")
    return released


def test_the_account_tells_zones_orders_reasons_and_delays(site: Site, told: Order) -> None:
    answer = site.machine(Role.VIEWER).get("/api/account").json()
    states = {state: count for state, count in answer["texts"]["states"].items() if count}
    assert (PEOPLE["Z0"], {"pending": 1, "delivered": 1, "failed": 1}) == (answer["texts"]["targeted"], states)
    [zone] = answer["zones"]
    assert ("Z0", answer["texts"], 0) == (zone["zone_id"], zone["texts"], zone["calls"]["targeted"])
    assert (told.identifier, "orange", answer["texts"]) == tuple(zone["orders"][0][name] for name in ("identifier", "level_name", "texts"))
    assert ({"30005": 1}, {"30005": "the number is nobody's"}) == (answer["texts"]["reasons"]["failed"], answer["words"])
    assert (1, 1) == (answer["delays"]["delivered"]["count"], answer["delays"]["accepted"]["count"])
    assert [told.identifier] == [one["identifier"] for one in answer["delays"]["orders"]]
    assert {"taken_again": 0, "perhaps_twice": 0, "again_though_unknown": 0} == answer["doubles"]


def test_an_empty_account_is_told_as_such(site: Site) -> None:
    answer = site.person().get("/api/account").json()
    assert ([], 0, {"count": 0, "p50_s": None, "p95_s": None}) == (
        answer["zones"],
        answer["texts"]["targeted"],
        answer["delays"]["delivered"],
    )


def test_a_draft_has_a_price(site: Site) -> None:
    draft = site.flood(0.45)[0]
    li = site.person("li", Role.VIEWER)
    answer = li.get(f"/api/orders/{draft}/cost?segments_per_s=0.5").json()
    [language] = answer["languages"]
    each = li.order(draft)["texts"]["en"]["segments"]
    assert {"language": "en", "people": PEOPLE["Z0"], "segments_each": each, "segments": 3 * each} == language
    assert ("draft", "Z0", 3, 3 * each, 3 * each / 30, 0, 0) == tuple(
        answer[name] for name in ("state", "zone_id", "people", "segments", "minutes", "opted_out", "told_elsewhere")
    )


def test_the_price_of_no_order_is_none(site: Site) -> None:
    li = site.person()
    queries = ("", "?segments_per_s=0", "?segments_per_s=nan")
    assert [404, 422, 422] == [li.get(f"/api/orders/x/cost{query}").status_code for query in queries]


ADDRESSES = ["/api/account", "/metrics", "/api/orders/x/cost"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_who_is_not_known_learns_nothing(site: Site, address: str) -> None:
    assert (401, 401) == (site.nobody().get(address).status_code, Client(site.app, {"Authorization": "Bearer x"}).get(address).status_code)


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_store_that_is_away_is_told_with_when_to_try_again(site: Site, address: str) -> None:
    from sqlalchemy.exc import OperationalError

    li = site.person()

    def away(*_: object) -> None:
        raise OperationalError("SELECT secret", {}, Exception("secret"))

    event.listen(site.engine, "before_cursor_execute", away)
    answer = li.get(address)
    assert (503, "5", False) == (answer.status_code, answer.headers["Retry-After"], "secret" in answer.text)


def test_nothing_of_a_person_is_in_any_answer(site: Site, told: Order) -> None:
    li = site.person()
    texts = "".join(li.get(address).text for address in ("/api/account", "/metrics", f"/api/orders/{told.identifier}/cost"))
    assert not any(secret in texts for secret in ('Z0-0"', 'Z0-1"', 'Z0-2"', "+999"))


def test_metrics_are_the_account(site: Site, told: Order) -> None:
    answer = site.machine().get("/metrics")
    assert "text/plain; version=0.0.4; charset=utf-8" == answer.headers["Content-Type"]
    lines = answer.text.splitlines()
    [zone] = account_by_zone(site.engine)
    for state, count in zone.texts.states.items():
        assert f'lowpoint_texts{{zone="Z0",level="3",state="{state}"}} {count}' in lines
    assert 'lowpoint_texts_targeted{zone="Z0",level="3"} 3' in lines
    assert "lowpoint_texts_perhaps_twice 0" in lines


def test_the_key_of_a_machine_scrapes_as_a_bearer_too(site: Site) -> None:
    key = site.machine().headers["X-API-Key"]
    scraper = Client(site.app, {"Authorization": f"Bearer {key}"})
    assert (200, 401) == (scraper.get("/metrics").status_code, scraper.get("/api/account").status_code)
    assert 401 == scraper.ask("GET", "/metrics", headers={"X-API-Key": key}).status_code


def test_promtool_takes_the_metrics(site: Site, told: Order, tmp_path: Path) -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("no promtool is installed (package prometheus)")
    text = site.machine().get("/metrics").text
    done = subprocess.run([promtool, "check", "metrics"], input=text, capture_output=True, text=True, timeout=30)
    assert (0, "", "") == (done.returncode, done.stdout, done.stderr)


def test_labels_are_escaped_and_a_metric_without_samples_is_not_there() -> None:
    assert ["# HELP a b.\n", "# TYPE a gauge\n", 'a{zone="x\\"\\\\\\n"} 1.5\n'] == list(gauge("a", "b.", [({"zone": 'x"\\\n'}, 1.5)]))
    assert [] == list(gauge("a", "b.", []))
