"""The readings of a batch in columns, and which of them need attention one by one; all others are taken in at a stroke.

A reading is *plain* if it is a level sensor's newest, on time, in range, without extra fields, no jump and no stuck value, if its
station is in good order, if it raises no level and climbs no rung, and if its point was wet within the hour or it is dry. Taking
in plain readings one by one or together gives the same state: only the newest of each station and the highest of each point remain.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from streams.observation.batch import Batch
from streams.observation.observation import Extra
from streams.rules import limits, quality
from streams.rules.hearing import Heard
from streams.rules.plan import DistrictPlan
from streams.rules.rungs import RUNGS_M
from streams.rules.state import NEVER_US, DistrictState

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

_NO_EXTRA = Extra()


class Rows:
    """Columns of one batch in order of arrival."""

    def __init__(self, plan: DistrictPlan, state: DistrictState, batch: Batch):
        self.plan, self.state = plan, state
        self.station, self.observed_us, self.value = batch.station, batch.observed_us, batch.value
        # several gateways' clocks may differ by a little: the order in the log is the truth
        self.arrival_us: Ints = np.maximum.accumulate(np.maximum(batch.received_us, state.heard_until_us))
        self.point: Ints = plan.point_of[batch.station]
        self.extras: Mapping[int, Extra] = batch.extras
        self._order: Ints = np.argsort(batch.station, kind="stable")
        self._starts: Ints = np.searchsorted(batch.station[self._order], np.arange(len(plan.stations) + 1))
        self.wet: Bools = self.value >= limits.WET_M
        self.level: Ints = self._reached(plan.thresholds_m)
        self.rung: Ints = self._reached(np.broadcast_to(RUNGS_M, (len(plan.points), len(RUNGS_M))))
        self.restarts: Bools = np.zeros(len(self), bool)
        self._static: Bools = self._odd() | self._newly_wet()
        self.attention: Bools = self._static.copy()
        if len(plan.points):
            self.attention |= (self.level > state.measured[self.point]) | (self.rung > state.rung[self.point])

    def __len__(self) -> int:
        return len(self.station)

    def heard(self, row: int) -> Heard:
        """One reading, with what its station said before it in this batch."""
        station = int(self.station[row])
        own = self._order[self._starts[station] : self._starts[station + 1]]
        earlier = own[: np.searchsorted(own, row)][-limits.MEMORY :]
        extra = self.extras.get(row, _NO_EXTRA)
        return Heard(station, int(self.observed_us[row]), float(self.value[row]), extra, self.observed_us[earlier], self.value[earlier])

    def attend_next(self, station: int, after: int) -> None:
        """The next reading of a station after a row needs attention: the station is not in good order."""
        own = self._order[self._starts[station] : self._starts[station + 1]]
        place = int(np.searchsorted(own, after, side="right"))
        if place < len(own):
            self._static[own[place]] = self.attention[own[place]] = True

    def attend_next_wet(self, point: int, after: int) -> None:
        """The next wet reading of a point needs attention: the point has still not become wet."""
        found = np.flatnonzero(self.wet[after + 1 :] & (self.point[after + 1 :] == point))
        if len(found):
            self._static[after + 1 + found[0]] = self.attention[after + 1 + found[0]] = True

    def levels_changed(self, point: int, after: int) -> None:
        """After a raise or a step-down, other readings of the point raise a level, or climb a rung, than before."""
        own = np.flatnonzero(self.point[after:] == point) + after
        climbs = (self.level[own] > self.state.measured[point]) | (self.rung[own] > self.state.rung[point])
        self.attention[own] = self._static[own] | climbs

    def keep_in_memory(self) -> None:
        """Write the batch into the rings that know repeats and late readings."""
        count = self._starts[1:] - self._starts[:-1]
        rank = np.arange(len(self)) - np.repeat(self._starts[:-1], count)
        station = self.station[self._order]
        last = rank >= count[station] - limits.MEMORY
        rows, station, rank = self._order[last], station[last], rank[last]
        place = (self.state.memory_at[station] + rank) % limits.MEMORY
        self.state.memory_us[station, place] = self.observed_us[rows]
        self.state.memory_m[station, place] = self.value[rows]
        self.state.memory_at += count

    def _reached(self, thresholds_m: Floats) -> Ints:
        """How many of its point's thresholds each reading of a depth reaches."""
        if not len(self.plan.points):
            return np.zeros(len(self), np.int64)
        reached = np.zeros(len(self), np.int64)
        rows = np.flatnonzero(self.wet & (self.point >= 0) & self.plan.gives_depth[self.station])
        reached[rows] = (self.value[rows, None] >= thresholds_m[self.point[rows]]).sum(axis=1)
        return reached

    def _odd(self) -> Bools:
        """What needs attention for reasons that lie in the readings of the station itself."""
        plan, state, order = self.plan, self.state, self._order
        station, observed, value = self.station[order], self.observed_us[order], self.value[order]
        first = np.ones(len(order), bool)
        first[1:] = station[1:] != station[:-1]
        before_us, before_m = np.roll(observed, 1), np.roll(value, 1)
        before_us[first], before_m[first] = state.newest_us[station[first]], state.raw_m[station[first]]
        arrival = self.arrival_us[order]
        # where cameras look, each reading may confirm another or be denied
        odd = ~plan.gives_depth[station] | plan.attended[station] | (first & self._unclean()[station])
        odd |= (observed <= before_us) | (observed > arrival) | (arrival - observed > limits.LATE_US)
        odd |= (value < limits.RANGE_LOW_M) | (value > plan.range_high_m[station])
        odd |= quality.jumped(before_m, value, observed - before_us)
        odd |= self._flat(station, observed, before_us, value, before_m, first)
        whole = np.zeros(len(order), bool)
        whole[order] = odd
        for row in self.extras:
            whole[row] = True
        return whole

    def _flat(self, station: Ints, observed: Ints, before_us: Ints, value: Floats, before_m: Floats, first: Bools) -> Bools:
        """Wet readings that have been the same for too long; notes where a run of equal values begins."""
        starts = value != before_m
        self.restarts[self._order] = starts
        since = np.where(starts, observed, np.where(first, self.state.run_us[station], NEVER_US))
        since = _running_maximum_by_group(since, first)
        # a late reading between two equal ones does not end their run, so such stations are looked at one by one
        unordered = np.zeros(len(self.plan.stations), bool)
        unordered[station[observed <= before_us]] = True
        flat_after = np.array([quality.flat_after_us(s.cadence_s) for s in self.plan.stations], np.int64)
        long = (observed - since >= flat_after[station]) | unordered[station]
        return np.asarray((value >= limits.WET_M) & long & (~starts | unordered[station]), bool)

    def _unclean(self) -> Bools:
        """Stations that were never trusted, are silent, or whose last reading was not taken at its word."""
        state = self.state
        unclean = (state.trusted_us == NEVER_US) | state.silent | (state.trusted_us != state.newest_us)
        for station in (*state.held, *state.watched, *state.aside):
            unclean[station] = True
        return np.asarray(unclean, bool)

    def _newly_wet(self) -> Bools:
        """Wet readings of a point that was not wet in the hour before, by what the readings say."""
        rows = np.flatnonzero(self.wet & (self.point >= 0))
        rows = rows[np.argsort(self.point[rows], kind="stable")]
        point = self.point[rows]
        first = np.ones(len(rows), bool)
        first[1:] = point[1:] != point[:-1]
        before_us = np.roll(self.observed_us[rows], 1)
        before_us[first] = self.state.wet_us[point[first]]
        newly = np.zeros(len(self), bool)
        newly[rows] = before_us < self.arrival_us[rows] - limits.NEIGHBOUR_US
        return newly


def _running_maximum_by_group(values: Ints, first: Bools) -> Ints:
    """Running maximum that starts anew where `first` is true."""
    if not len(values):
        return values
    group = np.cumsum(first) - 1
    low = values.min()
    span = int(values.max() - low) + 1
    if span * (int(group[-1]) + 1) < 2**62:
        return np.asarray(np.maximum.accumulate(values - low + group * span) - group * span + low, np.int64)
    starts = np.flatnonzero(first)
    return np.concatenate([np.maximum.accumulate(part) for part in np.split(values, starts[1:])])
