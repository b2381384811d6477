"""Topics are there, whole, before anybody reads them."""

from __future__ import annotations

import pytest
from kafka.admin import ConfigResource, ConfigResourceType

from streams.broker.local import BrokerFailed, LocalBroker
from streams.broker.ports import pick_ports
from streams.broker.probe import administrator
from streams.broker.topics import TopicSpec, create_topics, delete_topics


def test_created_topics_have_a_leader_for_every_partition_at_once(broker: LocalBroker) -> None:
    create_topics(broker.bootstrap, [TopicSpec("many.a", 12), TopicSpec("many.b", 3, {"cleanup.policy": "compact"})])
    assert {"many.a": 12, "many.b": 3} == led_partitions(broker, ["many.a", "many.b"])


def test_a_topic_gets_its_settings(broker: LocalBroker) -> None:
    create_topics(broker.bootstrap, [TopicSpec("set", 1, {"cleanup.policy": "compact", "max.message.bytes": "7654321"})])
    with administrator(broker.bootstrap) as admin:
        found = admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, "set")])
    text = str(found)
    assert "compact" in text
    assert "7654321" in text


def test_topics_that_exist_stay_and_the_missing_are_added(broker: LocalBroker) -> None:
    create_topics(broker.bootstrap, [TopicSpec("first", 2)])
    create_topics(broker.bootstrap, [TopicSpec("first", 2), TopicSpec("second", 1)])
    assert {"first": 2, "second": 1} == led_partitions(broker, ["first", "second"])


def test_another_number_of_partitions_is_an_error_that_creates_nothing(broker: LocalBroker) -> None:
    create_topics(broker.bootstrap, [TopicSpec("fixed", 2)])
    with pytest.raises(BrokerFailed, match="topic fixed exists with 2 partitions where 3 are wanted"):
        create_topics(broker.bootstrap, [TopicSpec("fixed", 3), TopicSpec("never", 1)])
    assert {"fixed": 2} == led_partitions(broker, ["fixed", "never"])


def test_a_refused_topic_says_why(broker: LocalBroker) -> None:
    with pytest.raises(BrokerFailed, match=r"would not create topic bad: .*no\.such\.setting"):
        create_topics(broker.bootstrap, [TopicSpec("bad", 1, {"no.such.setting": "1"})])
    with pytest.raises(BrokerFailed, match=r"would not create topic not allowed: .*invalid"):
        create_topics(broker.bootstrap, [TopicSpec("not allowed", 1)])


def test_no_topics_are_no_work(broker: LocalBroker) -> None:
    create_topics(broker.bootstrap, [])
    delete_topics(broker.bootstrap, [])


def test_deleted_topics_are_gone_and_can_be_made_anew(broker: LocalBroker) -> None:
    create_topics(broker.bootstrap, [TopicSpec("brief", 1)])
    delete_topics(broker.bootstrap, ["brief", "never was"])
    assert {} == led_partitions(broker, ["brief"])
    create_topics(broker.bootstrap, [TopicSpec("brief", 5)])
    assert {"brief": 5} == led_partitions(broker, ["brief"])


def test_no_kafka_there_is_said() -> None:
    with pytest.raises(BrokerFailed, match=r"no Kafka answers at 127\.0\.0\.1"):
        create_topics(pick_ports().bootstrap, [TopicSpec("any", 1)], timeout_s=0.5)


def led_partitions(broker: LocalBroker, names: list[str]) -> dict[str, int]:
    with administrator(broker.bootstrap) as admin:
        topics = admin.describe_topics(names)
    return {topic["name"]: sum(part["leader_id"] >= 0 for part in topic["partitions"]) for topic in topics if not topic["error_code"]}
