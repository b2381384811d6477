"""Writes messages and dead letters into Kafka, and returns when they are there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import msgspec
from kafka import KafkaProducer
from kafka.errors import KafkaError

from streams import clock
from streams.broker.names import TopicNames
from streams.broker.partitioner import DistrictPartitioner
from streams.gateway.buffer import Letter
from streams.gateway.knock import knock
from streams.gateway.packer import Packed

DELIVERY_S = 60.0
"""So long the producer itself tries, without doubling anything; after that its callers try again with another one."""
LETTERS_AT_ONCE = 1000
LARGEST_REQUEST_BYTES = 8 * 1024 * 1024


class LogFailed(Exception):
    """Kafka did not acknowledge; `unsent` is what was not, in order, and may be sent again as it is.

    Attributes
    ----------
    retriable
        False where trying again cannot help before an operator has done something, such as a missing right.
    """

    def __init__(self, message: str, unsent: Sequence[Packed] | Sequence[Letter], retriable: bool):
        super().__init__(message)
        self.unsent = list(unsent)
        self.retriable = retriable


class Log(Protocol):
    """Where the gateway writes to."""

    def send(self, messages: Sequence[Packed]) -> None:
        """Write batches, those of a district in this order, and return when all are acknowledged; else raise `LogFailed`."""

    def dead_letters(self, letters: Sequence[Letter]) -> None:
        """Write dead letters and return when all are acknowledged; else raise `LogFailed`."""

    def close(self) -> None:
        """Give up what is under way."""


@dataclass(frozen=True)
class _Record:
    topic: str
    key: bytes
    value: bytes
    headers: list[tuple[str, bytes]]


class KafkaLog:
    """The real log. The connection is made at the first message, and made anew after a failure."""

    def __init__(self, broker: str, names: TopicNames, districts: Sequence[str] = (), delivery_s: float = DELIVERY_S):
        self._broker, self._names, self._delivery_s = broker, names, delivery_s
        self._partitioner = DistrictPartitioner(districts)
        self._producer: KafkaProducer | None = None

    def send(self, messages: Sequence[Packed]) -> None:
        """Write batches: never two of a district at a time, so that whatever fails, none overtakes another."""
        left = list(messages)
        for turn in _turns(messages):
            failures = self._deliver([self._batch(message) for message in turn])
            done = {id(message) for message, failure in zip(turn, failures, strict=True) if failure is None}
            left = [message for message in left if id(message) not in done]
            self._raise_first(failures, left)

    def dead_letters(self, letters: Sequence[Letter]) -> None:
        """Write dead letters, some at a time."""
        for at in range(0, len(letters), LETTERS_AT_ONCE):
            some = letters[at : at + LETTERS_AT_ONCE]
            failures = self._deliver([self._letter(letter) for letter in some])
            self._raise_first(failures, letters[at:])

    def close(self) -> None:
        """Close the connection without waiting; what is under way fails."""
        producer, self._producer = self._producer, None
        if producer is not None:
            producer.close(timeout=0)

    def _batch(self, message: Packed) -> _Record:
        sent = [("sent_us", str(clock.now_us()).encode())]
        return _Record(self._names.batches, message.district.encode(), message.data, sent)

    def _letter(self, letter: Letter) -> _Record:
        return _Record(self._names.dead_letters, letter.key.encode(), msgspec.msgpack.encode(letter.letter), [])

    def _deliver(self, records: Sequence[_Record]) -> list[Exception | None]:
        """Send all of them at once and wait for each: what became of it, None for written."""
        futures: list[Any] = []
        failure: Exception | None = None
        try:
            self._producer = self._producer or self._connected()
            for record in records:
                futures.append(self._producer.send(record.topic, key=record.key, value=record.value, headers=record.headers))
        except (KafkaError, OSError, ValueError) as error:
            failure = error  # it may have waited for long: the rest is not tried
        return [*(self._finished(future) for future in futures), *[failure] * (len(records) - len(futures))]

    def _finished(self, future: Any) -> Exception | None:
        try:
            future.get(timeout=self._delivery_s + 5)
        except KafkaError as error:
            failure: Exception = error
            return failure
        return None

    def _raise_first(self, failures: Sequence[Exception | None], unsent: Sequence[Packed] | Sequence[Letter]) -> None:
        errors = [failure for failure in failures if failure is not None]
        if not errors:
            return
        self.close()  # its sequence numbers have a gap now: a new one starts clean
        hopeless = [error for error in errors if not (isinstance(error, OSError) or getattr(error, "retriable", False))]
        first = (hopeless or errors)[0]
        raise LogFailed(f"Kafka at {self._broker} did not take {len(errors)} message(s): {first!r}", unsent, not hopeless) from first

    def _connected(self) -> KafkaProducer:
        knock(self._broker)
        return KafkaProducer(
            bootstrap_servers=self._broker,
            acks="all",
            partitioner=self._partitioner,
            enable_idempotence=True,
            allow_auto_create_topics=False,
            max_request_size=LARGEST_REQUEST_BYTES,
            delivery_timeout_ms=int(self._delivery_s * 1000),
            request_timeout_ms=min(30_000, int(self._delivery_s * 1000)),
            max_block_ms=5_000,
            bootstrap_timeout_ms=5_000,
            reconnect_backoff_max_ms=1_000,
            linger_ms=0,
        )


def _turns(messages: Sequence[Packed]) -> Iterator[list[Packed]]:
    """First the first message of every district, then the second of each, and so on."""
    of_district: dict[str, list[Packed]] = defaultdict(list)
    for message in messages:
        of_district[message.district].append(message)
    for turn in range(max((len(those) for those in of_district.values()), default=0)):
        yield [those[turn] for those in of_district.values() if turn < len(those)]
