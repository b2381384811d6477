"""What is known around a group of reports, as far as it is known: None is unknown, never dry and never calm."""

from __future__ import annotations

import msgspec


class Around(msgspec.Struct, frozen=True):
    """What is known of a place at the time of its reports.

    Attributes
    ----------
    now_us
        The moment it is asked for.
    at_low_point
        Whether the reports are about a low point.
    hollow
        Whether the terrain has a hollow there that water would stand in; None where the terrain is not known.
    rain_mm_30min
        The most that fell in any 30 min about that time, by the district's gauges.
    depth_m, depth_age_s
        What the low point's own stations measured, and how far from the time of the reports.
    level
        The level that the point stands at now.
    doubted
        Whether a station of the point is suspect: what it says is no proof against a report.
    neighbours_m
        Depths that other low points within 2 km measured about that time.
    chance
        Forecast chance that the first level is reached within 30 min.
    copies
        Likenesses of pictures of these reports that were in reports of other places too.
    far
        Those of the reports whose device reported another place, over 2 km away, within half an hour: their ids.
    hidden_before, accepted_before
        How many earlier reports of the same people were hidden, and accepted.
    accepted_here
        How many reports of the same water, by others, were accepted already.
    """

    now_us: int
    at_low_point: bool = False
    hollow: bool | None = None
    rain_mm_30min: float | None = None
    depth_m: float | None = None
    depth_age_s: float | None = None
    level: int | None = None
    doubted: bool = False
    neighbours_m: tuple[float, ...] = ()
    chance: float | None = None
    copies: frozenset[str] = frozenset()
    far: frozenset[str] = frozenset()
    hidden_before: int = 0
    accepted_before: int = 0
    accepted_here: int = 0
