"""What became of an export, and what whoever asked for it should know."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from streams.observation.moments import to_text


@dataclass
class Exported:
    """What became of it.

    Attributes
    ----------
    first_us, last_us
        First and last arrival in the file.
    complete_from_us
        From when on nothing is missing, where retention has removed what came before; None where it has removed nothing.
    read_us
        First and last arrival of all that was read on the way; None where no observation was.
    unknown
        Observations left out, by station, as the city does not know it any more.
    unreadable
        Messages of the topic that are no batch; the workers made dead letters of them.
    """

    observations: int = 0
    first_us: int = 0
    last_us: int = 0
    complete_from_us: int | None = None
    read_us: tuple[int, int] | None = None
    unknown: Counter[str] = field(default_factory=Counter)
    unreadable: int = 0

    def note_read(self, first_us: int, last_us: int) -> None:
        """Something was read that arrived between these two moments."""
        before = self.read_us or (first_us, last_us)
        self.read_us = min(before[0], first_us), max(before[1], last_us)

    def note_written(self, received_us: int) -> None:
        """The next observation is in the file."""
        self.first_us = received_us if not self.observations else self.first_us
        self.last_us = received_us
        self.observations += 1

    def remarks(self) -> list[str]:
        """What whoever asked should know, a line each."""
        said = []
        if self.observations:
            said.append(f"they arrived from {to_text(self.first_us)} to {to_text(self.last_us)}")
        if self.complete_from_us is not None:
            said.append(f"retention has removed what came before {to_text(self.complete_from_us)}: only from then on is everything there")
        if self.unknown:
            named = ", ".join(f"{station} ({count})" for station, count in sorted(self.unknown.items()))
            said.append(f"left out, for the city has no such station any more: {named}")
        if self.unreadable:
            said.append(f"left out, for they are no batches: {self.unreadable} messages; the workers made dead letters of them")
        return said
