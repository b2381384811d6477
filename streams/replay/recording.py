"""Reads recordings: every line an observation or a dead letter, then all in order of arrival."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np
import numpy.typing as npt

from streams.city.model import City
from streams.observation.dead_letter import DeadLetter, Reason, shown
from streams.observation.decision import Decision
from streams.observation.observation import Extra
from streams.observation.parse import LARGEST_BYTES, Parser, Refused

_BLANK = b" \t\r\n"
_BOM = b"\xef\xbb\xbf"


class RecordingError(ValueError):
    """A recording that cannot be read at all."""


@dataclass(frozen=True)
class Recording:
    """Observations in order of arrival, in columns of equal length; `station_no` counts in the city's list of stations;
    `decisions` are of officers, with the district of each, in order too."""

    station_no: npt.NDArray[np.int64]
    observed_us: npt.NDArray[np.int64]
    received_us: npt.NDArray[np.int64]
    value: npt.NDArray[np.float64]
    extras: dict[int, Extra]
    dead_letters: list[DeadLetter]
    decisions: tuple[tuple[str, Decision], ...] = ()

    @property
    def arrivals_us(self) -> npt.NDArray[np.int64]:
        """When anything arrived, in order."""
        decided = np.array([decision.at_us for _, decision in self.decisions], np.int64)
        return np.sort(np.concatenate([self.received_us, decided])) if len(decided) else self.received_us

    def __len__(self) -> int:
        return len(self.station_no)


def read_recording(city: City, files: Sequence[Path]) -> Recording:
    """Read files of observations, one JSON object a line, plain or gzipped.

    Lines are sorted by ``received_at`` (else ``time``); equal arrivals keep the order of the file, files the order given.
    Blank lines are passed over, and so is a byte order mark.

    Raises
    ------
    RecordingError
        Where a file is missing.
    """
    parser = Parser(city, trusted_arrival=True)
    station_no: list[int] = []
    observed: list[int] = []
    received: list[int] = []
    values: list[float] = []
    extras: dict[int, Extra] = {}
    dead: list[DeadLetter] = []
    for file in files:
        for line, raw in _lines(file):
            if isinstance(raw, Refused):
                dead.append(DeadLetter(raw.reason, file.name, line, "", raw.detail))
                continue
            try:
                seen = parser.parse(raw)
            except Refused as refused:
                dead.append(DeadLetter(refused.reason, file.name, line, shown(raw), refused.detail))
                continue
            if seen.extra is not None:
                extras[len(values)] = seen.extra
            station_no.append(seen.station_no)
            observed.append(seen.observed_us)
            received.append(seen.received_us)
            values.append(seen.value)
    return _in_order(station_no, observed, received, values, extras, dead)


def _in_order(
    station_no: list[int], observed: list[int], received: list[int], values: list[float], extras: dict[int, Extra], dead: list[DeadLetter]
) -> Recording:
    arrival = np.array(received, np.int64)
    order = np.argsort(arrival, kind="stable")
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    return Recording(
        station_no=np.array(station_no, np.int64)[order],
        observed_us=np.array(observed, np.int64)[order],
        received_us=arrival[order],
        value=np.array(values, np.float64)[order],
        extras={int(place[row]): extra for row, extra in extras.items()},
        dead_letters=dead,
    )


def _lines(file: Path) -> Iterator[tuple[int, bytes | Refused]]:
    """Numbered lines; one over the limit is read past without being held, and a broken archive ends with a dead letter."""
    try:
        with gzip.open(file) if file.suffix == ".gz" else file.open("rb") as stream:
            yield from _numbered(cast(BinaryIO, stream))
    except FileNotFoundError:
        raise RecordingError(f"{file} is missing") from None
    except IsADirectoryError:
        raise RecordingError(f"{file} is a folder: name the files in it") from None


def _numbered(stream: BinaryIO) -> Iterator[tuple[int, bytes | Refused]]:
    number = 0
    while True:
        number += 1
        try:
            raw = stream.readline(LARGEST_BYTES + 2)
            whole = raw
            while raw and not raw.endswith(b"\n") and len(raw) > LARGEST_BYTES:
                raw = stream.readline(LARGEST_BYTES + 2)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            yield number, Refused(Reason.NOT_JSON, f"the archive breaks off here: {error}")
            return
        if not whole:
            return
        line = whole.rstrip(b"\r\n")
        line = line.removeprefix(_BOM) if number == 1 else line
        if line.strip(_BLANK):
            yield number, line
