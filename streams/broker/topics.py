"""Topics made before anybody reads them: a topic that is missing when a Faust worker starts is silently never read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kafka import KafkaAdminClient
from kafka.errors import KafkaError, TopicAlreadyExistsError, UnknownTopicOrPartitionError, for_code

from streams import clock
from streams.broker.errors import BrokerFailed
from streams.broker.probe import administrator


@dataclass(frozen=True)
class TopicSpec:
    """A topic as it should be; `config` holds Kafka's own settings of a topic."""

    name: str
    partitions: int
    config: Mapping[str, str] = field(default_factory=dict)


def create_topics(bootstrap: str, specs: Sequence[TopicSpec], timeout_s: float = 30.0) -> None:
    """Create what is missing, and return when every partition of every topic has a leader.

    The number of copies is the cluster's default. Topics that exist stay as they are.

    Raises
    ------
    BrokerFailed
        No Kafka there; a topic exists with another number of partitions; one is refused, or not ready in time.
    """
    with administrator(bootstrap, timeout_s) as admin:
        there = _leaders(admin, [spec.name for spec in specs])
        _check_partitions(specs, there)
        _create(admin, [spec for spec in specs if spec.name not in there])
        _wait(lambda: _not_ready(admin, specs), f"topics not ready at {bootstrap}", timeout_s)


def delete_topics(bootstrap: str, names: Iterable[str], timeout_s: float = 30.0) -> None:
    """Delete topics, and return when the cluster does not list them any more; those that do not exist are no error."""
    wanted = sorted(set(names))
    with administrator(bootstrap, timeout_s) as admin:
        there = sorted(_leaders(admin, wanted))
        if there:
            answer = _asked(lambda: admin.delete_topics(there, raise_errors=False))
            _refuse("delete", answer["topics"], UnknownTopicOrPartitionError)
        _wait(lambda: sorted(_leaders(admin, wanted)), f"topics not deleted at {bootstrap}", timeout_s)


def _create(admin: KafkaAdminClient, specs: Sequence[TopicSpec]) -> None:
    if not specs:
        return
    wanted = {spec.name: {"num_partitions": spec.partitions, "configs": dict(spec.config)} for spec in specs}
    answer = _asked(lambda: admin.create_topics(wanted, raise_errors=False))
    _refuse("create", answer["topics"], TopicAlreadyExistsError)  # somebody else may be creating them at the same time


def _leaders(admin: KafkaAdminClient, names: Sequence[str]) -> dict[str, list[int]]:
    """Leader of each partition (-1: none) of those of the topics that exist."""
    if not names:
        return {}  # Kafka takes an empty list for all
    topics = _asked(lambda: admin.describe_topics(list(names)))
    return {topic["name"]: [part["leader_id"] for part in topic["partitions"]] for topic in topics if not topic["error_code"]}


def _check_partitions(specs: Sequence[TopicSpec], there: Mapping[str, Sequence[int]]) -> None:
    for spec in specs:
        count = len(there.get(spec.name, ())) or spec.partitions
        if count != spec.partitions:
            raise BrokerFailed(
                f"topic {spec.name} exists with {count} partitions where {spec.partitions} are wanted: "
                "delete it, or use another prefix; keys would land in other partitions"
            )


def _not_ready(admin: KafkaAdminClient, specs: Sequence[TopicSpec]) -> list[str]:
    there = _leaders(admin, [spec.name for spec in specs])
    _check_partitions(specs, there)
    return [spec.name for spec in specs if spec.name not in there or min(there[spec.name]) < 0]


def _wait(unfinished: Callable[[], list[str]], failure: str, timeout_s: float) -> None:
    deadline_s = clock.monotonic_s() + timeout_s
    while left := unfinished():
        if clock.monotonic_s() > deadline_s:
            raise BrokerFailed(f"{failure} after {timeout_s:.0f} s: {', '.join(left)}")
        clock.sleep_s(0.02)


def _asked(question: Callable[[], Any]) -> Any:
    try:
        return question()
    except KafkaError as error:
        raise BrokerFailed(f"Kafka did not answer: {error}") from error


def _refuse(what: str, topics: Iterable[Mapping[str, object]], pardoned: type[KafkaError]) -> None:
    for topic in topics:
        error = for_code(topic["error_code"])
        if topic["error_code"] and error is not pardoned:
            raise BrokerFailed(f"Kafka would not {what} topic {topic['name']}: {topic.get('error_message') or error.__name__}")
