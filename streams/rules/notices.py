"""What is told on its own, what a graver notice says, and what is silenced: Alertmanager's inhibition and silences, for zones and points.

A notice is a zone's level, or a point's level seen from a zone that its water reaches. A red zone mutes its yellow and blue points: who
must leave need not be told that cars keep out. A silence mutes what lies at or below its level; silences and inhibition are independent.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from streams.rules import limits
from streams.rules.danger import danger_of
from streams.rules.point_state import held_level
from streams.rules.work import Work

MUTED_BELOW = 3
"""A red zone mutes its points below this level."""


@dataclass(frozen=True)
class Notice:
    """A level above 0: of a zone (`point` -1), or of a point as the zone sees it."""

    zone: int
    point: int
    level: int
    silenced: bool
    inhibited: bool

    @property
    def active(self) -> bool:
        """Whether it is told on its own."""
        return not (self.silenced or self.inhibited)


def notices(work: Work) -> list[Notice]:
    """All notices of a district, in the order of zones and points."""
    return [notice for zone in range(len(work.plan.zones)) for notice in notices_of(work, zone)]


def notices_of(work: Work, zone: int) -> list[Notice]:
    """Those of one zone and of the points that it sees."""
    plan, silence = work.plan, work.state.silences.get(zone)
    upto, level, from_level = silence.level if silence else 0, danger_of(work, zone).level, plan.zone_from_level[zone]
    found = [Notice(zone, -1, level, level <= upto, False)] if level > 0 else []
    red = level >= limits.EVACUATE_LEVEL
    for point in np.flatnonzero(from_level <= limits.EVACUATE_LEVEL).tolist():
        held = held_level(work, point)
        if held >= max(int(from_level[point]), 1):
            found.append(Notice(zone, point, held, held <= upto, red and held < MUTED_BELOW))
    return found
