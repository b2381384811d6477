"""How long one forecast takes, and how much memory: every measurement in a process of its own, on one BLAS thread (law 4)."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import click
import msgspec

from streams.bench.times import Times, held_against, joined, peak_mb, timed

TARGET_S = {51: 0.030, 10_000: 2.0}
"""What a forecast of so many points may take."""
_WARM_MIN = 120
"""The flood's highest water."""


class BenchError(RuntimeError):
    """A measurement that its process did not bring to an end; says what that process said."""


@dataclass(frozen=True)
class Load:
    """How many points, and over how many districts: a forecast call is one district."""

    points: int
    districts: int = 1

    @property
    def name(self) -> str:
        """What it is called in the table."""
        return f"{self.points:,} points in {self.districts} district{'' if self.districts == 1 else 's'}"


LOADS = (Load(51), Load(10_000), Load(10_000, 200))


@dataclass(frozen=True)
class Measured:
    """One load: its first call, from nothing; those that go on from the minute before; the memory before any of them."""

    load: Load
    model: str
    full_share: float
    first: Times
    steady: Times
    bare_mb: float

    def lines(self) -> Iterator[str]:
        """What is told of it."""
        target_s = TARGET_S.get(self.load.points)
        told = "" if target_s is None else f"; {held_against(self.steady, target_s)}"
        yield f"{self.steady}{told}"
        first = f"first call, from nothing: {self.first.median_s:.3f} s"
        yield f"  {first}; {self.bare_mb:.0f} MB before any forecast; full model {self.full_share:.0%}"


def measure_apart(load: Load, model: Path | None, turns: int, environment: Mapping[str, str]) -> Measured:
    """Measure in a process of its own.

    Raises
    ------
    BenchError
        Where that process failed.
    """
    asked = msgspec.json.encode((load, None if model is None else str(model.absolute()), turns))
    command = [sys.executable, "-m", "streams.bench.forecast"]
    done = subprocess.run(command, input=asked, capture_output=True, env=dict(environment), check=False)
    if done.returncode:
        raise BenchError(done.stderr.decode("utf-8", "replace").strip().splitlines()[-1])
    return msgspec.json.decode(done.stdout, type=Measured)


def measure(load: Load, model_folder: Path | None, turns: int) -> Measured:
    """Forecast minute by minute through a flood in which every point stands under water."""
    import numpy as np

    from models.learn.expert import REGIMES
    from models.learn.learned import Learned
    from models.situation import Situation
    from streams.bench.flooded import FloodedDistrict
    from streams.evaluate.offline import chosen_model

    model = chosen_model(model_folder)
    regimes = tuple(model.experts) or REGIMES if isinstance(model, Learned) else REGIMES
    share = load.points // load.districts
    districts = [FloodedDistrict(share, regimes, seed) for seed in range(load.districts)]
    memories = [np.zeros((share, 0))] * load.districts
    bare_mb, minute, full = peak_mb(), _WARM_MIN, 0

    def call(moments: list[Situation]) -> None:
        nonlocal full
        full = 0
        for number, moment in enumerate(moments):
            outlook = model(moment)
            memories[number], full = outlook.memory, full + outlook.method.count("full")

    def next_minute() -> Times:
        nonlocal minute
        minute += 1
        moments = [district.at(minute, memory) for district, memory in zip(districts, memories, strict=True)]  # before the clock runs
        return timed(load.name, 1, lambda: call(moments))

    first, _ = next_minute(), next_minute()  # the second one fills what caches there are
    steady = joined([next_minute() for _ in range(turns)])
    return Measured(load, model.name, full / (share * load.districts), first, steady, bare_mb)


def main() -> None:
    """Read what to measure from standard input, measure, and write what was found to standard output."""
    load, folder, turns = msgspec.json.decode(sys.stdin.buffer.read(), type=tuple[Load, str | None, int])
    try:
        found = measure(load, None if folder is None else Path(folder), turns)
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    sys.stdout.buffer.write(msgspec.json.encode(found))


if __name__ == "__main__":
    main()
