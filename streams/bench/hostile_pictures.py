"""What becomes of hostile files, and how many honest pictures are taken in a second: through the children that do it in earnest."""

from __future__ import annotations

import os
import statistics
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from streams import clock
from streams.bench.honest_pictures import telephone_picture
from streams.bench.hostile.every import hostile_files
from streams.bench.hostile.file import SECRET, Hostile
from streams.pictures.apart import Sheltered
from streams.pictures.jpeg import strangers
from streams.pictures.refused import PictureRefused

MIB = 1024 * 1024


class Met(NamedTuple):
    """How a hostile file was met.

    Attributes
    ----------
    outcome
        `taken`, or the reason of its refusal.
    detail
        What the refusal said.
    seconds
        From handing it over to the answer.
    peak_mib
        The most memory its child held meanwhile, its libraries included; None where that cannot be read.
    leaked
        What came out that may not: segments that are not pixels, or words of its sender.
    """

    name: str
    outcome: str
    detail: str
    seconds: float
    peak_mib: float | None
    leaked: list[str]

    def line(self) -> str:
        """For the table."""
        peak = "" if self.peak_mib is None else f"{self.peak_mib:.0f} MiB"
        leaked = f"  LEAKS {', '.join(self.leaked)}" if self.leaked else ""
        return f"{self.name:52} {self.outcome:16} {self.seconds * 1000:7.0f} ms {peak:>8}{leaked}"


class Rate(NamedTuple):
    """Honest pictures.

    Attributes
    ----------
    pictures, seconds
        Taken, and how long all of them took.
    one_s
        Seconds of each, from handing it over to the answer.
    cpu_s
        Processor time of the children for all of them, which other work on the machine hardly changes; None where it cannot be read.
    """

    pictures: int
    seconds: float
    one_s: list[float]
    cpu_s: float | None

    def line(self) -> str:
        """For the report."""
        ordered = sorted(self.one_s)
        late = ordered[min(len(ordered) - 1, round(0.95 * len(ordered)))]
        each = f"each median {statistics.median(ordered) * 1000:.0f} ms, p95 {late * 1000:.0f} ms"
        cpu = "" if self.cpu_s is None else f"; processor time {self.cpu_s / self.pictures * 1000:.0f} ms each"
        return f"{self.pictures} pictures in {self.seconds:.1f} s: {self.pictures / self.seconds:.1f}/s; {each}{cpu}"


def meet_all(sheltered: Sheltered) -> Iterator[Met]:
    """Hand over every hostile file; to one child, or its memory could not be told from another's."""
    sheltered.clean(_small())  # starts it
    for hostile in hostile_files():
        yield meet(sheltered, hostile)


def meet(sheltered: Sheltered, hostile: Hostile) -> Met:
    """Hand over one hostile file."""
    children = sheltered.processes
    for child in children:
        _forget_peak(child)
    begun_s, leaked, detail = clock.monotonic_s(), [], ""
    try:
        taken = sheltered.take(hostile.raw, consent=False)
        outcome, leaked = "taken", leaks(taken.jpeg)
        leaked += ["time or place"] if (taken.taken_us, taken.lon, taken.lat) != (None, None, None) else []
    except PictureRefused as refused:
        outcome, detail = str(refused.reason), refused.detail
    seconds = clock.monotonic_s() - begun_s
    peaks = [peak for child in children if (peak := peak_mib(child)) is not None]
    return Met(hostile.name, outcome, detail, seconds, max(peaks, default=None), leaked)


def leaks(jpeg: bytes) -> list[str]:
    """What is in a picture of ours that may not be."""
    return strangers(jpeg) + [word.decode() for word in (SECRET, b"<?php", b"<script", b"%PDF", b"PK\x03\x04", b"Exif") if word in jpeg]


def time_honest(pictures: int, children: int, width: int = 4000, height: int = 3000) -> Rate:
    """Take in pictures as telephones make them (12 million pixels), as many at a time as there are children."""
    drawn = [telephone_picture(seed, width, height) for seed in range(min(pictures, 6))]
    with Sheltered(children) as sheltered, ThreadPoolExecutor(children) as threads:
        list(threads.map(lambda _: sheltered.take(_small(), consent=True), range(2 * children)))  # started, and warm

        def one(number: int) -> float:
            begun_s = clock.monotonic_s()
            sheltered.take(drawn[number % len(drawn)], consent=True)
            return clock.monotonic_s() - begun_s

        before_s, begun_s = _cpu_s(sheltered), clock.monotonic_s()
        one_s = list(threads.map(one, range(pictures)))
        took_s, after_s = clock.monotonic_s() - begun_s, _cpu_s(sheltered)
        return Rate(pictures, took_s, one_s, None if before_s is None or after_s is None else after_s - before_s)


def peak_mib(process: int) -> float | None:
    """The most memory that a process has held since it was made to forget; None where it is gone, or this is not Linux."""
    try:
        lines = Path(f"/proc/{process}/status").read_text("ascii").splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:")), None)


def _cpu_s(sheltered: Sheltered) -> float | None:
    """Processor time of all children so far (proc(5), fields 14 and 15 of stat)."""
    try:
        stats = [Path(f"/proc/{child}/stat").read_text("ascii").rpartition(")")[2].split() for child in sheltered.processes]
    except OSError:
        return None
    return sum(int(ticks) for fields in stats for ticks in fields[11:13]) / os.sysconf("SC_CLK_TCK")


def _forget_peak(process: int) -> None:
    try:
        Path(f"/proc/{process}/clear_refs").write_text("5", "ascii")
    except OSError:
        return  # then the peak is that since its start


def _small() -> bytes:
    return telephone_picture(0, 320, 240)
