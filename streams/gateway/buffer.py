"""What was taken in and is not yet in Kafka; whoever brought something can wait until it is."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass

from streams import clock
from streams.gateway.packer import Packed, Packer
from streams.observation.dead_letter import DeadLetter
from streams.observation.observation import Observation

MOST_BYTES = 128 * 1024 * 1024
PATIENCE_S = 5.0
LETTER_BYTES = 1000
"""About what one dead letter takes in memory."""


class Full(Exception):
    """Nothing can be taken in now: try again later; nothing of what was brought has been kept."""

    retriable = True


@dataclass(frozen=True)
class Letter:
    """A dead letter and its key; equal keys are one letter for those who read the topic."""

    key: str
    letter: DeadLetter


@dataclass(frozen=True)
class Generation:
    """All that is written together; `written` is done when Kafka has acknowledged every part of it."""

    messages: list[Packed]
    letters: list[Letter]
    written: Future[None]


class Buffer:
    """Holds readings and dead letters between those who bring them and the pump that writes them, within a limit.

    Parameters
    ----------
    most_bytes
        About how much may wait; past that nothing is taken in.
    patience_s
        After so long without an answer from Kafka nothing more is taken in, so that senders who try again do not fill the memory.
    """

    def __init__(self, packer: Packer, most_bytes: int = MOST_BYTES, patience_s: float = PATIENCE_S):
        self._packer, self._most_bytes, self._patience_s = packer, most_bytes, patience_s
        self._lock = threading.Lock()
        self._letters: list[Letter] = []
        self._written = _promise()
        self._taken_s: float | None = None

    def put(self, observations: Sequence[Observation], letters: Sequence[Letter]) -> Future[None]:
        """Take all of it in; the future is done when all of it has been written.

        Raises
        ------
        Full
            Where there is no room, or Kafka does not answer: none of it was taken in.
        """
        with self._lock:
            self._check_room()
            for observation in observations:
                self._packer.add(observation)
            self._letters.extend(letters)
            return self._written

    def take(self, tick_us: int | None) -> Generation:
        """Hand out everything that waits, to be written before anything that comes from now on."""
        with self._lock:
            generation = Generation(self._packer.drain(tick_us), self._letters, self._written)
            self._letters, self._written = [], _promise()
            self._taken_s = clock.monotonic_s()
        return generation

    def wrote(self) -> None:
        """Tell that the last generation has been written."""
        with self._lock:
            self._taken_s = None

    @property
    def received_us(self) -> int:
        """Arrival of the last reading, in microseconds; 0 before the first."""
        return self._packer.received_us

    @property
    def waiting_bytes(self) -> int:
        """About how much waits in memory."""
        return self._packer.waiting_bytes + LETTER_BYTES * len(self._letters)

    @property
    def silent_s(self) -> float:
        """For how long Kafka has not answered; 0 while it does."""
        taken_s = self._taken_s
        return 0.0 if taken_s is None else clock.monotonic_s() - taken_s

    def check_room(self) -> None:
        """Raise `Full` where nothing can be taken in, before anybody does the work of parsing."""
        with self._lock:
            self._check_room()

    def _check_room(self) -> None:
        if self.silent_s > self._patience_s:
            raise Full(f"Kafka has not answered for {self.silent_s:.0f} s")
        if self.waiting_bytes > self._most_bytes:
            raise Full(f"{self.waiting_bytes} bytes wait for Kafka, {self._most_bytes} may")


def _promise() -> Future[None]:
    """A future that nobody who waits for it can cancel, for others wait for it too."""
    promise: Future[None] = Future()
    promise.set_running_or_notify_cancel()
    return promise
