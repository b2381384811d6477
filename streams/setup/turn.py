"""One starter sets up at a time; the others wait and then find everything done."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from streams.setup.failure import SetupFailed
from streams.setup.told import tell


@contextmanager
def one_at_a_time(file: Path) -> Iterator[None]:
    """Hold the lock; the system lets go of it when the process ends, however it ends."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        opened = file.open("ab")
    except OSError as error:
        what = f"cannot write to {file.parent} ({error.strerror})"
        raise SetupFailed(f"{what}: set LOWPOINT_HOME to a folder that can be written to") from error
    with opened:
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            tell("lowpoint: another ./lowpoint is setting up, waiting for it")
            fcntl.flock(opened, fcntl.LOCK_EX)
        yield
