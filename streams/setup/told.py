"""One line for each step: what it does, and how long it took."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from streams import clock


def tell(text: str, end: str = "\n") -> None:
    """Write to stderr, if there is one."""
    if sys.stderr is not None:
        sys.stderr.write(text + end)
        sys.stderr.flush()


@contextmanager
def step(text: str) -> Iterator[None]:
    """Say what begins, and complete the line when it ends."""
    begun_s = clock.monotonic_s()
    tell(f"lowpoint: {text} ... ", end="")
    try:
        yield
    except BaseException:
        tell("failed")
        raise
    tell(f"{clock.monotonic_s() - begun_s:.1f} s")
