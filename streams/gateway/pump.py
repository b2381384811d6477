"""The pump: writes what waits into Kafka every 50 ms, with a tick at every second, and tries until it is there."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from streams import clock
from streams.gateway.buffer import Buffer, Generation
from streams.gateway.producer import Log, LogFailed
from streams.observation.moments import HOUR_US, SECOND_US

log = logging.getLogger(__name__)

PAUSE_S = 0.05
QUIET_US = 2 * HOUR_US
"""After so long without a reading the ticks stop (DESIGN 2)."""
SLOWEST_RETRY_S = 2.0
LAST_S = 10.0
"""How long a stop waits for Kafka."""


class Stopped(Exception):
    """The gateway ended before Kafka had acknowledged."""

    retriable = True


class Pump(threading.Thread):
    """The only writer: one generation after the other, so that none overtakes another."""

    def __init__(self, buffer: Buffer, log_: Log, now_us: Callable[[], int] = clock.now_us):
        super().__init__(name="pump", daemon=True)
        self._buffer, self._log, self._now_us = buffer, log_, now_us
        self._begun_us = self._second_us = now_us()
        self._stop_asked = threading.Event()
        self._give_up = threading.Event()

    def run(self) -> None:
        """Pump until stopped, and once more for what came before the stop."""
        last = False
        while True:
            generation = self._buffer.take(self._tick_us())
            try:
                self._write(generation)
            except Stopped as error:
                generation.written.set_exception(error)
                return
            self._buffer.wrote()
            generation.written.set_result(None)
            if last:
                return
            last = self._stop_asked.wait(PAUSE_S)

    def stop(self, timeout_s: float = LAST_S) -> None:
        """Write what is left, as far as Kafka answers within the time."""
        self._stop_asked.set()
        if self.is_alive():
            self.join(timeout_s)
        self._give_up.set()
        self._log.close()
        if self.is_alive():
            self.join(timeout_s)

    def _tick_us(self) -> int | None:
        """The whole second that has just passed; None when it was told already, or nothing has come for long."""
        now_us = self._now_us()
        second_us = now_us // SECOND_US * SECOND_US
        if second_us <= self._second_us or now_us - max(self._begun_us, self._buffer.received_us) > QUIET_US:
            return None
        self._second_us = second_us
        return second_us

    def _write(self, generation: Generation) -> None:
        messages, letters = generation.messages, generation.letters
        tries = 0
        while messages or letters:
            try:
                if messages:
                    self._log.send(messages)
                messages = []
                if letters:
                    self._log.dead_letters(letters)
                letters = []
            except LogFailed as failure:
                if messages:
                    messages = failure.unsent  # type: ignore[assignment]
                else:
                    letters = failure.unsent  # type: ignore[assignment]
                tries += 1
                self._wait_after(failure, tries)
        if tries:
            log.warning("Kafka took it after %d tries", tries + 1)

    def _wait_after(self, failure: LogFailed, tries: int) -> None:
        if tries.bit_count() == 1:  # 1, 2, 4, 8: an outage of hours is told in a dozen lines
            log.log(logging.WARNING if failure.retriable else logging.ERROR, "try %d: %s", tries, failure)
        if self._give_up.is_set() or self._give_up.wait(min(SLOWEST_RETRY_S, 0.1 * 2 ** min(tries, 10))):
            raise Stopped("the gateway was stopped before Kafka answered")
