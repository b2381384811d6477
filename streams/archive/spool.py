"""Keeps messages on disk between reading them and putting them in order: Kafka hands districts out as it likes, and a week does not fit
into memory."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from streams.archive.merge import Run
from streams.archive.wire import Row, rows_in

_LENGTH = struct.Struct("<I")


class Spool:
    """Messages of every district in runs, each run a file and in order of arrival; a clock that was set back begins another."""

    def __init__(self, folder: Path):
        self._folder = folder
        self._files: list[tuple[str, Path]] = []
        self._open: dict[str, BinaryIO] = {}
        self._reached_us: dict[str, int] = {}

    def add(self, district: str, first_us: int, last_us: int, data: bytes) -> None:
        """Add a message to its district, with its first and last arrival."""
        if first_us < self._reached_us.get(district, first_us) or district not in self._open:
            self._begin(district)
        self._reached_us[district] = last_us
        stream = self._open[district]
        stream.write(_LENGTH.pack(len(data)))
        stream.write(data)

    def runs(self) -> list[Run]:
        """All runs, in an order that the districts' names and logs decide; nothing can be added any more."""
        for stream in self._open.values():
            stream.close()
        self._open.clear()
        return [(district, _rows(file)) for district, file in sorted(self._files, key=lambda one: one[0])]

    def close(self) -> None:
        """Close what is open, where it did not come to `runs`."""
        self.runs()

    def _begin(self, district: str) -> None:
        if district in self._open:
            self._open[district].close()
        file = self._folder / f"{len(self._files)}.run"
        self._files.append((district, file))
        self._open[district] = file.open("wb")


def _rows(file: Path) -> Iterator[tuple[int, Row]]:
    with file.open("rb") as stream:
        while head := stream.read(_LENGTH.size):
            yield from rows_in(stream.read(_LENGTH.unpack(head)[0]))
