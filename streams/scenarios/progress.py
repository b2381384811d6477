"""A progress bar on standard error, so that standard output holds the table alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress


@contextmanager
def bar() -> Iterator[Callable[[int, int], None]]:
    """Give a function to be told how many scenarios are done, of how many."""
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("scenarios", total=None)
        yield lambda done, of: progress.update(task, completed=done, total=of)
