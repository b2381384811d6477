"""One person in two zones gets one text, the more severe: decided over all that was issued, so that nothing hangs on who wrote first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import msgspec


class Row(msgspec.Struct, frozen=True):
    """A text to a resident; those of one resident come in the order they were issued in."""

    resident: str
    zone: str
    incident: str
    msg_type: str
    level: int
    issued_us: int
    expires_us: int


@dataclass
class _Incident:
    row: int
    zone: str
    level: int
    expires_us: int
    gave_way_to: str = ""
    warned: bool = False
    over: bool = False


@dataclass
class _Person:
    prolonged: Mapping[str, Sequence[tuple[int, int]]]
    incidents: dict[str, _Incident] = field(default_factory=dict)

    def hear(self, number: int, row: Row, kept: list[bool]) -> None:
        before = self.incidents.get(row.incident)
        warned = before is not None and before.warned
        if row.msg_type == "Cancel":
            kept[number] = warned
            if before is not None:
                before.over, before.level = True, 0
        else:
            now = _Incident(number, row.zone, row.level, row.expires_us, warned=warned)
            self.incidents[row.incident] = now
            now.gave_way_to = self._told_by(row)
            kept[number] = not now.gave_way_to
            now.warned = warned or kept[number]
        self._give_way_no_more(row, kept)

    def _told_by(self, row: Row) -> str:
        """The incident that makes this text needless, "" where none does."""
        told = [
            name
            for name, other in self.incidents.items()
            if name != row.incident and other.zone != row.zone and not other.over and not other.gave_way_to
            if other.level >= row.level and self._stands(name, other, row.issued_us)
        ]
        return min(told, default="")

    def _stands(self, name: str, incident: _Incident, at_us: int) -> bool:
        """Whether an incident has not ended by then; an Update without texts may have prolonged it."""
        ends = (expires_us for issued_us, expires_us in self.prolonged.get(name, ()) if issued_us <= at_us)
        return max(incident.expires_us, max(ends, default=0)) > at_us

    def _give_way_no_more(self, row: Row, kept: list[bool]) -> None:
        level = 0 if row.msg_type == "Cancel" else row.level
        for name, other in self.incidents.items():
            if other.gave_way_to == row.incident and not other.over and other.level > level and self._stands(name, other, row.issued_us):
                other.gave_way_to, other.warned = "", True
                kept[other.row] = True


def told_once(rows: Sequence[Row], prolonged: Mapping[str, Sequence[tuple[int, int]]] | None = None) -> list[bool]:
    """Which of these texts are sent.

    A text is not sent while another incident stands in another zone of the same person that is as severe and that the person was told
    of. When that one ends, or becomes less severe than this, this one is sent after all. An all-clear goes to who was warned.

    Parameters
    ----------
    rows
        In the order they were issued in.
    prolonged
        When each incident's orders were issued and would end, in microseconds; those without texts too.
    """
    kept = [True] * len(rows)
    numbers_of: dict[str, list[int]] = defaultdict(list)
    for number, row in enumerate(rows):
        numbers_of[row.resident].append(number)
    for numbers in numbers_of.values():
        if len({rows[number].zone for number in numbers}) > 1:
            person = _Person(prolonged or {})
            for number in numbers:
                person.hear(number, rows[number], kept)
    return kept
