"""The projector: reads outputs and dead letters in a consumer group and writes them to the store, at least once.

A position is committed when all before it is in the store; whatever comes a second time changes nothing there.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from typing import Any

from kafka import KafkaConsumer
from kafka.errors import KafkaError
from sqlalchemy import Engine
from sqlalchemy.exc import DataError, IntegrityError

from streams import clock
from streams.broker.group import finish_rebalances
from streams.broker.names import TopicNames
from streams.city.model import KEPT_DAYS
from streams.pictures.shelf import Shelf
from streams.project.decode import decoded, position, refused
from streams.project.pruning import Pruning
from streams.store.patience import StoppedWaiting, patiently
from streams.store.projection import Rows, save

log = logging.getLogger(__name__)

AGAIN_S = 2.0
POLL_MS = 100
MOST_AT_ONCE = 500
"""Messages in one transaction."""
LARGEST_FETCH_BYTES = 8 * 1024 * 1024

POISON = (DataError, IntegrityError, ValueError, OverflowError)
"""Errors of a row that no database will ever take."""


class Projector:
    """Projects until told to stop; with a shelf it takes pictures off it too that are older than `kept_days`.

    Attributes
    ----------
    saved, skipped
        Messages that are in the store, and those that could not be read and left a dead letter instead, since the start.
    """

    def __init__(
        self,
        broker: str,
        names: TopicNames,
        engine: Engine,
        stop: threading.Event,
        now_us: Callable[[], int] = clock.now_us,
        shelf: Shelf | None = None,
        kept_days: int = KEPT_DAYS,
    ):
        self._broker, self._names, self._engine, self._stop, self._now_us = broker, names, engine, stop, now_us
        self._pruning = Pruning(engine, shelf=shelf, now_us=now_us, kept_days=kept_days)
        self.saved = 0
        self.skipped = 0

    def run(self) -> None:
        """Project until told to stop; whatever goes wrong with Kafka, begin again from the last position committed."""
        while not self._stop.is_set():
            try:
                self._read()
            except StoppedWaiting:
                break
            except (KafkaError, OSError) as error:
                log.warning("Kafka at %s: %r; trying again", self._broker, error)
                self._stop.wait(AGAIN_S)
        log.info("projector ends: %d messages saved, %d skipped", self.saved, self.skipped)

    def take(self, records: Sequence[Any]) -> None:
        """Save records in one transaction, however long the store is away; one that it cannot take is skipped by itself.

        Raises
        ------
        StoppedWaiting
            When told to stop before they were saved.
        """
        rows = [self._rows(record) for record in records]
        try:
            self._save(rows)
        except POISON:
            for record, own in zip(records, rows, strict=True):
                self._save_one(record, own)
        self.saved += len(records)

    def _read(self) -> None:
        consumer = KafkaConsumer(
            bootstrap_servers=self._broker,
            group_id=self._names.projector_group,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            allow_auto_create_topics=False,
            session_timeout_ms=6_000,
            heartbeat_interval_ms=2_000,
            # how long the store may be away before the partitions go to another projector
            max_poll_interval_ms=600_000,
            # how soon topics are found that are made after us
            metadata_max_age_ms=5_000,
            bootstrap_timeout_ms=5_000,
            reconnect_backoff_max_ms=1_000,
            fetch_max_wait_ms=50,
            max_poll_records=MOST_AT_ONCE,
            max_partition_fetch_bytes=LARGEST_FETCH_BYTES,
        )
        try:
            finish_rebalances(consumer)
            consumer.subscribe([self._names.outputs, self._names.dead_letters])
            while not self._stop.is_set():
                records = [one for some in consumer.poll(timeout_ms=POLL_MS).values() for one in some]
                if records:
                    self.take(records)
                    consumer.commit()
                self._pruning.now_and_then()
        finally:
            consumer.close(autocommit=False)

    def _rows(self, record: Any) -> Rows:
        try:
            return decoded(record, self._names.dead_letters)
        except (ValueError, OverflowError) as error:  # msgspec's errors are ValueErrors
            return self._refused(record, error)

    def _refused(self, record: Any, error: Exception) -> Rows:
        self.skipped += 1
        log.error("%s cannot be projected (%s) and is skipped, %d so far", position(record), type(error).__name__, self.skipped)
        return refused(record, type(error).__name__)

    def _save(self, rows: Sequence[Rows]) -> None:
        patiently(self._stop, lambda: save(self._engine, rows, self._now_us()))

    def _save_one(self, record: Any, rows: Rows) -> None:
        try:
            self._save([rows])
        except POISON as error:
            self._save([self._refused(record, error)])
