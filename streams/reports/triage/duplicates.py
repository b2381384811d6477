"""Which reports of a group say the same again: the same picture, the same device or address, the same words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from streams.reports.report import Report
from streams.reports.triage.likeness import alike
from streams.reports.triage.sources import sources_of

Why = Literal["picture", "source", "words"]

LEAST_WORDS = 12
"""Shorter ones ("deep water") are the same by chance."""


class Duplicate(msgspec.Struct, frozen=True):
    """A report that repeats an earlier one of its group, and in what."""

    report: str
    of: str
    why: Why


def duplicates(group: Sequence[Report]) -> tuple[Duplicate, ...]:
    """The repeats of a group, in order of receipt: each with the earliest report that it repeats; a picture says more than whose it is."""
    ordered = sorted(group, key=lambda report: (report.made_us, report.report))
    numbers = sources_of(ordered)
    found = []
    for place, report in enumerate(ordered):
        for why in ("picture", "source", "words"):
            earlier = next((at for at in range(place) if _same(why, ordered[at], report, numbers[at] == numbers[place])), None)
            if earlier is not None:
                found.append(Duplicate(report.report, ordered[earlier].report, why))
                break
    return tuple(found)


def _same(why: str, one: Report, other: Report, same_source: bool) -> bool:
    if why == "picture":
        return bool(one.likeness and other.likeness and alike(one.likeness, other.likeness))
    if why == "source":
        return same_source
    return _plain(one.words) == _plain(other.words) and len(_plain(one.words)) >= LEAST_WORDS


def _plain(words: str) -> str:
    return "".join(sign for sign in words.casefold() if sign.isalnum())
