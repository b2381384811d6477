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
    plan, state = work.plan, work.state
    found = []
    held = [held_level(work, point) for point in range(len(plan.points))]
    for zone in range(len(plan.zones)):
        zone_level = danger_of(work, zone).level
        silence = state.silences.get(zone)
        upto = silence.level if silence else 0
        if zone_level > 0:
            found.append(Notice(zone, -1, zone_level, zone_level <= upto, False))
        red = zone_level >= limits.EVACUATE_LEVEL
        for point, level in enumerate(held):
            if level >= max(int(plan.zone_from_level[zone, point]), 1):
                found.append(Notice(zone, point, level, level <= upto, red and level < MUTED_BELOW))
    return found


def muted_points(work: Work, zone: int) -> tuple[str, ...]:
    """Points that a red zone mutes."""
    plan, from_level = work.plan, work.plan.zone_from_level[zone]
    held = [(point, held_level(work, point)) for point in np.flatnonzero(from_level <= limits.EVACUATE_LEVEL).tolist()]
    return tuple(plan.points[point].low_point_id for point, level in held if max(int(from_level[point]), 1) <= level < MUTED_BELOW)
