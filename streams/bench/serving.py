"""Runs a service as a process of its own, as it runs in earnest, and finds the port that it listens on."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from streams import clock

START_S, END_S = 60.0, 30.0


def start_serving(name: str, command: Sequence[str], folder: Path) -> tuple[subprocess.Popen[bytes], int]:
    """Start a service, and wait until it listens.

    Parameters
    ----------
    name
        As a user knows it, for the error.
    command
        Takes `--port-file`, which is added.
    folder
        Where that file lies.

    Returns
    -------
    tuple
        The process, and its port.

    Raises
    ------
    RuntimeError
        Where it ends, or does not listen within :data:`START_S`.
    """
    port_file = folder / "port"
    port_file.unlink(missing_ok=True)  # of one that was there before
    process = subprocess.Popen([*command, "--port-file", str(port_file)], stdout=subprocess.DEVNULL)
    try:
        deadline_s = clock.monotonic_s() + START_S
        while not port_file.exists():
            if process.poll() is not None or clock.monotonic_s() > deadline_s:
                raise RuntimeError(f"{name} did not start: see what it wrote above")
            clock.sleep_s(0.05)
        return process, int(port_file.read_text("ascii"))
    except BaseException:
        process.kill()
        process.wait(END_S)
        raise


def end_serving(process: subprocess.Popen[bytes]) -> None:
    """Tell it to end as an operator would, and wait until it has.

    Raises
    ------
    subprocess.TimeoutExpired
        Where it has not ended within :data:`END_S`; it is killed then.
    """
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(END_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        raise


@contextmanager
def serving(name: str, command: Sequence[str], folder: Path) -> Iterator[int]:
    """A service that runs while the block does; its port. Raises as :func:`start_serving` and :func:`end_serving`."""
    process, port = start_serving(name, command, folder)
    try:
        yield port
    finally:
        end_serving(process)
