"""Snapshots of district states in a Faust table, each with the offset it has seen (DESIGN 2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import faust

from streams.rules.plan import DistrictPlan
from streams.rules.state import DistrictState, decode_state, empty_state, encode_state


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
        data = self._table.data.get(district.encode())
        plan = self._plans[district]
        return (decode_state(data, plan) if data else None) or empty_state(plan)

    async def save(self, district: str, partition: int, state: DistrictState) -> Any:
        """Write a snapshot and wait until the log has it."""
        data = encode_state(state, self._plans[district])
        self._table.data[district.encode()] = data
        return await self._table.send_changelog(partition, district.encode(), data)
