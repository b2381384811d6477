"""Kafka in: the open topics, one for each owner, one event a message."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, wait
from typing import Any

from kafka import KafkaConsumer
from kafka.errors import KafkaError

from streams.broker.errors import BrokerFailed
from streams.broker.group import finish_rebalances
from streams.broker.names import TopicNames
from streams.broker.topics import TopicSpec, create_topics
from streams.city.model import City
from streams.gateway.buffer import Full
from streams.gateway.intake import Intake
from streams.gateway.knock import knock

log = logging.getLogger(__name__)

RETRY_S = 0.25
AGAIN_S = 2.0
LAST_S = 5.0
"""How long a stop waits for what was taken in to be written."""
MOST_AT_ONCE = 2000
POLL_MS = 100


def open_topics(city: City) -> dict[str, str]:
    """Topic to owner, for every owner of a station of the city."""
    return {TopicNames.observations(owner): owner for owner in sorted({station.owner for station in city.stations} - {""})}


class TopicWay(threading.Thread):
    """Reads the open topics in a group; a position is committed when all before it is in the inner topic or the dead letters.

    A topic that is missing is made, where we may. After a crash some events come a second time; the district agent ignores repeats.
    """

    def __init__(self, intake: Intake, broker: str, owner_of: Mapping[str, str], group: str):
        super().__init__(name="topics", daemon=True)
        self._intake, self._broker, self._owner_of, self._group = intake, broker, owner_of, group
        self._stop_asked = threading.Event()
        self.connected = False

    def run(self) -> None:
        """Read until stopped; whatever goes wrong with Kafka, begin again from the last position committed."""
        while not self._stop_asked.is_set():
            try:
                self._read()
            except (KafkaError, OSError, BrokerFailed) as error:
                log.warning("open topics: %r; trying again", error)
            self.connected = False
            self._stop_asked.wait(AGAIN_S)

    def stop(self) -> None:
        """Take nothing more in."""
        self._stop_asked.set()
        self.join()

    def _read(self) -> None:
        knock(self._broker)
        consumer = KafkaConsumer(
            bootstrap_servers=self._broker,
            group_id=self._group,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            allow_auto_create_topics=False,
            session_timeout_ms=6_000,
            heartbeat_interval_ms=2_000,
            metadata_max_age_ms=30_000,
            bootstrap_timeout_ms=5_000,
            reconnect_backoff_max_ms=1_000,
            max_poll_records=MOST_AT_ONCE,
            max_partition_fetch_bytes=4 * 1024 * 1024,
        )
        try:
            self._make_missing(consumer)
            finish_rebalances(consumer)
            consumer.subscribe(list(self._owner_of))
            while not self._stop_asked.is_set():
                records = consumer.poll(timeout_ms=POLL_MS)
                self.connected = True
                if records and self._written(self._take([one for some in records.values() for one in some])):
                    consumer.commit()
        finally:
            consumer.close(autocommit=False)

    def _make_missing(self, consumer: KafkaConsumer) -> None:
        missing = sorted(set(self._owner_of) - set(consumer.topics()))
        try:
            # one partition: events of an owner stay in the order in which they were sent
            create_topics(self._broker, [TopicSpec(name, 1) for name in missing])
        except BrokerFailed as error:
            log.warning("open topics are missing and could not be made, an administrator must: %s", error)

    def _take(self, records: Sequence[Any]) -> Future[None] | None:
        """Take all in; the last one's future is done when those before it are."""
        written = None
        for record in records:
            written = self._take_one(record) or written
            if self._stop_asked.is_set():
                return None
        return written

    def _take_one(self, record: Any) -> Future[None] | None:
        source = f"kafka:{record.topic}/{record.partition}"
        while not self._stop_asked.is_set():
            try:
                return self._intake.take(record.value or b"", self._owner_of[record.topic], source, record.offset + 1).written
            except Full:
                self._stop_asked.wait(RETRY_S)
        return None

    def _written(self, written: Future[None] | None) -> bool:
        """Wait; False where the pump gave up, so that nothing is committed and all comes again."""
        if written is None:
            return False
        while not written.done() and not self._stop_asked.is_set():
            wait([written], RETRY_S)
        wait([written], LAST_S)
        return written.done() and written.exception() is None
