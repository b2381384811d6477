"""The district agent: hands each batch to the pure step, sends what comes out, and keeps snapshots.

Order is everything here (DESIGN 2.3): outputs are delivered first, then the snapshot that covers them, and only then are the
batches acknowledged. After a crash the log is read again from the last snapshot, and the same outputs come out with the same ids.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterable, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from models.forecaster import Model
from streams.agents.careful import step_carefully
from streams.agents.follower import Follower
from streams.agents.snapshots import Snapshots
from streams.observation.batch import Batch, decode
from streams.observation.dead_letter import DeadLetter, Reason
from streams.rules.models import Models
from streams.rules.outputs import Handled, ModelChange, Order, Output, OutputMessage, Standing, Water
from streams.rules.plan import DistrictPlan
from streams.rules.state import DistrictState

log = logging.getLogger(__name__)

FLUSH_S = 0.5
FLUSH_EVENTS = 500
MOST_OUTPUTS = 400
"""Outputs in one message: about half a megabyte."""
WEIGHT_OF_WATER = 200
POINTS_OF_WEIGHT = 8
"""So many other outputs are as large as a part of the ensemble; so many points and stations in a standing as large as one."""

Send = Callable[[bytes, bytes, dict[str, bytes]], Awaitable[Awaitable[Any]]]


@dataclass
class Outlets:
    """Where a district's results go: each takes key, value and headers, and returns a future of the delivery."""

    outputs: Send
    orders: Send
    dead_letters: Send


@dataclass
class _Pending:
    """What has been taken in since the last snapshot."""

    sends: list[Awaitable[Any]] = field(default_factory=list)
    events: list[Any] = field(default_factory=list)
    partitions: set[int] = field(default_factory=set)
    handled: dict[str, list[Handled]] = field(default_factory=dict)


class DistrictAgent:
    """Holds the states of the districts whose partitions this worker has."""

    def __init__(
        self,
        plans: Mapping[str, DistrictPlan],
        snapshots: Snapshots,
        outlets: Outlets,
        follower: Follower,
        models: Model | Models,
        worker: str,
    ):
        self._plans, self._snapshots, self._outlets, self._models, self._worker = plans, snapshots, outlets, models, worker
        self._states: dict[str, DistrictState] = {}
        self._partition_of: dict[str, int] = {}
        self._generation = 0
        self._pending = _Pending()
        self._lock = asyncio.Lock()
        self.follower = follower

    async def run(self, stream: Any) -> None:
        """Take in batches for ever."""
        events: AsyncIterable[Any] = stream.noack().events()
        async for event in events:
            async with self._lock:
                await self._take(event)
                if len(self._pending.events) >= FLUSH_EVENTS:
                    await self._flush()

    async def flush(self) -> None:
        """Deliver, snapshot, acknowledge; called on a timer."""
        async with self._lock:
            await self._flush()

    def forget(self) -> None:
        """Partitions are being handed out anew: what is not in a snapshot will be read again, by whoever gets it."""
        self._generation += 1
        self._states.clear()
        self._partition_of.clear()
        self.follower.forget()
        self._pending = _Pending()

    async def _take(self, event: Any) -> None:
        message = event.message
        if not await self.follower.follows(message.partition, message.offset):
            return
        pending = self._pending
        pending.events.append(event)
        pending.partitions.add(message.partition)
        try:
            batch = _decoded(event.value, self._plans)
        except (msgspec.DecodeError, ValueError, KeyError) as error:
            await self._refuse(message, str(error))
            return
        state = self._states.get(batch.district) or self._snapshots.load(batch.district)
        if message.offset <= state.offset:
            return  # its outputs were delivered before the snapshot that has seen it
        plan = self._plans[batch.district]
        state, outputs, failed = step_carefully(plan, state, batch, self._models)
        state.offset = message.offset
        self._states[batch.district] = state
        self._partition_of[batch.district] = message.partition
        await self._send(message, batch, outputs)
        for number, letter in enumerate(failed):
            await self._send_letter(message, number, letter)

    async def _send(self, message: Any, batch: Batch, outputs: list[Output]) -> None:
        """Send outputs at once; that a batch without any was handled is said with the next ones, or at the flush."""
        district = batch.district
        self._pending.handled.setdefault(district, []).append(Handled(message.partition, message.offset, len(batch.value)))
        if not outputs:
            return
        sent_us = dict(message.headers or {}).get("sent_us", b"")
        parts = pieces_of(outputs)
        for number, piece in enumerate(parts, 1):
            await self._send_outputs(district, piece, sent_us, last=number == len(parts))
        for order in outputs:
            if isinstance(order, Order) and order.state == "released" and order.texts:
                await self._deliver(self._outlets.orders, district.encode(), msgspec.msgpack.encode(order), {})
        for change in outputs:
            if isinstance(change, ModelChange):
                log.warning("district %s: model %s %s (%s); %s forecasts", *_in_words(change))

    async def _send_outputs(self, district: str, outputs: list[Output], sent_us: bytes, last: bool) -> None:
        handled = self._pending.handled.pop(district, []) if last else []
        # a message without a moment in it may be the first
        up_to_us = max(self._states[district].heard_until_us, 0) if last else 0
        # who did it and when it was sent goes beside the message, never in it: outputs are the same on every worker (law 4)
        headers = {"worker": self._worker.encode(), "sent_us": sent_us}
        data = msgspec.msgpack.encode(OutputMessage(district, up_to_us, handled, outputs))
        await self._deliver(self._outlets.outputs, district.encode(), data, headers)

    async def _refuse(self, message: Any, detail: str) -> None:
        log.error("partition %s offset %s is no batch: %s", message.partition, message.offset, detail)
        await self._send_letter(message, 0, DeadLetter(Reason.FAILED, message.topic, message.offset, "", detail[:200]))

    async def _send_letter(self, message: Any, number: int, letter: DeadLetter) -> None:
        key = f"{message.topic}/{message.partition}/{message.offset}/{number}".encode()
        await self._deliver(self._outlets.dead_letters, key, msgspec.msgpack.encode(letter), {})

    async def _deliver(self, send: Send, key: bytes, value: bytes, headers: dict[str, bytes]) -> None:
        self._pending.sends.append(await send(key, value, headers))

    async def _flush(self) -> None:
        if not self._pending.events:
            return
        for district in list(self._pending.handled):
            if district in self._states:
                await self._send_outputs(district, [], b"", last=True)
        pending, self._pending = self._pending, _Pending()
        generation = self._generation
        covered = {partition: (self.follower.position(partition) or 0) - 1 for partition in pending.partitions}
        states = [(d, p, self._states[d]) for d, p in self._partition_of.items() if p in covered]
        await asyncio.gather(*pending.sends)
        if generation != self._generation:
            return  # the partitions were handed out anew meanwhile: what was read will be read again
        await asyncio.gather(
            *(self._snapshots.save(district, partition, covered[partition], state) for district, partition, state in states)
        )
        if generation == self._generation:
            for event in pending.events:
                event.ack()


def pieces_of(outputs: Sequence[Output]) -> list[list[Output]]:
    """Outputs of one batch as messages that are not too large.

    Of the ensembles only the newest goes out: a batch that holds hours, as of a worker that catches up, has one for every minute.
    """
    newest = max((output.issued_at for output in outputs if isinstance(output, Water)), default="")
    pieces: list[list[Output]] = [[]]
    weight = 0
    for output in outputs:
        if isinstance(output, Water) and output.issued_at != newest:
            continue
        own = _weight(output)
        if pieces[-1] and weight + own > MOST_OUTPUTS:
            pieces.append([])
            weight = 0
        pieces[-1].append(output)
        weight += own
    return pieces


def _weight(output: Output) -> int:
    if isinstance(output, Water):
        return WEIGHT_OF_WATER
    if isinstance(output, Standing):
        return 1 + (len(output.points) + len(output.stations)) // POINTS_OF_WEIGHT
    return 1


def _in_words(change: ModelChange) -> tuple[str, str, str, str, str]:
    about = change.model if change.what == "used" else change.other
    return change.district, about, change.what, change.reason, change.model


def _decoded(value: bytes, plans: Mapping[str, DistrictPlan]) -> Batch:
    """The batch in a message; the station numbers are those of its district's plan."""
    district = msgspec.msgpack.decode(value, type=_District).district
    return decode(value, plans[district].station_no)


class _District(msgspec.Struct):
    district: str
