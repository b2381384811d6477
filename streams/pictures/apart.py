"""Takes pictures in by child processes: bytes that kill, hang or fill a decoder do so there, and cost one picture."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import queue
import threading
from typing import Self

from streams.pictures.checks import MOST_BYTES
from streams.pictures.child_process import Child
from streams.pictures.frames import Answer, Ask, Done, Gone, Made, Refused
from streams.pictures.jpeg import strangers
from streams.pictures.refused import PictureRefused, Refusal
from streams.pictures.taken import Taken

log = logging.getLogger(__name__)

TIME_S = 10.0
START_S = 60.0
MEMORY_BYTES = 448 * 1024 * 1024
"""The most that a picture within the limits takes is 370 MiB, decoded (`lowpoint bench hostile-pictures`) or searched."""
MOST_WAITING = 16
MOST_SERVED = 1_000
"""Pictures by one child: what leaks in a decoder ends with it."""


class TooBusy(Exception):
    """So many pictures wait that one more would wait too long: come again later."""

    retriable = True


class Sheltered:
    """Takes pictures in by a few children, which start with the first picture; may be called from many threads at once.

    Parameters
    ----------
    children
        How many work at the same time.
    waiting
        How many callers may wait for one.
    time_s, memory_bytes
        What one picture may take; memory is beyond what the child's libraries take.
    """

    def __init__(self, children: int = 2, waiting: int = MOST_WAITING, time_s: float = TIME_S, memory_bytes: int = MEMORY_BYTES):
        self._time_s, self._memory_bytes = time_s, memory_bytes
        self._room = threading.BoundedSemaphore(children + waiting)
        # a place without a child gets one when somebody needs it
        self._places: queue.SimpleQueue[Child | None] = queue.SimpleQueue()
        for _ in range(children):
            self._places.put(None)
        self._lock, self._closed = threading.Lock(), False
        self._alive: set[Child] = set()

    def take(self, raw: bytes, consent: bool, zone: str | None = None) -> Taken:
        """As `streams.pictures.intake.take`, in a child. Blocks: an event loop calls it in a thread.

        Raises
        ------
        PictureRefused
            Where it is not a picture that can be taken, also where its decoding died or took too long.
        TooBusy
            Where too many wait already, no child is to be had, or this was closed.
        """
        answer = self._answer(Ask("take", raw, consent, zone))
        taken = answer.taken if isinstance(answer, Done) else None
        if taken is None or hashlib.sha256(taken.jpeg).hexdigest() != taken.picture:
            raise PictureRefused(Refusal.BROKEN, "its decoding gave something else")
        _check(taken.jpeg)
        return taken

    def clean(self, raw: bytes) -> bytes:
        """As `streams.pictures.intake.clean`, in a child; raises as `take`."""
        return self._made(Ask("clean", raw))

    def hide_well(self, jpeg: bytes) -> bytes:
        """As `streams.pictures.intake.hide_well`, in a child; raises as `take`."""
        return self._made(Ask("hide", jpeg))

    @property
    def processes(self) -> list[int]:
        """Process numbers of the children that there are."""
        with self._lock:
            return sorted(child.process.pid for child in self._alive)

    def close(self) -> None:
        """End the children; a picture that is being taken in is refused."""
        with self._lock:
            self._closed = True
            children, self._alive = list(self._alive), set()
        for child in children:
            child.end()
        # places are left without children, so that who waits for one is told; those at work are closed by who asked them
        for _ in range(self._places.qsize()):
            with contextlib.suppress(queue.Empty):
                idle = self._places.get_nowait()
                if idle is not None:
                    idle.close()
                self._places.put(None)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _made(self, ask: Ask) -> bytes:
        answer = self._answer(ask)
        if not isinstance(answer, Made):
            raise PictureRefused(Refusal.BROKEN, "its decoding gave something else")
        _check(answer.jpeg)
        return answer.jpeg

    def _answer(self, ask: Ask) -> Answer:
        if len(ask.raw) > MOST_BYTES:
            raise PictureRefused(Refusal.TOO_LARGE, f"over {MOST_BYTES} bytes: send it smaller")
        if not self._room.acquire(blocking=False):
            raise TooBusy("too many pictures at a time: send it again in some seconds")
        try:
            answer = self._asked(ask)
        finally:
            self._room.release()
        if isinstance(answer, Refused):
            raise PictureRefused(answer.reason, answer.detail)
        return answer

    def _asked(self, ask: Ask) -> Answer:
        try:
            child = self._places.get(timeout=self._time_s * 2)
        except queue.Empty:
            raise TooBusy("no picture was finished for long: send it again in some seconds") from None
        sound = False
        try:
            if child is not None and child.process.poll() is not None:
                child = self._replaced(child)  # ended by somebody while it was idle
            child = child or self._started()
            if not child.is_ready(START_S):
                raise TooBusy("what decodes pictures did not start: send it again in some seconds")
            answer = self._within_time(child, ask)
            sound = child.served < MOST_SERVED and child.process.poll() is None
            return answer
        finally:
            self._places.put(child if sound else self._replaced(child))

    def _within_time(self, child: Child, ask: Ask) -> Answer:
        with child.deadline(self._time_s) as late:
            try:
                return child.ask(ask)
            except Gone:
                pass
        if self._closed:
            raise TooBusy("no more pictures are taken: the service ends")
        if late.is_set():
            raise PictureRefused(Refusal.TOO_SLOW, "it takes longer to decode than a picture may: save it again as a plain JPEG")
        raise PictureRefused(Refusal.BROKEN, "its decoding came to a bad end: save it again as a plain JPEG")

    def _started(self) -> Child:
        with self._lock:
            if self._closed:
                raise TooBusy("no more pictures are taken: the service ends")
            child = Child(self._memory_bytes, round(self._time_s))
            self._alive.add(child)
            return child

    def _replaced(self, child: Child | None) -> Child | None:
        """Another one, which starts while nobody waits for it yet."""
        if child is None:
            return None
        child.close()
        with self._lock:
            self._alive.discard(child)
        log.info("a child that decodes pictures is replaced after %d pictures", child.served)
        try:
            return self._started()
        except (TooBusy, OSError):
            return None  # tried again with the next picture


def _check(jpeg: bytes) -> None:
    """A child that was taken over may answer what it likes: it is believed as far as can be seen without decoding.

    Raises
    ------
    PictureRefused
        Where there is more in it than pixels.
    """
    if strangers(jpeg):
        raise PictureRefused(Refusal.BROKEN, "its decoding gave a picture that is not as it must be")
