"""Sends beside the reading: a bounded queue, patience while the gateway is away, and a count of all that was lost."""

from __future__ import annotations

import logging
import threading
from collections import deque
from typing import NamedTuple, Protocol

from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception_type,
    sleep_using_event,
    stop_after_attempt,
    stop_any,
    stop_when_event_set,
    wait_random_exponential,
)

from streams.camera.message import CameraDepth, encoded
from streams.camera.post import Later, Never

log = logging.getLogger(__name__)

MOST_WAITING = 20_000
MOST_PICTURES = 100
"""Pictures that wait in memory; of older ones the observation alone is sent."""
MOST_TOGETHER = 500
LONGEST_WAIT_S = 60.0
PICTURE_TRIES = 3


class Post(Protocol):
    """Where to send."""

    def send(self, observations: list[bytes]) -> list[str]:
        """Send observations together; what was refused, in words."""

    def upload(self, jpeg: bytes, station: str) -> str:
        """Store a picture; its hash."""


class Job(NamedTuple):
    """An observation, and the picture that goes with it."""

    observation: CameraDepth
    jpeg: bytes | None = None


class Counts(NamedTuple):
    """What became of the observations."""

    sent: int
    waiting: int
    refused: int
    dropped: int
    pictures_lost: int


class Sender:
    """A thread that sends what is offered, in order.

    Parameters
    ----------
    post
        Where to.
    first_wait_s
        Before the second try; later ones wait longer, up to a minute, and never all at once.
    """

    def __init__(self, post: Post, most_waiting: int = MOST_WAITING, first_wait_s: float = 1.0):
        self._post, self._most, self._first_wait_s = post, most_waiting, first_wait_s
        self._jobs: deque[Job] = deque()
        self._filled = threading.Condition()
        self._stop, self._ending = threading.Event(), False
        self._sent = self._refused = self._dropped = self._pictures_lost = self._in_hand = 0
        self.trouble = ""
        """What went wrong last; nothing while all is well."""
        self._thread = threading.Thread(target=self._run, name="camera-sender", daemon=True)
        self._thread.start()

    def offer(self, job: Job) -> None:
        """Take an observation to send; it never waits. When too many are waiting the oldest is dropped, and counted."""
        with self._filled:
            if len(self._jobs) >= self._most:
                self._jobs.popleft()
                self._dropped += 1
            self._jobs.append(job)
            self._forget_old_pictures()
            self._filled.notify()

    def _forget_old_pictures(self) -> None:
        with_picture = [number for number, job in enumerate(self._jobs) if job.jpeg is not None]
        for number in with_picture[:-MOST_PICTURES]:
            self._jobs[number] = self._jobs[number]._replace(jpeg=None)
            self._pictures_lost += 1

    @property
    def counts(self) -> Counts:
        """What became of them so far."""
        with self._filled:
            return Counts(self._sent, len(self._jobs) + self._in_hand, self._refused, self._dropped, self._pictures_lost)

    def close(self, patience_s: float) -> Counts:
        """Send what waits for so many seconds at most, then stop."""
        with self._filled:
            self._ending = True
            self._filled.notify()
        self._thread.join(patience_s)
        self._stop.set()
        self._thread.join(patience_s)
        return self.counts

    def _run(self) -> None:
        while True:
            with self._filled:
                while not self._jobs and not self._ending:
                    self._filled.wait()
                if not self._jobs:
                    return
                batch = [self._jobs.popleft() for _ in range(min(len(self._jobs), MOST_TOGETHER))]
                self._in_hand = len(batch)
            if not self._sent_off(batch):
                return

    def _sent_off(self, batch: list[Job]) -> bool:
        """Whether to go on; what cannot be sent before the end stays counted as waiting."""
        messages = [encoded(self._with_picture(job)) for job in batch]
        try:
            refused = self._patiently(0)(self._post.send, messages)
        except Never as error:
            self._lost(len(batch), f"the gateway does not take it: {error}")
            return True
        except Later:
            return False
        for reason in refused:
            log.warning("the gateway refused an observation: %s", reason)
        with self._filled:
            self._sent, self._refused, self._in_hand = self._sent + len(batch) - len(refused), self._refused + len(refused), 0
            self.trouble = f"refused: {refused[-1]}" if refused else ""
        return True

    def _with_picture(self, job: Job) -> CameraDepth:
        if job.jpeg is None:
            return job.observation
        try:
            name = self._patiently(PICTURE_TRIES)(self._post.upload, job.jpeg, job.observation.station)
        except (Later, Never) as error:
            # water does not wait for a picture
            log.warning("the gateway did not take a picture: %s", error)
            with self._filled:
                self._pictures_lost += 1
            return job.observation
        return job.observation.with_image(name)

    def _lost(self, number: int, why: str) -> None:
        log.error("%d observations are lost: %s", number, why)
        with self._filled:
            self._refused, self._in_hand, self.trouble = self._refused + number, 0, why

    def _patiently(self, tries: int) -> Retrying:
        """Again and again while it says later; `tries` times at most, or until told to stop."""
        until = stop_when_event_set(self._stop)
        return Retrying(
            retry=retry_if_exception_type(Later),
            wait=wait_random_exponential(multiplier=self._first_wait_s, max=LONGEST_WAIT_S),
            stop=stop_any(until, stop_after_attempt(tries)) if tries else until,
            sleep=sleep_using_event(self._stop),
            before_sleep=self._told,
            reraise=True,
        )

    def _told(self, state: RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome else None
        with self._filled:
            self.trouble = f"the gateway is away: {error}"
        if state.attempt_number in (1, 10) or state.attempt_number % 100 == 0:
            log.warning("the gateway is away (try %d): %s", state.attempt_number, error)
