"""The water of the last three hours at one road as a small SVG: a line, broken where nothing was known, and the levels across it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from streams.city.model import Level
from streams.observation.moments import HOUR_US, MINUTE_US
from streams.store.recent_water import WaterThen
from streams.web.past import HOURS, Past

WIDTH, HEIGHT = 360, 130
LEFT, RIGHT, TOP, BOTTOM = 34, 8, 8, 20
LEAST_M = 0.3
"""So much depth is always in the picture: a puddle must not look like a flood."""
GAP_US = 12 * MINUTE_US
"""A dry point is kept every 10 min: what is further apart had a hole in between."""


class Rung(msgspec.Struct, frozen=True):
    """A level drawn across."""

    level: int
    y: float


class Mark(msgspec.Struct, frozen=True):
    """A moment on the axis."""

    x: float
    at_us: int


class Chart(msgspec.Struct, frozen=True):
    """What is drawn: paths of SVG in a box of `WIDTH` by `HEIGHT`, and the depths for the text that says the same."""

    paths: list[str]
    rungs: list[Rung]
    marks: list[Mark]
    most_m: float
    most_us: int
    first_m: float
    last_m: float


def chart_of(past: Past, levels: Sequence[Level]) -> Chart | None:
    """The chart of a road; None where nothing is known of the last hours."""
    known = [row for row in past.water if row.depth_m is not None]
    if not known:
        return None
    highest = max(known, key=lambda row: row.depth_m or 0.0)
    most_m = max(highest.depth_m or 0.0, LEAST_M) * 1.1
    begin_us = past.until_us - HOURS * HOUR_US

    def x(at_us: int) -> float:
        return round(LEFT + (at_us - begin_us) / (HOURS * HOUR_US) * (WIDTH - LEFT - RIGHT), 1)

    def y(depth_m: float) -> float:
        return round(TOP + (1 - max(0.0, depth_m) / most_m) * (HEIGHT - TOP - BOTTOM), 1)

    return Chart(
        paths=[_path([(x(row.at_us), y(row.depth_m or 0.0)) for row in run]) for run in _runs(past.water)],
        rungs=[Rung(rung.level, y(rung.depth_m)) for rung in levels if rung.depth_m <= most_m],
        marks=[Mark(x(at_us), at_us) for at_us in range(_whole(begin_us), past.until_us + 1, HOUR_US)],
        most_m=highest.depth_m or 0.0,
        most_us=highest.at_us,
        first_m=known[0].depth_m or 0.0,
        last_m=known[-1].depth_m or 0.0,
    )


def _whole(at_us: int) -> int:
    """The first whole hour from a moment on."""
    return -(-at_us // HOUR_US) * HOUR_US


def _runs(water: Sequence[WaterThen]) -> Iterator[list[WaterThen]]:
    """Stretches in which the depth was known without a hole: a line across one would be a claim."""
    run: list[WaterThen] = []
    for row in water:
        if run and (row.depth_m is None or row.at_us - run[-1].at_us > GAP_US):
            yield run
            run = []
        if row.depth_m is not None:
            run.append(row)
    if run:
        yield run


def _path(places: Sequence[tuple[float, float]]) -> str:
    """Places whose neighbours are as high tell nothing and are left out; one alone becomes a dot."""
    kept = [
        place
        for number, place in enumerate(places)
        if number in (0, len(places) - 1) or not places[number - 1][1] == place[1] == places[number + 1][1]
    ]
    head = f"M{kept[0][0]:g} {kept[0][1]:g}"
    return head + ("h.1" if len(kept) == 1 else "L" + " ".join(f"{x:g} {y:g}" for x, y in kept[1:]))
