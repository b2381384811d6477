"""What somebody who comes in must know first: which orders and points come before which, and why things were done by hand."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

import msgspec

from streams.duty.hands import Hand
from streams.observation.moments import HOUR_US, to_text

NOTES_US = 12 * HOUR_US
"""Notes of the shift before."""
FROM_LEVEL = 2


class PointSaid(msgspec.Struct, frozen=True):
    """A low point as its district said last; `level` None for unknown, `last` what it held then, `observed_us` None for not seen yet."""

    low_point: str
    district: str
    level: int | None
    last: int
    basis: str
    unconfirmed: bool
    depth_m: float | None
    observed_us: int | None


def order_rank(state: str, missing: int, level: int) -> tuple[bool, int, int]:
    """What orders are sorted by: drafts that wait, those that lack most signatures first, then what is out; the gravest first in each."""
    return state != "draft", -missing, -level


def points_to_know(points: Mapping[str, str], said: Mapping[str, PointSaid], silent: Collection[str]) -> list[PointSaid]:
    """Points from level 2 on and all that are unknown, the gravest first.

    Parameters
    ----------
    points
        All of the city, with their districts: one of which nothing was ever said is unknown too.
    silent
        Districts that are not heard of: what they said last holds no more, so their points are unknown (law 12).
    """
    every = [said.get(point) or PointSaid(point, district, None, 0, "", False, None, None) for point, district in points.items()]
    now = [msgspec.structs.replace(one, level=None, depth_m=None) if one.district in silent else one for one in every]
    known = [one for one in now if one.level is None or one.level >= FROM_LEVEL]
    return sorted(known, key=lambda one: (-max(one.level or 0, one.last), one.level is None, one.low_point))


def reason_of(hand: Hand, told: Iterable[str]) -> str:
    """Why a hand was laid on, out of the words in which its district tells of it; "" before it has."""
    mark = f"until {to_text(hand.until_us)}: "
    found = (text.partition(mark) for text in told if hand.officer in text)
    return next((reason for _, there, reason in found if there), "")
