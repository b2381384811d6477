"""Collects what the workers give out, each thing once: the projector of a replay, which keeps it in memory for the files."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import msgspec
from kafka import KafkaConsumer, TopicPartition

from streams import clock
from streams.broker.names import TopicNames
from streams.observation.dead_letter import DeadLetter
from streams.rules.outputs import Order, Output, OutputMessage, Standing, Verdict, Warning, Water

_DECODER = msgspec.msgpack.Decoder(OutputMessage)
_LETTERS = msgspec.msgpack.Decoder(DeadLetter)


@dataclass
class Collected:
    """What has come so far.

    Attributes
    ----------
    doubled, differing
        Outputs that came again after a crash; and those of them that were not the same to the byte, which must be none.
    readings_of
        Readings by message of the inner topic (partition, offset), with the worker that handled it last.
    moved_s
        When a partition of the inner topic last got a message further.
    """

    outputs: dict[str, Output] = field(default_factory=dict)
    dead_letters: dict[str, DeadLetter] = field(default_factory=dict)
    up_to_us: dict[str, int] = field(default_factory=dict)
    readings_of: dict[tuple[int, int], tuple[str, int]] = field(default_factory=dict)
    latency_ms: list[float] = field(default_factory=list)
    verdicts: dict[str, tuple[str, ...]] = field(default_factory=dict)
    standing: dict[str, Standing] = field(default_factory=dict)
    moved_s: dict[int, float] = field(default_factory=dict)
    doubled: int = 0
    differing: int = 0
    last_us: int = 0

    @property
    def readings(self) -> int:
        """Readings handled so far, each once for every district that it went to."""
        return sum(count for _, count in list(self.readings_of.values()))


class Collector(threading.Thread):
    """Reads outputs and dead letters from their beginning until it is stopped."""

    def __init__(self, broker: str, names: TopicNames):
        super().__init__(name="collector", daemon=True)
        self.collected = Collected()
        self.broker = broker
        self.failure: BaseException | None = None
        self.moved = threading.Condition()
        self._names = names
        self._stop_asked = threading.Event()
        self._consumer = KafkaConsumer(
            bootstrap_servers=broker,
            auto_offset_reset="earliest",
            enable_auto_commit=False,
            group_id=None,
            fetch_max_wait_ms=50,
            max_partition_fetch_bytes=8 * 1024 * 1024,
            max_poll_records=2000,
        )
        topics = (names.outputs, names.dead_letters)
        self._consumer.assign(
            [TopicPartition(topic, place) for topic in topics for place in self._consumer.partitions_for_topic(topic) or ()]
        )
        self._consumer.seek_to_beginning()

    def run(self) -> None:
        """Collect until stopped; a failure is kept for whoever waits."""
        try:
            for topic, key, value, headers in self._records():
                if topic == self._names.dead_letters:
                    self.collected.dead_letters[key] = _LETTERS.decode(value)
                else:
                    self._take(_DECODER.decode(value), headers)
        except BaseException as error:
            self.failure = error
        finally:
            self._consumer.close()

    def stop(self) -> None:
        """Stop and wait for the end."""
        self._stop_asked.set()
        self.join()

    def wait_for(self, until_us: int, districts: tuple[str, ...], timeout_s: float) -> bool:
        """Wait until every district has reached a log time; False if it did not come to that."""

        def reached() -> bool:
            return all(self.collected.up_to_us.get(district, -1) >= until_us for district in districts) or self.failure is not None

        with self.moved:
            done = self.moved.wait_for(reached, timeout_s)
        if self.failure is not None:
            raise self.failure
        return done

    def _records(self) -> Iterator[tuple[str, str, bytes, dict[str, bytes]]]:
        while not self._stop_asked.is_set():
            for records in self._consumer.poll(timeout_ms=50).values():
                for record in records:
                    yield record.topic, record.key.decode(), record.value, dict(record.headers)
            with self.moved:
                self.moved.notify_all()

    def _take(self, message: OutputMessage, headers: dict[str, bytes]) -> None:
        got, now_us, worker = self.collected, clock.now_us(), headers["worker"].decode()
        for output in message.outputs:
            self._keep(output, now_us, int(headers.get("sent_us") or 0))
        for handled in message.handled:
            source = (handled.partition, handled.offset)
            if source not in got.readings_of:
                got.moved_s[handled.partition] = clock.monotonic_s()
            got.readings_of[source] = (worker, handled.readings)
        if message.up_to_us:
            got.up_to_us[message.district] = max(got.up_to_us.get(message.district, 0), message.up_to_us)
        got.last_us = now_us

    def _keep(self, output: Output, now_us: int, sent_us: int) -> None:
        got = self.collected
        if isinstance(output, Standing):
            got.standing[output.district] = output
            return
        if isinstance(output, Water):
            return  # of the moment, for what-if; no file has it
        if isinstance(output, Verdict):
            got.verdicts[output.key] = tuple(output.flags)
            return
        before = got.outputs.get(output.key)
        if before is not None:
            got.doubled += 1
            got.differing += msgspec.msgpack.encode(before) != msgspec.msgpack.encode(output)
            return
        got.outputs[output.key] = output
        if isinstance(output, (Warning, Order)) and sent_us:
            got.latency_ms.append((now_us - sent_us) / 1000)
