"""Runs a tool of the set-up: its words go into the log, and their end into the message when it fails."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from streams.setup.failure import SetupFailed
from streams.setup.machine import this_python

TAIL_LINES = 12
_LEASH = Path(__file__).resolve().parents[1] / "broker" / "leash.py"


def run(command: Sequence[str], env: Mapping[str, str], log: Path) -> None:
    """Run to the end without a terminal; a tool outlives us, should we be killed.

    Raises
    ------
    SetupFailed
        With the last lines that it wrote.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as file:
        begins_at = file.tell()
        try:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=file, stderr=file, env=env, check=False)
        except OSError as error:
            raise SetupFailed(f"could not run {command[0]}: {error}") from error
    if done.returncode:
        lines = log.read_bytes()[begins_at:].decode("utf-8", "replace").rstrip().splitlines()
        said = "\n".join(f"    {line}" for line in lines[-TAIL_LINES:])
        raise SetupFailed(f"failed with code {done.returncode}: {shlex.join(_plain(command))}\n{said}\n  all of it: {log}")


def _plain(command: Sequence[str]) -> Sequence[str]:
    at = command.index(str(_LEASH)) + 2 if str(_LEASH) in command else 0
    return command[at:]


def run_leashed(command: Sequence[str], env: Mapping[str, str], log: Path) -> None:
    """Run a tool that dies with us: it must not go on writing where the next starter begins anew."""
    run([this_python(), "-I", "-S", str(_LEASH), str(os.getpid()), *command], env, log)
