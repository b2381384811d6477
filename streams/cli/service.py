"""What commands that run until told to stop have in common."""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from streams.whole_file import write_whole


def start_logging(level: str) -> None:
    """Log to standard error."""
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("kafka").setLevel("CRITICAL" if level != "DEBUG" else "DEBUG")  # ours says what matters, once


def stop_on_signals() -> threading.Event:
    """An event that SIGTERM and Ctrl-C set."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


def end_by_interrupt() -> None:
    """Let SIGTERM end a command as Ctrl-C does: by KeyboardInterrupt, so that whatever was begun is taken down again."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)


def write_port(file: Path | None, port: int) -> None:
    """Write the port that a service found into a file, whole or not at all; nothing without a file."""
    if file:
        write_whole(file, b"%d\n" % port)


@contextmanager
def store_told_plainly() -> Iterator[None]:
    """Turn what a user can mend about the store into one line; being told to stop while waiting for it is no error."""
    from streams.store.engine import StoreError
    from streams.store.patience import StoppedWaiting

    try:
        yield
    except StoppedWaiting:
        return
    except StoreError as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        raise click.ClickException(f"the store cannot be opened: {error}") from error
