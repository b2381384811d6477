"""What a point's state is: the highest of measured, report and forecast, or unknown (DESIGN 6)."""

from __future__ import annotations

from typing import Literal

from streams.rules.outputs import Basis
from streams.rules.state import NEVER_US
from streams.rules.work import Work

BASES: tuple[Basis, ...] = ("measured", "report", "forecast", "officer")
UNKNOWN = -1
Told = int | Literal["unknown"]


def told(level: int) -> Told:
    """A level as people and files read it."""
    return "unknown" if level == UNKNOWN else level


def levels_of(work: Work, point: int) -> tuple[int, int, int, int]:
    """What each of `BASES` gives a point; where an officer has closed it, only what is measured counts."""
    state, by_hand = work.state, work.state.points_by_hand.get(point)
    measured = int(state.measured[point])
    if by_hand is None:
        return measured, int(state.reported[point]), int(state.forecast[point]), 0
    if by_hand.level == 0:
        return measured, 0, 0, 0
    return measured, int(state.reported[point]), int(state.forecast[point]), by_hand.level


def state_of(work: Work, point: int) -> tuple[int, int]:
    """Level (-1 unknown) and basis of a point: the highest carries it, measured wins a tie; unknown hides nothing higher."""
    levels = levels_of(work, point)
    basis = max(range(len(levels)), key=lambda place: (levels[place], -place))
    # what nobody has ever measured is not dry
    if basis == 0 and (work.state.unknown[point] or (levels[0] == 0 and work.state.known_us[point] == NEVER_US)):
        return UNKNOWN, 0
    return levels[basis], basis


def unconfirmed(work: Work, point: int, level: int, basis: int) -> bool:
    """Whether the level rests on one sensor that nothing confirms; a forecast made from that sensor is no better than it."""
    return level > 0 and BASES[basis] in ("measured", "forecast") and bool(work.state.unconfirmed[point])


def held_level(work: Work, point: int) -> int:
    """The level that the point's zones answer to: unknown does not end a level (law 3)."""
    return max(levels_of(work, point))
