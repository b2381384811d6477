"""The workers of a replay or a demo: started as processes of their own, watched, and started again when one dies."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from streams import clock
from streams.replay.child import end, launch

MOST_RESTARTS = 20
MOST_AT_START = 2


class WorkersError(RuntimeError):
    """Workers that did not come up, or died too often; the tail of the log says why."""


@dataclass
class Workers:
    """A set of worker processes over one city and one broker."""

    count: int
    arguments: list[str]
    folder: Path
    environment: Mapping[str, str]
    partitions: int
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    restarts: int = 0
    started: bool = False

    @property
    def names(self) -> list[str]:
        """Names of the workers."""
        return [f"worker-{number}" for number in range(1, self.count + 1)]

    def start(self, timeout_s: float = 90.0) -> None:
        """Start all, and wait until together they serve every partition."""
        for name in self.names:
            self._start(name)
        deadline_s = clock.monotonic_s() + timeout_s
        while not self.serving():
            self.keep_alive()
            if clock.monotonic_s() > deadline_s:
                raise WorkersError(f"workers did not serve all partitions within {timeout_s:.0f} s:\n{self._tails()}")
            clock.sleep_s(0.05)
        self.started = True

    def serving(self) -> bool:
        """Whether every worker has its share and every partition has a worker."""
        shares = [self.share(name) for name in self.names]
        return all(shares) and {partition for share in shares for partition in share} == set(range(self.partitions))

    def keep_alive(self) -> None:
        """Start again whoever died."""
        for name, process in list(self.processes.items()):
            if process.poll() is None:
                continue
            self.restarts += 1
            if self.restarts > (MOST_RESTARTS if self.started else MOST_AT_START):
                raise WorkersError(f"{name} died again, code {process.returncode}:\n{self._tails()}")
            self._start(name)

    def kill(self, name: str) -> None:
        """Kill one with -9, as a crash would."""
        self.processes[name].send_signal(signal.SIGKILL)
        self.processes[name].wait()

    def stop(self) -> None:
        """Ask all to stop, then make them."""
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            end(process)

    def _start(self, name: str) -> None:
        status = self.folder / f"{name}.json"
        status.unlink(missing_ok=True)
        own = ["--name", name, "--status", str(status), "--datadir", str(self.folder / name)]
        self.processes[name] = launch(["worker", *self.arguments, *own], self.folder, name, self.environment)

    def share(self, name: str) -> list[int]:
        """Partitions that a worker serves, as it says itself."""
        try:
            status: dict[str, list[int]] = msgspec.json.decode((self.folder / f"{name}.json").read_bytes())
        except (FileNotFoundError, msgspec.DecodeError):
            return []
        return status["partitions"]

    def _tails(self) -> str:
        logs = sorted(self.folder.glob("*.log"))
        return "\n".join(f"{file.name}: {file.read_text('utf-8', 'replace')[-1500:]}" for file in logs)


def worker_environment(settings_environment: Mapping[str, str]) -> dict[str, str]:
    """The environment of a worker: one BLAS thread (law 4), UTF-8, and this project on the path."""
    root = str(Path(__file__).resolve().parents[2])
    one = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    path = os.pathsep.join(part for part in (root, settings_environment.get("PYTHONPATH", "")) if part)
    return {**settings_environment, **one, "PYTHONUTF8": "1", "PYTHONPATH": path}
