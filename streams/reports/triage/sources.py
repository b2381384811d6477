"""Whose the reports are: two that share a device or an address are of one source, however many there are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from streams.reports.report import Report


class Whose(Protocol):
    """What tells whose a report is."""

    @property
    def device(self) -> str:
        """Keyed digest of its device; "" where that is not known."""

    @property
    def address(self) -> str:
        """Keyed digest of its address; "" where that is not known."""


def sources_of(group: Sequence[Whose]) -> list[int]:
    """The source of each report, numbered from 0 in the order in which they first appear.

    Reports that share a device or an address are of one source, and so are those that hang together over others. Mobile operators give
    many phones one address, so several people may count as one: that is the careful side. Reports of which neither is known are of one
    source too.
    """
    leader = list(range(len(group)))

    def top(place: int) -> int:
        while leader[place] != place:
            leader[place] = leader[leader[place]]
            place = leader[place]
        return place

    first: dict[tuple[str, str], int] = {}
    for place, report in enumerate(group):
        keys = [(kind, own) for kind, own in (("device", report.device), ("address", report.address)) if own] or [("nobody", "")]
        for key in keys:
            one, other = sorted((top(place), top(first.setdefault(key, place))))
            leader[other] = one
    numbers: dict[int, int] = {}
    return [numbers.setdefault(top(place), len(numbers)) for place in range(len(group))]


def reports_by_source(group: Sequence[Report]) -> list[list[Report]]:
    """The reports of each source, in their order."""
    numbers = sources_of(group)
    found: list[list[Report]] = [[] for _ in range(max(numbers, default=-1) + 1)]
    for number, report in zip(numbers, group, strict=True):
        found[number].append(report)
    return found


def accepted_of_others(group: Sequence[Report], accepted: Sequence[Report]) -> list[Report]:
    """Accepted reports that are of no source of the group."""
    numbers = sources_of([*group, *accepted])
    own = set(numbers[: len(group)])
    return [report for number, report in zip(numbers[len(group) :], accepted, strict=True) if number not in own]
