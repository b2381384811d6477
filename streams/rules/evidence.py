"""What else speaks for water at a point: rain, wet neighbours, other sources (law 2)."""

from __future__ import annotations

from streams.rules import limits
from streams.rules.rain import raining
from streams.rules.work import Work


def neighbour_wet(work: Work, point: int) -> bool:
    """Whether a low point within 2 km had a trusted centimetre of water in the last hour."""
    wet_us = work.state.wet_us[work.plan.neighbours[point]]
    return bool((wet_us >= work.now_us - limits.NEIGHBOUR_US).any())


def supported(work: Work, point: int) -> bool:
    """Whether a sudden rise is believed at once: it rains, or a neighbour is wet."""
    return neighbour_wet(work, point) or raining(work)


def other_source_agrees(work: Work, point: int, station: int, level: int) -> bool:
    """Whether another station at the point, or an accepted report, saw at least half of the level's depth lately."""
    state, plan = work.state, work.plan
    enough_m = limits.AGREES_SHARE * float(plan.thresholds_m[point, level - 1])
    if state.reported_us[point] >= work.now_us - limits.REPORT_US and state.report_m[point] >= enough_m:
        return True
    others = [other for other in plan.stations_of[point] if other != station and plan.gives_depth[other]]
    return any(state.trusted_us[s] >= work.now_us - limits.AGREES_US and state.trusted_m[s] >= enough_m for s in others)


def confirmed(work: Work, point: int, station: int, level: int) -> bool:
    """Whether anything but the one station speaks for the level."""
    return supported(work, point) or other_source_agrees(work, point, station, level)
