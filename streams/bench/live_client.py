"""A client of the live stream that knows nothing of how it is made: reads server-sent events, and folds snapshots and deltas."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

Folded = dict[str, dict[str, Any]]


class Event(msgspec.Struct, frozen=True):
    """One event of the stream; `id` "" where it has none."""

    name: str
    id: str
    data: Any


def events(lines: Iterable[str]) -> Iterator[Event]:
    """Events out of the lines of an answer, as HTML's standard tells it; fields that are not used here are passed over."""
    reader = Reader()
    return (event for line in lines if (event := reader.line(line)) is not None)


class Reader:
    """Takes lines, and gives the event that one ends."""

    def __init__(self) -> None:
        self._fields: dict[str, str] = {}

    def line(self, line: str) -> Event | None:
        """Take one line without its end."""
        if line:
            name, _, value = line.partition(":")
            self._fields[name] = value.removeprefix(" ")
            return None
        fields, self._fields = self._fields, {}
        return (
            Event(fields.get("event", "message"), fields.get("id", ""), msgspec.json.decode(fields["data"])) if "data" in fields else None
        )


class StateHeld:
    """What a client knows.

    Attributes
    ----------
    last
        The id of the last event that had one, "" before the first: to be sent as Last-Event-ID.
    gaps
        How many deltas did not follow what was known: something was missed.
    beat
        The last beat, empty before the first.
    """

    def __init__(self) -> None:
        self.state: Folded = {}
        self.last = ""
        self.version = 0
        self.snapshots = self.deltas = self.gaps = 0
        self.beat: dict[str, Any] = {}

    def take(self, event: Event) -> None:
        """Fold an event in."""
        if event.name == "beat":
            self.beat = event.data
            return
        if event.name == "snapshot":
            self.state = {kind: dict(entities) for kind, entities in event.data["set"].items()}
            self.snapshots += 1
        else:
            self.gaps += event.data["version"] != self.version + 1
            for kind, entities in event.data["set"].items():
                self.state.setdefault(kind, {}).update(entities)
            for kind, names in event.data["gone"].items():
                for name in names:
                    self.state.get(kind, {}).pop(name, None)
            self.deltas += 1
        self.last, self.version = event.id, event.data["version"]
