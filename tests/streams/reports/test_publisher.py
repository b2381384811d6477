"""Accepted reports get into Kafka whatever fails on the way, and are heard once: with made-up topics, and with the real ones."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from streams import clock
from streams.city.load import load_city
from streams.city.model import Station
from streams.desk.caller import Caller
from streams.desk.desk import Desk
from streams.desk.writer import Writer
from streams.observation.moments import MINUTE_US
from streams.officers.roles import Role
from streams.officers.sign_in import Door
from streams.reports.publisher import AT_ONCE, FIRST_WAIT_S, LONGEST_WAIT_S, NotPublished, Publisher
from streams.rules.outputs import Warning
from streams.store.engine import open_store
from streams.store.reports_acts import Asked, accept
from streams.store.reports_readings import ReportReading, unsent
from tests.streams.reports.kept import keep
from tests.streams.reports.triage.made import NOW_US, likeness, report

if TYPE_CHECKING:
    from streams.broker.local import LocalBroker

OWNER = "hotline"
STATION = Station("Q0", "reports", 86_400.0, "P0", owner=OWNER)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_store(f"sqlite:///{tmp_path / 'store.db'}")
    yield engine
    engine.dispose()


@dataclass
class Topics:
    """Takes observations as Kafka would; `away` refuses all, `lost` takes them and fails before it says so."""

    taken: list[str] = field(default_factory=list)
    away: bool = False
    lost: bool = False
    closed: bool = False
    refused: set[str] = field(default_factory=set)
    """Owners whose topics take nothing."""
    asked: list[str] = field(default_factory=list)
    """The owners, in the order in which they were tried."""

    def write(self, readings: Sequence[ReportReading]) -> None:
        self.asked.append(readings[0].owner)
        if self.away or any(reading.owner in self.refused for reading in readings):
            raise NotPublished("nobody listens")
        self.taken += [reading.reading for reading in readings]
        if self.lost:
            raise NotPublished("no answer came")

    def close(self) -> None:
        self.closed = True


@dataclass
class Monotonic:
    """A clock that a test moves on."""

    now_s: float = 0.0

    def __call__(self) -> float:
        return self.now_s


def accepted(engine: Engine, count: int = 2, station: Station = STATION, group: str = "r0", **changes: Any) -> None:
    some = [report(n, picture=f"{n:064x}", likeness=likeness(n), **changes) for n in range(count)]
    named = [msgspec.structs.replace(one, report=f"{group}-{one.report}", group_id=group) for one in some]
    keep(engine, *named)
    accept(engine, Asked(f"accept {group}", "li", group, NOW_US, tuple(one.report for one in named)), 0.5, lambda _: station, {})


def test_an_owner_whose_topic_takes_nothing_keeps_back_nobody_elses(engine: Engine) -> None:
    accepted(engine, AT_ONCE, msgspec.structs.replace(STATION, owner="a"), "r1")
    accepted(engine, 2, group="r2")
    topics = Topics(refused={"a"})
    assert 2 == Publisher(engine, topics).publish() == len(topics.taken)  # though as many as are written at once wait before them
    assert {"a"} == {one.owner for one in unsent(engine, AT_ONCE + 2)}
    topics.refused = set()
    assert AT_ONCE == Publisher(engine, topics).publish()
    assert AT_ONCE + 2 == len(topics.taken) == len(set(topics.taken))


def test_what_waits_is_written_in_its_order_and_marked(engine: Engine) -> None:
    accepted(engine, AT_ONCE)
    accepted(engine, 3, group="r1")
    topics = Topics()
    assert AT_ONCE + 3 == Publisher(engine, topics).publish() == len(set(topics.taken))
    assert [] == unsent(engine, 1)
    assert 0 == Publisher(engine, topics).publish()


def test_what_kafka_did_not_take_waits_and_goes_later(engine: Engine) -> None:
    accepted(engine)
    topics = Topics(away=True)
    now = Monotonic()
    publisher = Publisher(engine, topics, monotonic_s=now)
    publisher.look()
    assert 2 == len(unsent(engine, 9))
    topics.away = False
    now.now_s += FIRST_WAIT_S
    publisher.look()
    assert ["report-r0-r0", "report-r0-r1"] == topics.taken


def test_what_was_taken_and_not_marked_goes_again_under_the_same_id(engine: Engine) -> None:
    accepted(engine)
    topics = Topics(lost=True)
    Publisher(engine, topics).look()
    topics.lost = False
    Publisher(engine, topics).look()  # as after a crash: another publisher
    assert ["report-r0-r0", "report-r0-r1"] * 2 == topics.taken


@pytest.mark.parametrize("fault", [OperationalError("", None, Exception("away")), RuntimeError("a fault of ours"), NotPublished("x")])
def test_a_fault_of_the_rule_keeps_nothing_back_that_was_accepted(engine: Engine, fault: Exception) -> None:
    def fails() -> None:
        raise fault

    accepted(engine)
    topics = Topics()
    assert not Publisher(engine, topics, fails).look()
    assert 2 == len(topics.taken)


def test_an_owner_whose_topic_takes_nothing_is_asked_ever_less_often_but_not_never(engine: Engine) -> None:
    accepted(engine)
    topics, now, asked_at = Topics(away=True), Monotonic(), list[float]()
    publisher = Publisher(engine, topics, monotonic_s=now)
    while len(asked_at) < 9:
        before = len(topics.asked)
        publisher.publish()
        asked_at += [now.now_s] * (len(topics.asked) - before)
        now.now_s += FIRST_WAIT_S
    waits = [later - earlier for earlier, later in pairwise(asked_at)]
    assert waits == sorted(waits)
    assert (FIRST_WAIT_S, LONGEST_WAIT_S) == (waits[0], waits[-1])
    topics.away = False
    now.now_s += LONGEST_WAIT_S
    assert 2 == publisher.publish()


def test_an_owner_whose_topic_takes_nothing_slows_neither_the_loop_nor_whoever_comes_after_it(engine: Engine) -> None:
    accepted(engine, 1, msgspec.structs.replace(STATION, owner="a"), "r1")
    topics, now, rule = Topics(refused={"a"}), Monotonic(), list[float]()
    publisher = Publisher(engine, topics, lambda: rule.append(now.now_s), monotonic_s=now)
    for number in range(2, 12):
        accepted(engine, 1, group=f"r{number}")
        assert publisher.look(), "the loop goes on every second, and the written rule with it"
        now.now_s += 0.05
    assert 10 == len(topics.taken) == len(rule)
    assert 1 == topics.asked.count("a"), "its time has not come"


def test_owners_that_failed_come_last_and_one_that_fails_again_is_the_last_of_its_look(engine: Engine) -> None:
    for owner in "abc":
        accepted(engine, 1, msgspec.structs.replace(STATION, owner=owner), f"r{owner}")
    topics, now = Topics(refused={"a", "b"}), Monotonic()
    publisher = Publisher(engine, topics, monotonic_s=now)
    publisher.publish()
    assert ["a", "b", "c"] == topics.asked
    accepted(engine, 1, msgspec.structs.replace(STATION, owner="c"), "rd")
    now.now_s += FIRST_WAIT_S
    publisher.publish()
    assert ["c", "a"] == topics.asked[3:]
    publisher.publish()
    assert ["b"] == topics.asked[5:], "each has its turn"
    topics.refused = set()
    now.now_s += LONGEST_WAIT_S
    assert 2 == publisher.publish()


def test_while_the_store_is_away_the_loop_goes_ever_more_slowly_but_does_not_end(engine: Engine) -> None:
    publisher = Publisher(engine, Topics())
    waits = [publisher._slower() for _ in range(8)]
    assert waits == sorted(waits)
    assert (FIRST_WAIT_S, LONGEST_WAIT_S) == (waits[0], waits[-1])


def test_the_thread_publishes_by_itself_and_ends_when_told_to(engine: Engine) -> None:
    topics = Topics()
    done = threading.Event()
    publisher = Publisher(engine, topics, lambda: done.set() if topics.taken else None, every_s=0.01)
    publisher.start()
    accepted(engine)
    assert done.wait(10)
    publisher.close()
    assert not publisher.is_alive()
    assert topics.closed


def test_an_accepted_report_goes_through_kafka_and_the_gateway_and_raises_its_point_by_report(
    engine: Engine, broker: LocalBroker, tmp_path: Path
) -> None:
    """The real broker, a real gateway, the real step and the store; sent twice, it is heard once."""
    from streams.desk.points import point as told_of_point
    from streams.reports.publisher import KafkaTopics
    from tests.streams.desk.town import CHEAP, TownLog
    from tests.streams.gateway.site import Eyes, Site, write_town
    from tests.streams.officers.desk import VAULT

    site = Site(tmp_path / "site", broker.bootstrap)
    site.make_topics()
    _own(site.folder / "city" / "stations.geojson", site.drainage)
    city = load_city(site.folder / "city")
    assert city.stations != write_town(tmp_path / "before").stations
    station = next(one for one in city.stations if one.station_id == "Q")
    accepted(engine, 1, station, low_point="PB", observed_us=clock.now_us() - MINUTE_US)
    topics = KafkaTopics(broker.bootstrap)
    publisher, waiting = Publisher(engine, topics), unsent(engine, 9)
    log = TownLog(city, engine, clock.now_us)
    with site.gateway():
        eyes = Eyes(site)
        try:
            assert 1 == publisher.publish()
            topics.write(waiting)
            eyes.wait_for_value("Q", 0.5, count=2)
            for batch in eyes.batches:
                own = log.plans[batch.district].station_no  # the eyes number stations by the city, a district by its own
                numbers = np.array([own[city.stations[at].station_id] for at in batch.station.tolist()], np.int64)
                log.take(batch.district, msgspec.structs.replace(batch, station=numbers))
        finally:
            eyes.close()
            topics.close()
    assert [(3, "report")] == [(one.level, one.basis) for one in log.outputs if isinstance(one, Warning)]
    desk = Desk(city, engine, Door(engine, VAULT, CHEAP), Writer(log))
    try:
        told = told_of_point(desk, Caller("li", "Li", Role.OFFICER, machine=False), "PB")
    finally:
        desk.close()
    assert (3, "report", 0.5) == (told.now.level, told.now.basis, told.warnings[0].depth_m)


def test_a_broker_that_is_away_is_told_at_once_and_nothing_is_marked(engine: Engine) -> None:
    from streams.reports.publisher import KafkaTopics

    accepted(engine)
    topics = KafkaTopics("127.0.0.1:1")
    with pytest.raises(NotPublished, match="did not take 2"):
        topics.write(unsent(engine, 9))
    assert 2 == len(unsent(engine, 9))


def _own(stations: Path, owner: str) -> None:
    """Give the town's station of reports an owner."""
    told = msgspec.json.decode(stations.read_bytes())
    for feature in told["features"]:
        if feature["properties"]["station_id"] == "Q":
            feature["properties"]["owner"] = owner
    stations.write_bytes(msgspec.json.encode(told))
