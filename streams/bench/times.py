"""What a measurement found: seconds of each turn, and the most memory that its process held."""

from __future__ import annotations

import resource
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from streams import clock

_KB_PER_MB = 1024


@dataclass(frozen=True)
class Times:
    """Seconds of each turn by the clock and of the processor (less where other work has its share), and the most memory so far, MB."""

    what: str
    seconds: tuple[float, ...]
    memory_mb: float
    cpu_seconds: tuple[float, ...]

    def __str__(self) -> str:
        spread = f"{min(self.seconds):.3f} to {max(self.seconds):.3f}"
        cpu = f"{statistics.median(self.cpu_seconds):.3f} s of the processor"
        return f"{self.what}: n {len(self.seconds)}, median {self.median_s:.3f} s ({spread}), {cpu}, {self.memory_mb:.0f} MB at most"

    @property
    def median_s(self) -> float:
        """The middle one of the turns."""
        return statistics.median(self.seconds)


def held_against(times: Times, target_s: float) -> str:
    """A target, and whether the median met it."""
    return f"target {target_s:g} s: {'met' if times.median_s <= target_s else 'MISSED'}"


def timed(what: str, turns: int, run: Callable[[], object]) -> Times:
    """Time the same work several times."""
    seconds, cpu_seconds = [], []
    for _ in range(turns):
        begun_s, begun_cpu_s = clock.monotonic_s(), _cpu_s()
        run()
        seconds.append(clock.monotonic_s() - begun_s)
        cpu_seconds.append(_cpu_s() - begun_cpu_s)
    return Times(what, tuple(seconds), peak_mb(), tuple(cpu_seconds))


def joined(parts: Sequence[Times]) -> Times:
    """Turns that were timed one by one, as one measurement."""
    seconds, cpu_seconds = (tuple(value for part in parts for value in getattr(part, name)) for name in ("seconds", "cpu_seconds"))
    return Times(parts[0].what, seconds, max(part.memory_mb for part in parts), cpu_seconds)


def _cpu_s() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def peak_mb() -> float:
    """The most memory that this process held since it began.

    Not `ru_maxrss`, which a process inherits from the one that started it.
    """
    lines = Path("/proc/self/status").read_text("ascii", "replace").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / _KB_PER_MB


def resident_mb(process: int | None = None) -> float:
    """The most memory that a process held so far, in MB; our own without a number."""
    status = Path(f"/proc/{process or 'self'}/status").read_text("ascii", "replace")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) / 1024
