"""Snapshots of district states in a Faust table, each with the offset that its partition had reached (DESIGN 2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import faust
import msgspec

from streams.rules.plan import DistrictPlan
from streams.rules.state import DistrictState, decode_state, empty_state, encode_state


class Snapshot(msgspec.Struct, frozen=True):
    """The state of a district after all messages of its partition up to `covered`."""

    partition: int
    covered: int
    state: bytes


_DECODER = msgspec.msgpack.Decoder(Snapshot)


class Snapshots:
    """Reads and writes the snapshots.

    A table writes to the partition of the event that is being handled. Snapshots are written later, for several districts at once, so
    the partition is named here, and the write is awaited before anything that it covers is acknowledged.
    """

    def __init__(self, app: faust.App, plans: Mapping[str, DistrictPlan], partitions: int):
        self._plans = plans
        self._table = app.Table("snapshots", partitions=partitions, key_type=bytes, value_type=bytes)

    def load(self, district: str) -> DistrictState:
        """The state of a district as of its last snapshot; empty where there is none, or where the city has changed since."""
        snapshot = self._snapshot(district)
        plan = self._plans[district]
        return (decode_state(snapshot.state, plan) if snapshot else None) or empty_state(plan)

    async def save(self, district: str, partition: int, covered: int, state: DistrictState) -> Any:
        """Write a snapshot and wait until the log has it."""
        data = msgspec.msgpack.encode(Snapshot(partition, covered, encode_state(state, self._plans[district])))
        self._table.data[district.encode()] = data
        return await self._table.send_changelog(partition, district.encode(), data)

    def resume_at(self, partition: int) -> int | None:
        """The offset from which a partition must be read for its snapshots to be complete; None where it has none."""
        found = [snapshot for district in self._plans if (snapshot := self._snapshot(district)) and snapshot.partition == partition]
        return min((snapshot.covered + 1 for snapshot in found), default=None)

    def _snapshot(self, district: str) -> Snapshot | None:
        data = self._table.data.get(district.encode())
        return _DECODER.decode(data) if data else None
