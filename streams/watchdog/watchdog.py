"""Looks, remembers, and texts the duty officers."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from msgspec import structs
from sqlalchemy import Engine

from streams import clock
from streams.city.model import City
from streams.store.lookout import Sight
from streams.store.queries import districts_heard
from streams.watchdog.channel import DutyChannel, SendResult
from streams.watchdog.officers import Officer
from streams.watchdog.rule import Notice, watch
from streams.watchdog.status import begin_again, write_status
from streams.watchdog.words import text_of

log = logging.getLogger(__name__)

EVERY_S = 5.0

Heard = dict[str, int]


def hear(engine: Engine) -> Heard:
    """When each district came to be known in the store last, by the wall clock."""
    return {row.district: row.written_us for row in districts_heard(engine)}


class Watchdog:
    """Watches one city.

    Parameters
    ----------
    latest
        What was heard last, None where the store never answered; an answer counts once.
    status
        The file of its own sign of life.
    """

    def __init__(
        self,
        city: City,
        officers: Sequence[Officer],
        channel: DutyChannel,
        latest: Callable[[], Sight[Heard] | None],
        status: Path,
        now_us: Callable[[], int] = clock.now_us,
    ):
        self._city, self._officers, self._channel, self._latest = city, officers, channel, latest
        self._status, self._now_us = status, now_us
        # as on the page: a district without low points has nothing to say
        self._districts = [name for name in city.districts if any(point.district_id == name for point in city.low_points)]
        self._state = begin_again(status, now_us())
        self._answers = 0

    def run(self, stop: threading.Event, every_s: float = EVERY_S) -> None:
        """Watch until told to stop."""
        while not stop.is_set():
            self.turn()
            stop.wait(every_s)

    def turn(self) -> None:
        """Look once."""
        now_us, sight = self._now_us(), self._latest()
        heard = None
        if sight is not None and sight.number != self._answers:
            self._answers, heard = sight.number, sight.seen
        before = self._state
        after, notices = watch(before, now_us, heard, self._districts)
        # every one must be tried, so no shortcut
        reached = [self._tell(notice) for notice in notices]
        # of what reached nobody they are told again at the next look
        self._state = after if all(reached) else structs.replace(before, answered_us=after.answered_us)
        write_status(self._status, self._state, now_us, len(self._officers))

    def _tell(self, notice: Notice) -> bool:
        """Text everybody on duty; whether it reached anybody."""
        results = [self._send(officer, text_of(notice, self._city, officer.language)) for officer in self._officers]
        failed = [result.reason for result in results if result.state == "failed"]
        about = ", ".join(notice.districts) or "the store"
        tell = log.warning if notice.what in ("silent", "store_away") else log.info
        tell(
            "%s: %s; %d texts to the duty officers through %s, %d failed", notice.what, about, len(results), self._channel.name, len(failed)
        )
        if failed:
            log.error("not reached: %s", ", ".join(sorted(set(failed))))
        return len(failed) < len(results)

    def _send(self, officer: Officer, text: str) -> SendResult:
        try:
            return self._channel.send(officer.phone, text)
        except Exception as error:  # whatever one text does, the others go out; its words could hold a number
            return SendResult("failed", type(error).__name__)
