"""Tells subscribers of roads when theirs goes under water, gets worse, and when it is over. Runs beside the sender.

It keeps nothing: what was told is in the outbox, under a key of the change, so that any number may run at once and each may die.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping

from sqlalchemy import Engine

from streams import clock
from streams.alerts.drill import status_of
from streams.city.model import City
from streams.observation.moments import HOUR_US, MINUTE_US
from streams.store.patience import comes_back
from streams.store.queries import districts_heard
from streams.store.subscriptions import subscribed_roads
from streams.store.subscriptions_notices import GOOD_FOR_US, RoadChange, late_ends, road_changes, write_change
from streams.subscribers.texts import over_texts, road_texts
from streams.web.freshness import freshness

log = logging.getLogger(__name__)

EVERY_S = 2.0
OLDEST_US = 10 * MINUTE_US
"""What is older is no news: after an outage nobody is texted what was."""
OLDEST_END_US = 24 * HOUR_US
"""But that it is over is told to everybody who was warned, however long the outage (law 5)."""


class Notifier:
    """Looks for changes of roads that somebody has subscribed to, and writes them into the outbox.

    Parameters
    ----------
    now_us
        Gives the time, in microseconds since 1970 UTC.
    """

    def __init__(self, engine: Engine, city: City, now_us: Callable[[], int] = clock.now_us):
        self._engine, self._city, self._now_us = engine, city, now_us
        self._points = {point.low_point_id: point for point in city.low_points}
        self._status = status_of(city, drill=city.drill)

    def turn(self) -> int:
        """Tell what is new; how many texts were written."""
        roads = subscribed_roads(self._engine) & self._points.keys()
        if not roads:
            return 0
        now_us = self._now_us()
        log_us = freshness(self._city, {row.district: row for row in districts_heard(self._engine)}, now_us).log_us
        written = 0
        for change in late_ends(self._engine, roads, log_us - OLDEST_END_US, log_us - OLDEST_US):
            written += write_change(self._engine, change, self._texts, self._status, now_us, now_us + GOOD_FOR_US)
        for change in road_changes(self._engine, roads, log_us - OLDEST_US):
            # log time may be that of a storm of another day: ages are the same in both
            at_us = now_us - max(0, log_us - change.issued_us)
            written += write_change(self._engine, change, self._texts, self._status, at_us, at_us + GOOD_FOR_US)
        if written:
            log.info("%d texts to subscribers of roads", written)
        return written

    def run(self, stop: threading.Event) -> None:
        """Take turns until told to stop; a store that is away comes back."""
        while not stop.wait(EVERY_S):
            try:
                self.turn()
            except Exception as error:
                # the kind alone: its words may quote what was written (law 10)
                level = logging.WARNING if comes_back(error) else logging.ERROR
                log.log(level, "subscribers could not be told (%s); trying again", type(error).__name__)

    def _texts(self, change: RoadChange) -> Mapping[str, str]:
        point = self._points[change.low_point]
        if change.level == 0:
            return over_texts(self._city, point, change.issued_us)
        return road_texts(self._city, point, change.level, change.basis, change.unconfirmed, change.issued_us)
