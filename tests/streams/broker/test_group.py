"""A member of a consumer group ends every rebalance that it began, however short its polls are."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

import pytest

from streams import clock

if TYPE_CHECKING:
    from streams.broker.local import LocalBroker

POLL_MS = 50
JOIN_S = 4 * POLL_MS / 1000
DEADLINE_S = 15.0


@pytest.fixture
def slow_joins(monkeypatch: pytest.MonkeyPatch) -> None:
    """Joins of which the answer comes only after the poll that asked for it has ended, as on a busy machine."""
    from kafka.coordinator.consumer import ConsumerCoordinator

    asked = ConsumerCoordinator._do_join_and_sync_async

    async def answered_late(self: Any) -> bytes:
        assignment: bytes = await asked(self)
        await self._net.sleep(JOIN_S)
        return assignment

    monkeypatch.setattr(ConsumerCoordinator, "_do_join_and_sync_async", answered_late)


@pytest.mark.usefixtures("slow_joins")
def test_a_rebalance_that_outlasts_a_poll_still_gives_the_partitions(broker: LocalBroker) -> None:
    from kafka import KafkaConsumer

    from streams.broker.group import finish_rebalances
    from streams.broker.topics import TopicSpec, create_topics

    topic = f"group-{secrets.token_hex(4)}"
    consumer = KafkaConsumer(bootstrap_servers=broker.bootstrap, group_id=topic, enable_auto_commit=False, allow_auto_create_topics=False)
    finish_rebalances(consumer)
    consumer.subscribe([topic])
    while consumer._coordinator.rejoin_needed:  # the first one, in which there is nothing to share out yet
        consumer.poll(timeout_ms=POLL_MS)
    assert not consumer.assignment()
    create_topics(broker.bootstrap, [TopicSpec(topic, 3)])
    deadline_s = clock.monotonic_s() + DEADLINE_S
    while not consumer.assignment() and clock.monotonic_s() < deadline_s:
        consumer.poll(timeout_ms=POLL_MS)
    assert {0, 1, 2} == {place.partition for place in consumer.assignment()}
    consumer.close()
