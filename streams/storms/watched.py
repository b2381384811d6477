"""What is known of one low point in a storm: its levels and depths by the history, and the warnings that were given."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np

from models.verify.alarms import Alarm, merged
from models.verify.record import Bools, Floats, Ints, Record
from streams.observation.moments import MINUTE_US
from streams.storms.frames import Levels

SILENT_US = 10 * MINUTE_US
"""What happened in a longer silence is not known, so nobody can say what a warning was worth."""
NEVER = -1


class Warned(msgspec.Struct, frozen=True):
    """A warning: from this moment on the point is at a level, None for unknown, by this basis."""

    at_us: int
    level: int | None
    basis: str


class History(msgspec.Struct, frozen=True):
    """Rows of one low point in order of time: when, level (-1 for unknown) and measured depth in m (nan for none), shape (R,) each."""

    at_us: Ints
    level: Ints
    depth_m: Floats

    @property
    def levels(self) -> Levels:
        """The levels over time."""
        return Levels(self.at_us, self.level)

    @property
    def record(self) -> Record:
        """The depths that were measured."""
        known = ~np.isnan(self.depth_m)
        return Record(self.at_us[known], self.depth_m[known])

    def since(self, from_us: int) -> History:
        """What was from a moment on."""
        own = self.at_us >= from_us
        return History(self.at_us[own], self.level[own], self.depth_m[own])

    def silent_min(self, from_us: int, until_us: int) -> int:
        """The longest time within which nothing was known, whole minutes."""
        moments = np.arange(from_us, until_us + 1, MINUTE_US, dtype=np.int64)
        return longest_run(self.levels.at(moments) == NEVER)


NO_HISTORY = History(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))


def longest_run(flags: Bools) -> int:
    """The most that are true in a row."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    return int((edges[1::2] - edges[::2]).max(initial=0))


def alarms_of(warned: Sequence[Warned], level: int, until_us: int) -> list[Alarm]:
    """Times over which a point stood at a level or above by forecast alone."""
    return merged(_spans(warned, level, "forecast", until_us))


def raised_by_officer(warned: Sequence[Warned], level: int, from_us: int, until_us: int) -> bool:
    """Whether an officer's word carried the level at some time between two moments."""
    return any(one.start_us <= until_us and one.end_us >= from_us for one in _spans(warned, level, "officer", until_us))


def _spans(warned: Sequence[Warned], level: int, basis: str, until_us: int) -> list[Alarm]:
    ends = [one.at_us for one in warned[1:]] + [max(until_us, warned[-1].at_us if warned else 0)]
    return [
        Alarm(one.at_us, end_us)
        for one, end_us in zip(warned, ends, strict=False)
        if one.basis == basis and one.level is not None and one.level >= level
    ]
