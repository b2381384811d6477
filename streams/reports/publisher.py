"""A thread that writes observations of accepted reports into their owner's open topic, and has the city's written rule accept what it may.

A row is marked as sent when Kafka has acknowledged it. A crash between the two sends it again: the observation has an id of its own, so
the districts hear it once.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import msgspec
from kafka import KafkaProducer
from kafka.errors import KafkaError
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from streams import clock
from streams.broker.errors import BrokerFailed
from streams.broker.names import TopicNames
from streams.broker.probe import administrator
from streams.broker.topics import TopicSpec, create_topics
from streams.gateway.knock import knock
from streams.store.reports_readings import ReportReading, mark_sent, owners_unsent, unsent

log = logging.getLogger(__name__)

EVERY_S = 1.0
AT_ONCE = 200
DELIVERY_S = 10.0
LAST_S = 5.0
FIRST_WAIT_S, LONGEST_WAIT_S = 1.0, 30.0


class NotPublished(Exception):
    """Kafka did not take observations; they wait in the store."""


class OpenTopics(Protocol):
    """Where observations are written to."""

    def write(self, readings: Sequence[ReportReading]) -> None:
        """Write them and return when all are acknowledged.

        Raises
        ------
        NotPublished
            Where one is not; each may be sent again.
        """

    def close(self) -> None:
        """Give up what is under way."""


class KafkaTopics:
    """The open topics of owners. The connection is made at the first observation, and anew after a failure; a missing topic is made."""

    def __init__(self, broker: str, delivery_s: float = DELIVERY_S):
        self._broker, self._delivery_s = broker, delivery_s
        self._producer: KafkaProducer | None = None
        self._known: set[str] = set()

    def write(self, readings: Sequence[ReportReading]) -> None:
        """Send all of them and wait for each."""
        try:
            self._make_topics({TopicNames.observations(reading.owner) for reading in readings})
            self._producer = self._producer or self._connected()
            futures: list[Any] = [
                self._producer.send(TopicNames.observations(reading.owner), key=reading.station.encode(), value=reading.line.encode())
                for reading in readings
            ]
            for future in futures:
                future.get(timeout=self._delivery_s + 5)
        except (KafkaError, OSError, BrokerFailed, ValueError) as error:
            self.close()
            owners = ", ".join(sorted({reading.owner for reading in readings}))
            told = f"Kafka at {self._broker} did not take {len(readings)} observation(s) of reports of {owners}: {error!r}"
            raise NotPublished(told) from error

    def close(self) -> None:
        """Close the connection without waiting."""
        producer, self._producer = self._producer, None
        if producer is not None:
            producer.close(timeout=0)

    def _make_topics(self, names: set[str]) -> None:
        if names <= self._known:
            return
        knock(self._broker)
        with administrator(self._broker) as admin:
            there = set(admin.list_topics())
        # one partition, as the gateway makes them: events of an owner stay in their order
        create_topics(self._broker, [TopicSpec(name, 1) for name in sorted(names - there)])
        self._known |= names

    def _connected(self) -> KafkaProducer:
        knock(self._broker)
        return KafkaProducer(
            bootstrap_servers=self._broker,
            acks="all",
            enable_idempotence=True,
            allow_auto_create_topics=False,
            delivery_timeout_ms=int(self._delivery_s * 1000),
            request_timeout_ms=int(self._delivery_s * 1000),
            max_block_ms=5_000,
            bootstrap_timeout_ms=5_000,
            reconnect_backoff_max_ms=1_000,
            linger_ms=0,
        )


class _Away(msgspec.Struct, frozen=True):
    """An owner whose topic took nothing: how long it waits, and until when by a clock that never goes back."""

    wait_s: float
    next_s: float


class Publisher(threading.Thread):
    """Publishes until stopped; what it is given to do before each look is the written rule.

    Parameters
    ----------
    before
        Called before each look at what waits; its faults keep nothing back that was accepted.
    every_s
        Between two looks.
    now_us
        The wall clock, for when an observation was sent.
    monotonic_s
        The clock by which an owner whose topic took nothing is tried again.
    """

    def __init__(
        self,
        engine: Engine,
        topics: OpenTopics,
        before: Callable[[], object] = lambda: None,
        every_s: float = EVERY_S,
        now_us: Callable[[], int] = clock.now_us,
        monotonic_s: Callable[[], float] = clock.monotonic_s,
    ):
        # a daemon: a database that hangs must not keep the process from ending
        super().__init__(name="reports", daemon=True)
        self._engine, self._topics, self._before = engine, topics, before
        self._stop_told = threading.Event()
        self._every_s, self._now_us, self._monotonic_s = every_s, now_us, monotonic_s
        self._wait_s = FIRST_WAIT_S
        self._away: dict[str, _Away] = {}

    def run(self) -> None:
        """Look again and again; while the store is away or the rule fails, ever more slowly."""
        while not self._stop_told.is_set():
            self._stop_told.wait(self._every_s if self.look() else self._slower())
        self._topics.close()

    def close(self) -> None:
        """Stop; what is under way in Kafka is given up, and sent again by whoever comes next."""
        self._stop_told.set()
        if self.is_alive():
            self.join(LAST_S)

    def look(self) -> bool:
        """Have the rule look, and publish all that waits; False where the store is away or the rule fails.

        An owner whose topic takes nothing makes no look a bad one: it is tried more slowly by itself.
        """
        well = True
        for part in (self._before, self.publish):
            try:
                part()
            except (NotPublished, SQLAlchemyError) as error:
                well = False
                # of the store the kind alone: its words may quote what was written (law 10)
                log.warning("reports wait: %s", error if isinstance(error, NotPublished) else type(error).__name__)
            except Exception:  # this thread must outlive a fault of one look: what was accepted waits in the store
                well = False
                log.exception("a look at reports failed")
        if well:
            self._wait_s = FIRST_WAIT_S
        return well

    def publish(self) -> int:
        """Write all that waits, owner by owner and some at a time; returns how many.

        Owners whose topics took nothing come last, each when its time has come, and no more of them once one fails again: each costs up
        to 15 s, in which nobody else's observations go and the written rule does not look.
        """
        count, waits = 0, owners_unsent(self._engine)
        self._away = {owner: away for owner, away in self._away.items() if owner in waits}
        for owner in [owner for owner in waits if owner not in self._away]:
            count += self._tried(owner) or 0
        now_s = self._monotonic_s()
        for owner in sorted((one for one, away in self._away.items() if away.next_s <= now_s), key=lambda one: self._away[one].next_s):
            sent = self._tried(owner)
            if sent is None:
                break
            count += sent
        return count

    def _tried(self, owner: str) -> int | None:
        """How many of an owner's were written; None where its topic takes nothing, which is told, and tried again later."""
        try:
            count = self._publish_of(owner)
        except NotPublished as error:
            before = self._away.get(owner)
            wait_s = min(2 * before.wait_s, LONGEST_WAIT_S) if before else FIRST_WAIT_S
            # from now, not from when it was tried: a try may take longer than the wait
            self._away[owner] = _Away(wait_s, self._monotonic_s() + wait_s)
            log.warning("reports of %s wait, the next try is in %.0f s: %s", owner, wait_s, error)
            return None
        self._away.pop(owner, None)
        return count

    def _publish_of(self, owner: str) -> int:
        count = 0
        while not self._stop_told.is_set() and (some := unsent(self._engine, AT_ONCE, owner)):
            self._topics.write(some)
            mark_sent(self._engine, [reading.reading for reading in some], self._now_us())
            count += len(some)
        return count

    def _slower(self) -> float:
        wait_s, self._wait_s = self._wait_s, min(2 * self._wait_s, LONGEST_WAIT_S)
        return wait_s
