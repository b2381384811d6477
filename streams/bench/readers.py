"""How many people can read the public page at once: a web process with a storm in its store, and readers in a process of their own."""

from __future__ import annotations

import resource
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np

from streams import clock
from streams.bench.readers_child import Found
from streams.bench.serving import START_S, serving
from streams.city.load import load_city
from streams.city.model import City
from streams.observation.moments import MINUTE_US, to_text
from streams.rules.outputs import Output, OutputMessage, PointState, Standing
from streams.store.engine import open_store
from streams.store.projection import rows_of, save

LONGEST_S = 30.0
FILES = 16_000
"""Connections and what else is open; the soft limit of a shell is lower on many machines."""
DEPTHS_M = (0.0, 0.0, 0.04, 0.17, 0.31, 0.44, 0.09, 0.2, 0.0, 0.68, 0.02, 0.0, 0.29)


@dataclass(frozen=True)
class ReadersReport:
    """What was found; `every_s` 0 means that each reader asks again as soon as it is answered."""

    readers: int
    every_s: float
    found: Found

    @property
    def errors(self) -> int:
        """Answers that were none, and connections that broke."""
        return self.found.errors

    def lines(self) -> list[str]:
        """As text."""
        found = self.found
        p50, p95, p99, most = np.percentile(found.answer_ms, [50, 95, 99, 100]) if found.answer_ms else (0.0,) * 4
        how = f"each asks again every {self.every_s:g} s" if self.every_s else "each asks again at once"
        return [
            f"{self.readers:,} readers, {how}: {len(found.answer_ms):,} answers in {found.took_s:.1f} s,"
            f" {len(found.answer_ms) / found.took_s:,.0f}/s, {found.bytes_each:,} bytes each (packed)",
            f"answered in ms: p50 {p50:.1f}  p95 {p95:.1f}  p99 {p99:.1f}  most {most:.1f}; errors {found.errors}",
        ]


def measure(folder: Path, city: Path, readers: int = 2000, seconds: float = 10.0, every_s: float = 0.0, path: str = "/") -> ReadersReport:
    """Read a page on loopback by so many connections that stay open; the processes of both ends share the machine.

    Raises
    ------
    RuntimeError
        Where the page or the readers did not start.
    """
    _more_files()
    url = f"sqlite:///{folder / 'store.db'}"
    _storm(url, load_city(city))
    web = [sys.executable, "-m", "streams.cli.main", "web", "--city", str(city), "--store", url, "--port", "0"]
    with serving("lowpoint web", web, folder) as port:
        command = [sys.executable, "-m", "streams.bench.readers_child", str(port), path, str(readers)]
        command += [str(min(seconds, LONGEST_S)), str(every_s)]
        try:
            done = subprocess.run(command, stdout=subprocess.PIPE, timeout=LONGEST_S + START_S, check=True)
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
            raise RuntimeError(f"the readers ended without a report ({type(error).__name__}): see what they wrote above") from error
    return ReadersReport(readers, every_s, msgspec.json.decode(done.stdout, type=Found))


def _more_files() -> None:
    """Take what the machine gives; children get the same."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = hard if hard != resource.RLIM_INFINITY else FILES
    if soft < min(FILES, most):
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(FILES, most), hard))


def _storm(url: str, city: City) -> None:
    """Water at every level, said just now."""
    now_us = clock.now_us()
    minute_us = now_us - now_us % MINUTE_US
    states = {
        point.low_point_id: _state(point.low_point_id, DEPTHS_M[number % len(DEPTHS_M)], [rung.depth_m for rung in point.levels], now_us)
        for number, point in enumerate(city.low_points)
    }
    rows = []
    for district in city.districts:
        own = [states[point.low_point_id] for point in city.low_points if point.district_id == district]
        outputs: list[Output] = [Standing(district, to_text(minute_us), 12.25, own, [])]
        rows.append(rows_of(OutputMessage(district, now_us, [], outputs)))
    engine = open_store(url)
    try:
        save(engine, rows, now_us)
    finally:
        engine.dispose()


def _state(low_point: str, depth_m: float, rungs_m: list[float], now_us: int) -> PointState:
    level = sum(depth_m >= rung_m for rung_m in rungs_m)
    return PointState(low_point, level, level, "measured", False, depth_m, to_text(now_us))
