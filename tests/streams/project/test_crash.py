"""A projector that is killed, a broker that goes away: the store ends up the same as if nothing had happened."""

from __future__ import annotations

import secrets
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest
from sqlalchemy import Engine

from streams import clock
from streams.broker.names import TopicNames
from streams.store.engine import open_store
from streams.store.queries import dead_letter_counts, recent_warnings
from tests.streams.project.records import content, letter, minute_of

if TYPE_CHECKING:  # Kafka is loaded in the tests: pytest reads this file before its list of warnings that do not count
    from streams.broker.local import LocalBroker

ROOT = Path(__file__).resolve().parents[3]
DEADLINE_S = 60.0
DISTRICTS = ("A", "B", "C", "D")
MINUTES = 800


def eventually(condition: Callable[[], bool], what: str) -> None:
    deadline_s = clock.monotonic_s() + DEADLINE_S
    while not condition():
        assert clock.monotonic_s() < deadline_s, f"not in time: {what}"
        clock.sleep_s(0.02)


@contextmanager
def projecting(folder: Path, bootstrap: str, prefix: str, store: str) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "streams.cli.main", "project", "--broker", bootstrap, "--store", store, "--prefix", prefix]
    with (folder / "projector.log").open("ab") as log:
        process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        yield process
    except BaseException as failure:
        failure.add_note(f"the projector, exit code {process.poll()}, said:\n{(folder / 'projector.log').read_text('utf-8')[-5000:]}")
        raise
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def names(broker: LocalBroker) -> TopicNames:
    """Topics of this test's own, with everything in them that workers would give out."""
    from streams.broker.topics import TopicSpec, create_topics

    names = TopicNames(f"project-{secrets.token_hex(4)}")
    create_topics(broker.bootstrap, [TopicSpec(names.outputs, 3), TopicSpec(names.dead_letters, 3)])
    return names


def produce(bootstrap: str, names: TopicNames, minutes: range) -> None:
    from kafka import KafkaProducer

    producer = KafkaProducer(bootstrap_servers=bootstrap)
    for minute in minutes:
        for district in DISTRICTS:
            producer.send(names.outputs, key=district.encode(), value=msgspec.msgpack.encode(minute_of(district, minute)))
        producer.send(names.dead_letters, key=f"t/0/{minute}".encode(), value=msgspec.msgpack.encode(letter(minute)))
    producer.send(names.outputs, key=b"A", value=b"\xc1 not msgpack")
    producer.close()


def warnings(engine: Engine) -> int:
    return len(recent_warnings(engine, 1_000_000))


def complete(engine: Engine, minutes: int) -> bool:
    return warnings(engine) == minutes * len(DISTRICTS) and sum(dead_letter_counts(engine).values()) == minutes + 1


def expected(folder: Path, names: TopicNames, bootstrap: str) -> dict[str, list[tuple[object, ...]]]:
    """What one projector makes of the topics that nothing happens to; in a group of its own."""
    from kafka import KafkaConsumer, TopicPartition

    from streams.project.projector import Projector

    engine = open_store(f"sqlite:///{folder / 'undisturbed.db'}")
    consumer = KafkaConsumer(bootstrap_servers=bootstrap, group_id=None, enable_auto_commit=False)
    places = [TopicPartition(topic, place) for topic in (names.outputs, names.dead_letters) for place in range(3)]
    consumer.assign(places)
    consumer.seek_to_beginning()
    ends = consumer.end_offsets(places)
    projector = Projector(bootstrap, names, engine, threading.Event())
    deadline_s = clock.monotonic_s() + DEADLINE_S
    while any(consumer.position(place) < ends[place] for place in places):
        assert clock.monotonic_s() < deadline_s
        projector.take([record for some in consumer.poll(timeout_ms=100).values() for record in some])
    consumer.close()
    found = content(engine)
    engine.dispose()
    return found


def test_killed_in_the_middle_and_started_again_it_leaves_the_same_store(broker: LocalBroker, names: TopicNames, tmp_path: Path) -> None:
    store = f"sqlite:///{tmp_path / 'store.db'}"
    engine = open_store(store)
    producing = threading.Thread(target=produce, args=(broker.bootstrap, names, range(MINUTES)))
    with projecting(tmp_path, broker.bootstrap, names.prefix, store) as process:
        producing.start()
        eventually(lambda: warnings(engine) > 0, "the first warnings")
        process.kill()
        process.wait()
    producing.join()
    before = warnings(engine)
    assert before < MINUTES * len(DISTRICTS), "it was killed too late to show anything"
    with projecting(tmp_path, broker.bootstrap, names.prefix, store) as process:
        eventually(lambda: complete(engine, MINUTES), f"everything after a kill at {before} warnings")
        assert expected(tmp_path, names, broker.bootstrap) == content(engine)
        process.send_signal(signal.SIGTERM)
        assert 0 == process.wait(20)
    engine.dispose()
    assert "Traceback" not in (tmp_path / "projector.log").read_text("utf-8")


def test_a_broker_that_goes_away_and_comes_back_loses_nothing(kafka_jars: Path, tmp_path: Path) -> None:
    from streams.broker.local import LocalBroker
    from streams.broker.topics import TopicSpec, create_topics
    from streams.settings import Settings

    names, store = TopicNames("away"), f"sqlite:///{tmp_path / 'store.db'}"
    engine = open_store(store)
    with (
        LocalBroker(kafka_jars, tmp_path / "kafka", java=Settings().java) as own,
        projecting(tmp_path, own.bootstrap, names.prefix, store) as it,
    ):
        create_topics(own.bootstrap, [TopicSpec(names.outputs, 3), TopicSpec(names.dead_letters, 3)])
        produce(own.bootstrap, names, range(3))
        eventually(lambda: complete(engine, 3), "what came before, in topics made after the start")
        own.stop()
        own.start()
        produce(own.bootstrap, names, range(3, 6))
        eventually(lambda: warnings(engine) == 6 * len(DISTRICTS), "what came after")
        own.stop()
        it.send_signal(signal.SIGTERM)
        assert 0 == it.wait(20), "told to stop while the broker is away"
    engine.dispose()
