"""When the duty officers are told of a silence, and that it is over: once each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

import msgspec
from msgspec import structs

from streams.observation.moments import SECOND_US

SILENT_US = 60 * SECOND_US
"""Ticks come every 10 s: six that are missing are no accident."""

What = Literal["silent", "heard", "store_away", "store_back"]


class Watch(msgspec.Struct, frozen=True):
    """What the watchdog remembers.

    Attributes
    ----------
    from_us
        Since when it watches: its start, or the return of a store that was away. A district that was never heard is given a minute from
        here on, and after the store's return every district is: its projector was away as well.
    answered_us
        When the store answered last; the start before it ever did.
    returned
        Whether `from_us` is the return of the store.
    silent
        The districts that the officers have been told are silent, each with the moment since which it is.
    away_us
        Since when the store is away, if the officers have been told so; None otherwise.
    """

    from_us: int
    answered_us: int
    returned: bool = False
    silent: dict[str, int] = {}
    away_us: int | None = None


class Notice(msgspec.Struct, frozen=True):
    """Something to tell the officers; moments are by the wall clock, and `districts` is empty where it is about the store."""

    what: What
    since_us: int
    districts: tuple[str, ...] = ()


def begin(now_us: int, silent: Mapping[str, int] | None = None, away_us: int | None = None) -> Watch:
    """Begin to watch, with what a watchdog before it has told and nobody has taken back."""
    return Watch(now_us, now_us, silent=dict(silent or {}), away_us=away_us)


def watch(before: Watch, now_us: int, heard: Mapping[str, int] | None, districts: Iterable[str]) -> tuple[Watch, tuple[Notice, ...]]:
    """Look at what is heard, and say what the officers must be told.

    Parameters
    ----------
    now_us
        The wall clock.
    heard
        When each district came to be known in the store last, by the wall clock; those never heard are missing. None: it did not answer.
    districts
        Those that must be heard.

    Returns
    -------
    Watch
        What to remember once they have been told.
    tuple of Notice
        One for all districts that fell silent since the last look, one for all that are heard again, one for the store.
    """
    if heard is None:
        return _without_store(before, now_us)
    notices: list[Notice] = []
    now = structs.replace(before, answered_us=now_us)
    if before.away_us is not None:
        notices.append(Notice("store_back", before.away_us))
        now = structs.replace(now, away_us=None, from_us=now_us, returned=True)
    spoken = {district: heard.get(district) for district in sorted(districts)}
    late = {district: last_us for district, last_us in spoken.items() if last_us is None or now_us - last_us > SILENT_US}
    over = tuple(district for district in now.silent if district not in late)
    # in the first minute nobody is told of what may only be late; what was told stays told
    waits = now_us - now.from_us <= SILENT_US
    fell = {
        district: now.from_us if last_us is None else last_us
        for district, last_us in late.items()
        if district not in now.silent and not (waits and (now.returned or last_us is None))
    }
    if fell:
        notices.append(Notice("silent", min(fell.values()), tuple(fell)))
    if over:
        notices.append(Notice("heard", min(now.silent[district] for district in over), over))
    silent = {district: since_us for district, since_us in {**now.silent, **fell}.items() if district not in over}
    return structs.replace(now, silent=silent), tuple(notices)


def _without_store(before: Watch, now_us: int) -> tuple[Watch, tuple[Notice, ...]]:
    """Of districts nothing can be said while the store is away: that it is says enough."""
    if before.away_us is not None or now_us - before.answered_us <= SILENT_US:
        return before, ()
    return structs.replace(before, away_us=before.answered_us), (Notice("store_away", before.answered_us),)
