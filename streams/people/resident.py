"""A resident as the store knows them, without what is sealed."""

from __future__ import annotations

import msgspec

MOBILITIES = ("walks", "slow", "needs_help")
"""How well somebody gets away; the empty text is unknown."""
LOWEST_FLOOR, HIGHEST_FLOOR = -20, 300


class Home(msgspec.Struct, frozen=True):
    """Where a resident lives, or lives too.

    Attributes
    ----------
    floor
        -1 a basement, 0 the ground floor, None unknown.
    mobility
        One of `MOBILITIES`, or the empty text where it is unknown.
    """

    zone: str
    lon: float | None = None
    lat: float | None = None
    floor: int | None = None
    mobility: str = ""


class Resident(msgspec.Struct, frozen=True):
    """A person, known by an opaque id.

    Attributes
    ----------
    reachable
        By telephone; else somebody has to knock.
    homes
        At least one, by zone.
    """

    resident: str
    language: str
    reachable: bool
    opted_out: bool
    homes: tuple[Home, ...]
