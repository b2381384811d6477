"""What a point's state is: the highest of measured, report and forecast, or unknown (DESIGN 6)."""

from __future__ import annotations

from typing import Literal

from streams.rules.outputs import Basis
from streams.rules.work import Work

BASES: tuple[Basis, ...] = ("measured", "report", "forecast", "officer")
UNKNOWN = -1
Told = int | Literal["unknown"]


def told(level: int) -> Told:
    """A level as people and files read it."""
    return "unknown" if level == UNKNOWN else level


def state_of(work: Work, point: int) -> tuple[int, int]:
    """Level (-1 unknown) and basis of a point: the highest carries it, measured wins a tie; unknown hides nothing higher."""
    state = work.state
    levels = (int(state.measured[point]), int(state.reported[point]), int(state.forecast[point]))
    basis = max(range(len(levels)), key=lambda place: (levels[place], -place))
    if state.unknown[point] and basis == 0:
        return UNKNOWN, 0
    return levels[basis], basis


def unconfirmed(work: Work, point: int, level: int, basis: int) -> bool:
    """Whether the level rests on one sensor that nothing confirms; a forecast made from that sensor is no better than it."""
    return level > 0 and BASES[basis] in ("measured", "forecast") and bool(work.state.unconfirmed[point])


def held_level(work: Work, point: int) -> int:
    """The level that the point's zones answer to: unknown does not end a level (law 3)."""
    state = work.state
    return int(max(state.measured[point], state.reported[point], state.forecast[point]))
