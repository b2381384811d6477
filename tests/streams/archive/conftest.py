"""A live installation's topic with a small storm in it."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from streams.broker.names import TopicNames
from streams.city.model import City
from streams.replay.recording import Recording

if TYPE_CHECKING:  # Kafka is loaded in the fixtures: pytest reads this file before its list of warnings that do not count
    from streams.broker.local import LocalBroker

Fill = Callable[..., "Filled"]


@dataclass(frozen=True)
class Filled:
    """A topic, and what was put into it."""

    folder: Path
    city: City
    recording: Recording
    bootstrap: str
    names: TopicNames


@pytest.fixture(scope="session")
def fill(broker: LocalBroker, tmp_path_factory: pytest.TempPathFactory) -> Fill:
    """Put the storm into topics of their own, in messages of a size, over some partitions."""
    import threading

    from streams.broker.specs import topic_specs
    from streams.broker.topics import create_topics
    from streams.city.load import load_city
    from streams.replay.recording import read_recording
    from streams.replay.schedule import schedule
    from streams.replay.send import Sent, make_producer, send_messages
    from tests.streams.replay.storm import write_city, write_observations

    folder = tmp_path_factory.mktemp("archive")
    city = load_city(write_city(folder / "city"))
    recording = read_recording(city, [write_observations(folder / "observations.ndjson")])

    def filled(batch_size: int = 50, partitions: int = 2) -> Filled:
        names = TopicNames(f"archive-{secrets.token_hex(4)}")
        create_topics(broker.bootstrap, topic_specs(names, partitions))
        producer = make_producer(broker.bootstrap, city.districts)
        send_messages(producer, names.batches, schedule(city, recording, batch_size, 10_000_000), None, Sent(), threading.Event())
        producer.close()
        return Filled(folder / "city", city, recording, broker.bootstrap, names)

    return filled


@pytest.fixture(scope="session")
def storm_topic(fill: Fill) -> Filled:
    """One that nobody changes."""
    return fill()
