"""Which reports of a group are looked at where it has more than anybody can: no source, device or word takes the room of the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import msgspec

from streams.reports.triage.sources import sources_of

MOST_OF_ONE = 5
"""Of one device that wait, and as many that are decided: a device is a cookie, and who throws it away is another one."""
MOST_OF_GROUP = 200
"""That wait, and as many that are decided: what is decided must not push out what waits, nor lies that came since what was accepted."""
PICTURED_SHARE = 0.25
"""Of the room, for reports with a picture: made-up sources are cheap, pictures that are unlike each other are not."""


class Guest(msgspec.Struct, frozen=True):
    """Of a report what tells whether there is room for it."""

    report: str
    made_us: int
    device: str
    address: str
    depth: str
    pictured: bool
    waits: bool


def with_room(group: Sequence[Guest], most: int = MOST_OF_GROUP) -> set[str]:
    """Those that are looked at: of what waits up to `most`, and of what is decided."""
    numbered = list(zip(sources_of(group), group, strict=True))
    return {name for waits in (True, False) for name in _some([one for one in numbered if one[1].waits == waits], most)}


def _some(numbered: Sequence[tuple[int, Guest]], most: int) -> list[str]:
    if len(numbered) <= most:
        return [one.report for _, one in numbered]
    pictured = _in_turn([one for one in numbered if one[1].pictured])[: int(most * PICTURED_SHARE)]
    return list(dict.fromkeys([*pictured, *_in_turn(numbered)]))[:most]


def _in_turn(numbered: Sequence[tuple[int, Guest]]) -> list[str]:
    """One of each source after the other, the newest first; of a source one of each word after the other, and then of each device.

    Behind one address are those who stand in the water and those who say that it is dry.
    """
    newest = sorted(numbered, key=lambda one: (-one[1].made_us, one[1].report))
    devices, words, turns = Counter[tuple[int, str]](), Counter[tuple[int, str]](), Counter[int]()
    of_source = []
    for number, one in newest:
        devices[number, one.device or one.report] += 1
        words[number, one.depth] += 1
        of_source.append((words[number, one.depth], devices[number, one.device or one.report], number, one))
    ranked = []
    for _, _, number, one in sorted(of_source, key=lambda row: row[:2]):
        turns[number] += 1
        ranked.append((turns[number], one))
    return [one.report for _, one in sorted(ranked, key=lambda row: (row[0], -row[1].made_us, row[1].report))]
