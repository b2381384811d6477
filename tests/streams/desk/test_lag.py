"""How many messages wait in Kafka: as Kafka has it, told at once, and never a number where nothing is known."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from msgspec.structs import replace
from sqlalchemy import Engine

from streams import clock
from streams.broker.errors import BrokerFailed
from streams.broker.lag import Lag
from streams.broker.names import TopicNames
from streams.broker.ports import pick_ports
from streams.desk.lag import OLD_US, LagWatch, Told, readers
from streams.gateway.topic import open_topics
from streams.observation.moments import SECOND_US
from tests.streams.desk.conftest import MakeSite
from tests.streams.desk.town import Site, signed_town
from tests.streams.project.records import minute_of

if TYPE_CHECKING:
    from streams.broker.local import LocalBroker

DEADLINE_S = 30.0
NAMES = TopicNames("test")
READERS = readers(NAMES, signed_town())


@pytest.fixture
def listening() -> Iterator[str]:
    """Somebody who listens: what it would say is said by another."""
    import socket

    with socket.create_server(("127.0.0.1", 0)) as there:
        yield f"127.0.0.1:{there.getsockname()[1]}"


@contextmanager
def watching(watch: LagWatch) -> Iterator[LagWatch]:
    watch.start()
    try:
        yield watch
    finally:
        watch.close()


def wait_until(come: Callable[[], bool]) -> None:
    deadline_s = clock.monotonic_s() + DEADLINE_S
    while not come() and clock.monotonic_s() < deadline_s:
        clock.sleep_s(0.02)
    assert come()


def system(site: Site, watch: LagWatch | None) -> dict[str, Any]:
    object.__setattr__(site.desk, "lag", watch)
    answer = site.machine().get("/api/system")
    assert 200 == answer.status_code, answer.text
    return dict(answer.json())


def test_what_waits_is_told_by_reader_topic_and_partition_and_in_all(site: Site, listening: str) -> None:
    found = [Lag(NAMES.app_id, NAMES.batches, 1, 0, 40, 30), Lag(NAMES.projector_group, NAMES.outputs, 0, 3, 5, None)]
    with watching(LagWatch(listening, READERS, ask=lambda *_: found)) as watch:
        wait_until(lambda: watch.told() != Told())
        view = system(site, watch)
    assert (12, 12, None) == (view["kafka_lag"], view["kafka"]["messages"], view["kafka"]["unknown"])
    assert [
        {"reader": "workers", "topic": "test.batches", "partition": 1, "end": 40, "committed": 30, "messages": 10},
        {"reader": "projector", "topic": "test.outputs", "partition": 0, "end": 5, "committed": None, "messages": 2},
    ] == view["kafka"]["partitions"]


def test_an_answer_waits_for_no_broker(site: Site, listening: str) -> None:
    asked, answer = threading.Event(), threading.Event()

    def slow(*_: object) -> list[Lag]:
        asked.set()
        answer.wait(DEADLINE_S)
        return []

    with watching(LagWatch(listening, READERS, ask=slow)) as watch:
        assert asked.wait(DEADLINE_S)
        view = system(site, watch)  # the question is under way, and stays so until we have our answer
        answer.set()
    assert (None, "not_asked", None) == (view["kafka_lag"], view["kafka"]["unknown"], view["kafka"]["as_of"])


@pytest.mark.parametrize(
    ("failure", "detail"), [(BrokerFailed("it says nothing"), "it says nothing"), (RuntimeError("a mistake of ours"), "RuntimeError")]
)
def test_a_broker_that_does_not_say_makes_it_unknown_and_is_asked_again(listening: str, failure: Exception, detail: str) -> None:
    answers: list[Exception | list[Lag]] = [failure]

    def ask(*_: object) -> list[Lag]:
        answer = answers[-1]
        if isinstance(answer, Exception):
            raise answer
        return answer

    with watching(LagWatch(listening, READERS, every_s=0.01, now_us=lambda: 5, ask=ask)) as watch:
        wait_until(lambda: watch.told() == Told(5, (), "no_answer", detail))
        found = Lag(NAMES.app_id, NAMES.batches, 0, 0, 1, 1)
        answers.append([found])
        wait_until(lambda: watch.told() == Told(5, (found,), None, ""))


def test_nobody_there_no_topics_and_no_broker_are_told_apart(site: Site, listening: str) -> None:
    nobody = pick_ports().bootstrap
    with watching(LagWatch(nobody, READERS)) as watch:
        wait_until(lambda: watch.told() != Told())
        view = system(site, watch)
        assert "no_answer" == view["kafka"]["unknown"]
        assert nobody in watch.told().detail and nobody not in str(view)  # where the broker is stands in the log, on no page
    with watching(LagWatch(listening, READERS, ask=lambda *_: [])) as watch:
        wait_until(lambda: watch.told() != Told())
        assert (None, "no_topics") == tuple(system(site, watch)["kafka"][key] for key in ("messages", "unknown"))
    assert "no_broker" == system(site, None)["kafka"]["unknown"]


def test_what_was_told_long_ago_is_not_what_is_now(listening: str) -> None:
    now_us = [SECOND_US]
    found = Lag(NAMES.app_id, NAMES.batches, 0, 0, 1, 1)
    with watching(LagWatch(listening, READERS, every_s=1e6, now_us=lambda: now_us[0], ask=lambda *_: [found])) as watch:
        wait_until(lambda: watch.told() != Told())
        now_us[0] += OLD_US
        assert watch.told().unknown is None
        now_us[0] += 1
        assert (SECOND_US, (), "no_answer") == (watch.told().as_of_us, watch.told().lags, watch.told().unknown)


def test_every_group_that_reads_is_asked_about_with_the_topics_that_it_reads() -> None:
    assert READERS.groups.keys() == READERS.topics.keys()
    assert {"test.gateway": "gateway", "test.workers": "workers", "test.projector": "projector"} == READERS.groups
    assert ["test.batches", "test.orders"] == READERS.topics["test.workers"]
    owned = replace(signed_town(), stations=tuple(replace(station, owner="rain office") for station in signed_town().stations))
    assert ["observations.rain_20office"] == readers(NAMES, owned).topics["test.gateway"]


def test_what_the_projector_has_saved_waits_no_more(broker: LocalBroker, make_site: MakeSite, engine: Engine) -> None:
    from kafka import KafkaProducer

    from streams.broker.topics import TopicSpec, create_topics
    from streams.project.projector import Projector

    token = secrets.token_hex(4)
    names, site = TopicNames(f"lag{token}"), make_site()
    # The open topics have no prefix, and the broker is everybody's: an owner of its own, so that nobody else has made or filled its topic.
    city = replace(site.city, stations=tuple(replace(station, owner=f"lag{token}") for station in site.city.stations))
    (observed,) = open_topics(city)
    create_topics(broker.bootstrap, [TopicSpec(observed, 1), TopicSpec(names.outputs, 2), TopicSpec(names.dead_letters, 1)])
    producer = KafkaProducer(bootstrap_servers=broker.bootstrap)
    for minute in range(9):
        producer.send(names.outputs, msgspec.msgpack.encode(minute_of("A", minute)), b"A", partition=1)
    producer.flush()
    producer.close()
    with watching(LagWatch(broker.bootstrap, readers(names, city), every_s=0.1)) as watch:
        wait_until(lambda: watch.told().unknown is None)
        view = system(site, watch)
        assert 9 == view["kafka_lag"]
        told = {(one["topic"], one["partition"]): one["messages"] for one in view["kafka"]["partitions"]}
        assert {(observed, 0): 0, (names.outputs, 0): 0, (names.outputs, 1): 9, (names.dead_letters, 0): 0} == told
        stop = threading.Event()
        projector = threading.Thread(target=Projector(broker.bootstrap, names, engine, stop).run)
        projector.start()
        try:
            wait_until(lambda: 0 == sum(lag.messages for lag in watch.told().lags) and watch.told().unknown is None)
        finally:
            stop.set()
            projector.join()
