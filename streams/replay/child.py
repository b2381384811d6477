"""A child process of a replay or a demo: started with a log of its own, ended with it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

PATIENCE_S = 10.0


def launch(arguments: Sequence[str], folder: Path, name: str, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Start a `lowpoint` command as a process of its own; what it prints goes to NAME.log in the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{name}.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "streams.cli.main", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=dict(environment),
            cwd=folder,
        )


def end(process: subprocess.Popen[bytes]) -> None:
    """Ask it to stop, then make it."""
    process.terminate()
    try:
        process.wait(PATIENCE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextmanager
def running(arguments: Sequence[str], folder: Path, name: str, environment: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """A child for as long as the block lasts."""
    process = launch(arguments, folder, name, environment)
    try:
        yield process
    finally:
        end(process)
