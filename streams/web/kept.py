"""The last good edition: what the store said when it last answered, for readers who come while it is away."""

from __future__ import annotations

import logging
import threading
from pathlib import Path

import msgspec

from streams.city.model import City
from streams.observation.moments import HOUR_US, SECOND_US
from streams.web.snapshot import Snapshot
from streams.whole_file import OF_ITS_OWNER, write_whole

log = logging.getLogger(__name__)

LONGEST_US = 24 * HOUR_US
"""What is older says nothing of today's roads, and is not shown."""

WRITE_EVERY_US = 5 * SECOND_US


class Kept(msgspec.Struct, frozen=True):
    """A snapshot, when it was taken by the wall clock, and of which city."""

    city: str
    taken_us: int
    snapshot: Snapshot


class Keeper:
    """Keeps the newest snapshot of a city in memory and, where a file is named, on disk for the next process.

    Parameters
    ----------
    file
        Is written over every few seconds, whole or not at all; None keeps nothing beyond this process.
    """

    def __init__(self, city: City, file: Path | None = None):
        self._city, self._file = city.name, file
        self._lock = threading.Lock()
        self._kept: Kept | None = None
        self._written_us = 0
        self._told = False

    def keep(self, snapshot: Snapshot, taken_us: int) -> None:
        """Keep what the store has just said; a disk that takes nothing is told of once and keeps nobody waiting."""
        with self._lock:
            self._kept = Kept(self._city, taken_us, snapshot)
            if self._file is None or abs(taken_us - self._written_us) < WRITE_EVERY_US:
                return
            self._written_us = taken_us
            try:
                # for its owner alone: it holds drafts and who signed what
                write_whole(self._file, msgspec.msgpack.encode(self._kept), mode=OF_ITS_OWNER)
                self._told = False
            except OSError as error:
                if not self._told:
                    log.warning("%s: the last edition cannot be kept there (%s)", self._file, error.strerror)
                self._told = True

    def last(self, now_us: int) -> Kept | None:
        """The newest that is no older than a day; None where there is none."""
        with self._lock:
            if self._kept is None and self._file is not None:
                self._kept = _read(self._file, self._city)
            kept = self._kept
        # a moment to come is of a clock that was put back: how old it is, nobody knows
        return kept if kept is not None and -WRITE_EVERY_US <= now_us - kept.taken_us <= LONGEST_US else None


def _read(file: Path, city: str) -> Kept | None:
    try:
        kept = msgspec.msgpack.decode(file.read_bytes(), type=Kept)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.DecodeError) as error:
        log.warning("%s: what is kept there cannot be read (%s): it is passed over", file, type(error).__name__)
        return None
    if kept.city != city:
        log.warning("%s: what is kept there is of another city: it is passed over", file)
        return None
    return kept
