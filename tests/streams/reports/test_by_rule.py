"""The written rule in a store: it accepts once what it may, leaves what stands apart, and stands in the audit as a rule."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from streams.city.model import City, Reporting
from streams.reports.by_rule import MOST_GROUPS, accept_by_rule
from streams.reports.ground import Ground
from streams.reports.played import PlayedLog
from streams.reports.publisher import NotPublished
from streams.reports.report import Report
from streams.store.audit import audit_rows
from streams.store.engine import open_store
from streams.store.reports_readings import unsent
from tests.streams.desk.test_reports import owned, report
from tests.streams.desk.town import Site, signed_town
from tests.streams.reports.kept import keep, public_pictures, states
from tests.streams.reports.triage.made import likeness
from tests.streams.towns import us

BEFORE_US = report(0).made_us - 1
CITY = msgspec.structs.replace(owned(signed_town()), reports=Reporting(accept_from=3))


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    engine = open_store(f"sqlite:///{tmp_path / 'store.db'}")
    site = Site(engine, CITY)
    site.flood(0.45, 0.0)
    yield site
    site.desk.close()
    engine.dispose()


def look(site: Site, city: City = CITY) -> int:
    return accept_by_rule(city, site.engine, Ground(""), lambda: site.now_us)


def three(**changes: Any) -> list[Report]:
    return [report(n, **changes) for n in range(3)]


def test_what_the_rule_may_accept_is_accepted_once_and_told_as_the_rules(site: Site) -> None:
    keep(site.engine, *three())
    assert (1, 0) == (look(site), look(site))
    assert {"accepted"} == set(states(site.engine).values())
    assert 3 == len(unsent(site.engine, 9))
    (row,) = [row for row in audit_rows(site.engine) if row.act == "reports_accepted"]
    assert "rule" == row.actor
    assert set() == public_pictures(site.engine), "nobody has looked at them"
    assert {"accept_from": 3, "photo_sources": 3}.items() <= row.facts.items()


@pytest.mark.parametrize(
    "some",
    [three()[:2], three(training=True), three(device="one"), three(state="asked"), three(observed_us=0, depth="")],
    ids=["two", "exercise", "one device", "asked back", "no depth"],
)
def test_what_the_rule_may_not_accept_waits(site: Site, some: list[Report]) -> None:
    keep(site.engine, *some)
    assert 0 == look(site)
    assert [] == unsent(site.engine, 1)


def test_a_city_without_the_rule_asks_the_store_nothing() -> None:
    class Nothing:
        def __getattr__(self, name: str) -> Any:
            raise AssertionError(f"the store was asked for {name}")

    nothing: Any = Nothing()
    assert 0 == accept_by_rule(owned(signed_town()), nothing, Ground(""), lambda: 0)


def test_what_stands_apart_is_left_to_a_person(site: Site) -> None:
    keep(site.engine, *three(), report(3), report(9, group_id="g9", low_point=None, lat=34.8, likeness=likeness(3), made_us=BEFORE_US))
    assert 1 == look(site)
    assert {"r0": "accepted", "r1": "accepted", "r2": "accepted", "r3": "new", "r9": "new"} == states(site.engine)


def test_one_who_contradicts_leaves_all_of_it_to_a_person(site: Site) -> None:
    keep(site.engine, *three(), report(3, depth="dry"))
    assert 0 == look(site)


def test_one_who_says_dry_leaves_even_a_shallow_water_to_a_person(site: Site) -> None:
    site.flood(0.1, 0.0)
    keep(site.engine, *[report(n, depth="ankle") for n in range(4)], report(4, depth="dry"))
    assert 0 == look(site)


def test_a_copy_that_is_sent_later_of_another_place_takes_nothing_from_the_first(site: Site) -> None:
    keep(site.engine, *three())
    keep(site.engine, *[report(10 + n, group_id="g9", low_point="P1", lat=34.709, likeness=likeness(n), device="liar") for n in range(3)])
    assert 1 == look(site)
    assert {"accepted"} == {state for name, state in states(site.engine).items() if name in ("r0", "r1", "r2")}


def test_one_address_does_not_bury_what_the_rule_may_accept(site: Site) -> None:
    keep(site.engine, *three(), *[report(100 + n, group_id=f"g{n // 3}", device=f"d{n}", address="liar") for n in range(3 * MOST_GROUPS)])
    assert 1 == look(site)


def test_later_lies_do_not_ride_on_what_was_accepted(site: Site) -> None:
    keep(site.engine, *three())
    assert 1 == look(site)
    keep(site.engine, *[report(10 + n, device="liar") for n in range(6)])
    assert 0 == look(site)


def test_in_a_storm_that_is_played_an_accepted_report_raises_its_point_by_the_storms_time(site: Site) -> None:
    keep(site.engine, *[report(n, low_point="P1", lat=34.709) for n in range(3)])
    li = site.person()
    assert 3 == li.ask("POST", "/api/reports/r0/accept", json={"depth_m": 0.5, "reports": ["r0", "r1", "r2"]}).json()["observations"]
    PlayedLog(CITY, site.log, lambda: site.now_us).write(unsent(site.engine, 9))
    told = li.get("/api/points/P1").json()
    assert (3, "report") == (told["now"]["level"], told["now"]["basis"])
    assert us(150) == site.now_us


def test_a_log_that_is_away_leaves_observations_of_a_played_storm_waiting(site: Site) -> None:
    keep(site.engine, report(0))
    site.person().ask("POST", "/api/reports/r0/accept", json={"depth_m": 0.5, "reports": ["r0"]})
    site.log.away = True
    with pytest.raises(NotPublished):
        PlayedLog(CITY, site.log, lambda: site.now_us).write(unsent(site.engine, 9))


def test_one_that_the_contract_refuses_is_found_among_the_dead_letters(site: Site) -> None:
    keep(site.engine, report(0), report(1))
    site.person().ask("POST", "/api/reports/r0/accept", json={"depth_m": 0.5, "reports": ["r0", "r1"]})
    good, bad = unsent(site.engine, 9)
    before = len(site.log.taken)
    PlayedLog(CITY, site.log, lambda: site.now_us).write([good, msgspec.structs.replace(bad, owner="another")])
    assert 1 == len(site.log.taken) - before
    (letter,) = site.log.letters
    assert (bad.reading, "reports", True) == (letter.key, letter.letter.file, letter.letter.bytes in bad.line)


def test_before_anything_is_played_observations_wait(site: Site) -> None:
    keep(site.engine, report(0))
    site.person().ask("POST", "/api/reports/r0/accept", json={"depth_m": 0.5, "reports": ["r0"]})
    with pytest.raises(NotPublished, match="nothing is played"):
        PlayedLog(CITY, site.log, lambda: None).write(unsent(site.engine, 9))


@pytest.mark.parametrize("simulated", [True, False])
def test_a_simulated_city_never_writes_to_the_open_topics_that_every_gateway_reads(site: Site, simulated: bool) -> None:
    from streams.broker.names import TopicNames
    from streams.desk.desk import Desk
    from streams.desk.service import _publisher
    from streams.desk.writer import Writer
    from streams.reports.publisher import KafkaTopics

    city = msgspec.structs.replace(CITY, simulated=simulated)
    desk = Desk(city, site.engine, site.door, Writer(site.log))
    try:
        topics = _publisher(desk, "127.0.0.1:1", TopicNames("drill"))._topics
        assert (PlayedLog if simulated else KafkaTopics) is type(topics)
        topics.close()
    finally:
        desk.close()
