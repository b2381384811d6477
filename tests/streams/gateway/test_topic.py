from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest
from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from streams.gateway.service import Gateway
from streams.gateway.topic import open_topics
from streams.observation.dead_letter import Reason
from tests.streams.gateway.site import Eyes, Site, eventually, reading

Write = Callable[[str, bytes | None], None]


@pytest.fixture
def write(site: Site, gateway: Gateway) -> Iterator[Write]:
    producer = KafkaProducer(bootstrap_servers=site.bootstrap, allow_auto_create_topics=False)

    def write(owner: str, value: bytes | None) -> None:
        producer.send(site.names.observations(owner), value=value, key=b"k").get(30)

    eventually(lambda: gateway.health()["topics"] == "there", "the open topics")
    yield write
    producer.close()


def test_every_owner_of_a_station_has_an_open_topic(site: Site) -> None:
    assert set(site.keys) == set(open_topics(site.city).values())


def test_an_event_of_an_owner_gets_in(site: Site, write: Write, eyes: Eyes) -> None:
    write(site.drainage, json.dumps(reading(value=0.311)).encode())
    write(site.traffic, json.dumps(reading("CA", "camera_depth", 0.312, confidence=0.9)).encode())
    eyes.wait_for_value("SA", 0.311)
    eyes.wait_for_value("CA", 0.312)


def test_what_is_refused_is_named_by_topic_partition_and_place(site: Site, write: Write, eyes: Eyes) -> None:
    write(site.traffic, json.dumps(reading("SA", value=0.321)).encode())
    write(site.traffic, None)
    source = f"kafka:{site.names.observations(site.traffic)}/0"
    # two letters may lie in two partitions of their topic, and be seen in either order
    letters = sorted(eyes.wait_for_letters(lambda letter: letter.file == source, count=2), key=lambda letter: letter.line)
    assert [Reason.WRONG_OWNER, Reason.NOT_JSON] == [letter.reason for letter in letters]
    assert letters[0].line + 1 == letters[1].line
    assert f"{source}/{letters[0].line}" in {key for key, _ in eyes.letters}


def test_the_position_is_committed_after_the_event_was_written(site: Site, write: Write, eyes: Eyes) -> None:
    write(site.drainage, json.dumps(reading(value=0.331)).encode())
    eyes.wait_for_value("SA", 0.331)
    partition = TopicPartition(site.names.observations(site.drainage), 0)
    consumer = KafkaConsumer(bootstrap_servers=site.bootstrap, group_id=f"{site.names.prefix}.gateway", enable_auto_commit=False)
    end = consumer.end_offsets([partition])[partition]
    eventually(lambda: consumer.committed(partition) == end, "the commit")
    consumer.close()
