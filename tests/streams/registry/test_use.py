"""`lowpoint model use`: running workers change their model at one place in the log, through a real Kafka."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest
from click.testing import CliRunner, Result

from models.forecaster import forecast
from streams import clock
from streams.broker.names import TopicNames
from streams.broker.specs import topic_specs
from streams.broker.topics import create_topics, delete_topics
from streams.city.load import load_city
from streams.city.model import City
from streams.city.reach import Reach
from streams.cli.main import main
from streams.observation.batch import decode, encode_swap
from streams.registry.choose import model_of
from streams.registry.registry import Registry, add_model
from streams.replay.collect import Collector
from streams.replay.recording import read_recording
from streams.replay.schedule import Message, schedule, ticks_of
from streams.replay.send import make_producer
from streams.replay.workers import Workers, worker_environment
from streams.rules.outputs import Forecast, ModelChange, Output, Standing, Verdict, Water
from streams.rules.plan import plan_districts
from streams.rules.state import empty_state
from streams.rules.step import step
from streams.settings import Settings
from tests.streams.registry.made_up import write_model
from tests.streams.replay.storm import DISTRICTS, write_city, write_observations

if TYPE_CHECKING:
    from streams.broker.local import LocalBroker


@dataclass
class Installation:
    """A live installation in small: workers over a real Kafka, and what they gave out."""

    city_folder: Path
    city: City
    registry: Path
    broker: str
    names: TopicNames
    workers: Workers
    collector: Collector

    def send(self, messages: list[Message]) -> None:
        producer = make_producer(self.broker, self.city.districts)
        for message in messages:
            producer.send(self.names.batches, key=message.district.encode(), value=message.data)
        producer.flush()
        producer.close()

    def use(self, name: str) -> Result:
        place = ["--city", str(self.city_folder), "--registry", str(self.registry), "--broker", self.broker, "--prefix", self.names.prefix]
        return CliRunner().invoke(main, ["model", "use", name, *place])

    def wait_for(self, until_us: int) -> None:
        deadline_s = clock.monotonic_s() + 120
        while not self.collector.wait_for(until_us, self.city.districts, 0.1):
            self.workers.keep_alive()
            assert clock.monotonic_s() < deadline_s


@pytest.fixture
def installation(tmp_path: Path, broker: LocalBroker) -> Iterator[Installation]:
    with installed(tmp_path, broker.bootstrap) as running:
        yield running


@contextmanager
def installed(folder: Path, broker: str) -> Iterator[Installation]:
    names = TopicNames(f"use-{clock.now_us()}")
    city_folder, registry = write_city(folder / "city"), folder / "registry"
    specs = topic_specs(names, 3)
    create_topics(broker, specs)
    arguments = ["--city", str(city_folder), "--broker", broker, "--store", f"sqlite:///{folder / 'store.db'}", "--prefix", names.prefix]
    workers = Workers(
        2, [*arguments, "--partitions", "3", "--registry", str(registry)], folder / "run", worker_environment(Settings().inherited), 3
    )
    workers.folder.mkdir()
    collector = Collector(broker, names)
    try:
        workers.start()
        collector.start()
        yield Installation(city_folder, load_city(city_folder), registry, broker, names, workers, collector)
    finally:
        workers.stop()
        if collector.is_alive():
            collector.stop()
        delete_topics(broker, [spec.name for spec in specs])


def stepped(installation: Installation, messages: list[tuple[str, bytes]]) -> dict[str, bytes]:
    """The same log through the pure step: outputs by their ids, as they are written."""
    models = Registry(installation.registry, model_of(None))
    plans = plan_districts(installation.city, Reach(installation.city))
    states = {district: empty_state(plan) for district, plan in plans.items()}
    found: dict[str, Output] = {}
    for district, data in messages:
        states[district], outputs = step(plans[district], states[district], decode(data, plans[district].station_no), models)
        found.update({output.key: output for output in outputs if not isinstance(output, (Verdict, Standing, Water))})
    return {key: msgspec.msgpack.encode(output) for key, output in found.items()}


def test_running_workers_change_their_model_where_the_log_says_so(installation: Installation, tmp_path: Path) -> None:
    name = write_model(tmp_path / "trained", 2.0).name
    add_model(tmp_path / "trained", installation.registry)
    recording = read_recording(installation.city, [write_observations(tmp_path / "storm.ndjson")])
    messages = list(schedule(installation.city, recording, 50, 60_000_000))
    before, after = messages[: len(messages) // 2], messages[len(messages) // 2 :]

    installation.send(before)
    assert f"3 districts were told to use {name}\n" == installation.use(name).output
    installation.send(after)
    installation.wait_for(int(ticks_of(recording.received_us)[-1]))

    got = installation.collector.collected.outputs
    changes = {output.district: output for output in got.values() if isinstance(output, ModelChange)}
    assert set(DISTRICTS) == set(changes)
    assert {("used", name)} == {(change.what, change.model) for change in changes.values()}
    district_of = {point.low_point_id: point.district_id for point in installation.city.low_points}
    used = {
        (line.issued_at > changes[district_of[line.low_point]].issued_at, line.model) for line in got.values() if isinstance(line, Forecast)
    }
    assert {(False, model_of(None).name), (True, name)} == used

    log = [(message.district, message.data) for message in before]
    log += [(district, encode_swap(district, name)) for district in DISTRICTS]
    log += [(message.district, message.data) for message in after]
    # workers have one thread for linear algebra and this process may have more, so only what the swap decides is compared to the byte
    expected = stepped(installation, log)
    assert set(expected) == set(got)
    assert {key: expected[key] for key in expected if key.startswith("m|")} == {
        key: msgspec.msgpack.encode(output) for key, output in got.items() if isinstance(output, ModelChange)
    }


def use_arguments(tmp_path: Path, broker: str) -> list[str]:
    return ["--city", str(write_city(tmp_path / "city")), "--registry", str(tmp_path / "registry"), "--broker", broker]


def test_a_model_that_the_registry_lacks_is_not_asked_for(tmp_path: Path) -> None:
    name = write_model(tmp_path / "trained").name
    add_model(tmp_path / "trained", tmp_path / "registry")
    result = CliRunner().invoke(main, ["model", "use", "learned-nobody", *use_arguments(tmp_path, "127.0.0.1:1")])
    assert (2, 1) == (result.exit_code, result.output.count("\n"))
    assert name in result.output and model_of(None).name in result.output


def test_a_kafka_that_is_away_is_told(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["model", "use", model_of(None).name, *use_arguments(tmp_path, "127.0.0.1:1")])
    assert (1, 1) == (result.exit_code, result.output.count("\n"))
    assert "127.0.0.1:1" in result.output


def test_an_installation_that_is_not_there_is_told(tmp_path: Path, broker: LocalBroker) -> None:
    arguments = [*use_arguments(tmp_path, broker.bootstrap), "--prefix", "nobody"]
    result = CliRunner().invoke(main, ["model", "use", model_of(None).name, *arguments])
    assert 1 == result.exit_code and "nobody.batches" in result.output


def test_the_default_can_be_asked_for_by_its_name() -> None:
    assert Registry(None, forecast).named(forecast.name) is forecast
