"""What a group has left to read is told by partition, as Kafka keeps it; what cannot be told is said within a bounded time."""

from __future__ import annotations

import secrets
import socket
from typing import TYPE_CHECKING

import pytest

from streams import clock
from streams.broker.errors import BrokerFailed
from streams.broker.lag import Lag, lags
from streams.broker.ports import pick_ports

if TYPE_CHECKING:
    from streams.broker.local import LocalBroker


def test_what_is_left_is_the_end_less_what_was_committed(broker: LocalBroker) -> None:
    from kafka import KafkaConsumer, TopicPartition
    from kafka.structs import OffsetAndMetadata

    from streams.broker.topics import TopicSpec, create_topics

    read, unread, missing, group = (f"lag-{name}-{secrets.token_hex(4)}" for name in ("read", "unread", "missing", "group"))
    create_topics(broker.bootstrap, [TopicSpec(read, 2), TopicSpec(unread, 1)])
    written(broker, {(read, 0): 7, (read, 1): 2, (unread, 0): 3})
    consumer = KafkaConsumer(bootstrap_servers=broker.bootstrap, group_id=group, enable_auto_commit=False)
    consumer.assign([TopicPartition(read, 0)])
    consumer.commit({TopicPartition(read, 0): OffsetAndMetadata(5, "", -1)})
    consumer.close()

    found = lags(broker.bootstrap, {group: [read, unread, missing], f"{group}-never": [unread]}, timeout_s=20.0)
    assert [
        Lag(group, read, 0, 0, 7, 5),
        Lag(group, read, 1, 0, 2, None),
        Lag(group, unread, 0, 0, 3, None),
        Lag(f"{group}-never", unread, 0, 0, 3, None),
    ] == sorted(found, key=lambda lag: (lag.group, lag.topic, lag.partition))
    assert [2, 2, 3, 3] == [lag.messages for lag in sorted(found, key=lambda lag: (lag.group, lag.topic, lag.partition))]


def test_what_is_no_longer_kept_cannot_be_left() -> None:
    assert 10 == Lag("g", "t", 0, first=90, end=100, committed=20).messages
    assert 10 == Lag("g", "t", 0, first=90, end=100, committed=None).messages
    assert 0 == Lag("g", "t", 0, first=0, end=100, committed=101).messages


def test_topics_that_do_not_exist_have_nothing_left(broker: LocalBroker) -> None:
    assert [] == lags(broker.bootstrap, {"nobody": ["never-made"]}, timeout_s=20.0)
    assert [] == lags(broker.bootstrap, {}, timeout_s=20.0)


def test_nobody_there_is_said() -> None:
    with pytest.raises(BrokerFailed, match=r"no Kafka answers at 127\.0\.0\.1"):
        lags(pick_ports().bootstrap, {"g": ["t"]}, timeout_s=0.5)


def test_who_listens_and_says_nothing_is_not_waited_for_for_ever() -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        begun_s = clock.monotonic_s()
        with pytest.raises(BrokerFailed, match="no Kafka answers"):
            lags(f"127.0.0.1:{mute.getsockname()[1]}", {"g": ["t"]}, timeout_s=0.5)
        assert clock.monotonic_s() - begun_s < 30


def written(broker: LocalBroker, counts: dict[tuple[str, int], int]) -> None:
    """So many messages in each partition."""
    from kafka import KafkaProducer

    producer = KafkaProducer(bootstrap_servers=broker.bootstrap)
    for (topic, partition), count in counts.items():
        for number in range(count):
            producer.send(topic, b"%d" % number, partition=partition)
    producer.flush()
    producer.close()
