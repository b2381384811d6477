"""Finds storms in what was warned of and signalled: times at which any point stood under water or a rainfall signal was on."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from streams.observation.moments import HOUR_US, MINUTE_US

APART_US = 2 * HOUR_US
"""A shorter lull does not part two storms."""
AROUND_US = 30 * MINUTE_US
FRAME_US = 5 * MINUTE_US
LONGEST_US = 48 * HOUR_US
"""What lasts longer is told in parts: nobody plays back a week at once."""


class Change(msgspec.Struct, frozen=True):
    """Something holds at `where` from a moment on, or no longer; what is not known does not hold."""

    where: str
    at_us: int
    holds: bool


class Storm(msgspec.Struct, frozen=True):
    """A storm with half an hour around it, at whole five minutes; `ongoing`: it has not ended yet, and is told as far as it has come."""

    start_us: int
    end_us: int
    ongoing: bool


def spans_of(changes: Iterable[Change], until_us: int) -> list[tuple[int, int]]:
    """From when until when each thing held; what has not ended is cut at a moment.

    Parameters
    ----------
    changes
        In the order in which they came.
    """
    since: dict[str, int] = {}
    spans: list[tuple[int, int]] = []
    for change in changes:
        if change.holds:
            since.setdefault(change.where, change.at_us)
        elif change.where in since:
            spans.append((since.pop(change.where), change.at_us))
    return spans + [(start_us, max(start_us, until_us)) for start_us in since.values()]


def storms_of(spans: Iterable[tuple[int, int]], now_us: int) -> list[Storm]:
    """Storms in their order: spans that are less than two hours apart are one, with half an hour before and after."""
    joined: list[tuple[int, int]] = []
    for start_us, end_us in sorted(spans):
        if joined and start_us - joined[-1][1] < APART_US:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end_us))
        else:
            joined.append((start_us, end_us))
    return [part for span in joined for part in _parts(*span, now_us)]


def frames_between(start_us: int, end_us: int) -> list[int]:
    """The moments of a playback: every five minutes from the start on, up to the end."""
    return list(range(start_us, end_us + 1, FRAME_US))


def _parts(start_us: int, end_us: int, now_us: int) -> list[Storm]:
    ongoing = end_us >= now_us
    # what has not happened yet is no part of a storm
    end_us = min(_whole(end_us + AROUND_US), _whole(max(now_us, end_us)))
    start_us = (start_us - AROUND_US) // FRAME_US * FRAME_US
    starts = range(start_us, end_us, LONGEST_US)
    return [Storm(part_us, min(part_us + LONGEST_US, end_us), ongoing and part_us == starts[-1]) for part_us in starts]


def _whole(moment_us: int) -> int:
    """The next whole five minutes."""
    return -(-moment_us // FRAME_US) * FRAME_US
