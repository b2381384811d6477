"""Writes recorded observations (DESIGN 5), the same bytes for the same readings."""

import gzip
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter
from pathlib import Path

import msgspec

from streams.importers.units import iso

FILE = "observations.ndjson.gz"
_iso = lru_cache(maxsize=4096)(iso)


@dataclass(frozen=True, slots=True)
class Reading:
    """One observation: `value` in the unit of its kind, `period_s` for rain only."""

    time_s: int
    station_id: str
    kind: str
    value: float
    period_s: int | None = None


def write_observations(folder: Path, readings: Iterable[Reading]) -> int:
    """Write `observations.ndjson.gz` in order of time, then station; return how many."""
    ordered = sorted(readings, key=attrgetter("time_s", "station_id"))
    folder.mkdir(parents=True, exist_ok=True)
    # no name and no date in the header: equal readings, equal bytes
    with (folder / FILE).open("wb") as raw, gzip.GzipFile("", "wb", 6, raw, mtime=0) as packed:
        packed.writelines(_lines(ordered))
    return len(ordered)


def _lines(readings: Iterable[Reading]) -> Iterator[bytes]:
    encode = msgspec.json.Encoder().encode
    for reading in readings:
        yield encode(_observation(reading)) + b"\n"


def _observation(reading: Reading) -> dict[str, object]:
    value: float | int = reading.value or 0  # dry is written 0, which is shorter and as true as 0.0
    row: dict[str, object] = {"station": reading.station_id, "kind": reading.kind, "time": _iso(reading.time_s), "value": value}
    return row if reading.period_s is None else {**row, "period_s": reading.period_s}
