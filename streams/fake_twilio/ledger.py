"""The fake's own account of everything it ever created: what a sender claims is held against it."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec

Kind = Literal["message", "call"]
Answered = Literal["201", "500", "dropped", "slow"]


class LedgerError(ValueError):
    """A ledger file that cannot be written."""


class Entry(msgspec.Struct, frozen=True, gc=False, rename={"from_": "from"}):
    """One creation; `answered` is what its maker got to hear."""

    sid: str
    kind: Kind
    to: str
    from_: str
    body: str
    status_callback: str
    created_us: int
    segments: int
    answered: Answered


class Ledger:
    """Entries in the order of creation, in memory and, if one is named, at the end of a file."""

    def __init__(self, file: Path | None = None):
        self._entries: list[Entry] = []
        self._encoder = msgspec.json.Encoder()
        try:
            self._file = file.open("ab") if file else None
        except OSError as error:
            raise LedgerError(f"{file}: the ledger cannot be written ({error.strerror}): name another file") from None

    def add(self, entry: Entry) -> None:
        """Enter one; it is in the file when this returns."""
        self._entries.append(entry)
        if self._file:
            self._file.write(self._encoder.encode(entry) + b"\n")
            self._file.flush()

    def since(self, place: int) -> list[Entry]:
        """The entries from a place on; 0 is the first."""
        return self._entries[max(place, 0) :]

    def close(self) -> None:
        """Close the file."""
        if self._file:
            self._file.close()


def read_ledger(file: Path) -> list[Entry]:
    """The entries of a file; a last line that was cut off by a crash does not count."""
    decoder = msgspec.json.Decoder(Entry)
    lines = file.read_bytes().split(b"\n")
    return [decoder.decode(line) for line in lines[:-1]]
