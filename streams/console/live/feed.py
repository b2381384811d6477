"""One feed for all clients: threads look at the store, one makes versions of what they saw. The event loop does neither."""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine

from streams import clock
from streams.city.model import City
from streams.console.live.beat import Beat
from streams.console.live.bell import Bell
from streams.console.live.entities import Maker
from streams.console.live.look import BesideLook, OrdersLook, WaterLook
from streams.console.live.says import Beside, Orders, Says, Water
from streams.console.live.versions import Versions
from streams.console.live.watch import Watch
from streams.web.freshness import freshness

log = logging.getLogger(__name__)

WATER_EVERY_S = 0.15
ORDERS_EVERY_S = 0.25
BESIDE_EVERY_S = 1.0
WATER_PATIENCE_S = 5.0
ORDERS_PATIENCE_S = 15.0
BESIDE_PATIENCE_S = 60.0
"""What is dear may take longer without anybody thinking that the store is away."""
AGING_S = 1.0
"""So often a state is made even if nothing was said: silence changes what is known."""
STEP_S = 0.2
"""How soon it notices that it is to stop, or that the store has not answered for too long."""
JOIN_S = 2.0


class Feed:
    """Versions of what the store says, for everybody who follows.

    Parameters
    ----------
    opened
        Gives the store, raising the database's error where it is away: `OpenedOnce(url)`, or an engine that is there already.
    stop
        Ends the feed and all its clients: the server's own.
    now_us
        The wall clock.
    close
        Called when its threads have let go of the store.
    """

    def __init__(
        self,
        city: City,
        opened: Callable[[], Engine],
        stop: threading.Event,
        now_us: Callable[[], int] = clock.now_us,
        close: Callable[[], None] = lambda: None,
    ):
        self._city, self._stop, self._now_us, self._close = city, stop, now_us, close
        self.versions = Versions(secrets.token_hex(6))
        self.bell = Bell()
        self._maker = Maker(city)
        self._threads: list[threading.Thread] = []
        self._said = threading.Condition()
        self._new = False
        self._water: Water | None = None
        self._orders: Orders | None = None
        self._beside: Beside | None = None
        self.watches: tuple[Watch[Any], ...] = (
            Watch("water", opened, WaterLook(city), self._take_water, WATER_EVERY_S, WATER_PATIENCE_S),
            Watch("orders", opened, OrdersLook(city), self._take_orders, ORDERS_EVERY_S, ORDERS_PATIENCE_S),
            Watch("beside", opened, BesideLook(), self._take_beside, BESIDE_EVERY_S, BESIDE_PATIENCE_S),
        )
        self._beat = Beat(freshness(city, {}, now_us()), clock.monotonic_s(), away=True)

    @property
    def ended(self) -> bool:
        """Whether it was told to stop."""
        return self._stop.is_set()

    def start(self) -> None:
        """Begin; whoever follows is woken when there is something new."""
        self._threads = [watch.start(self._stop) for watch in self.watches]
        self._threads.append(threading.Thread(target=self._run, name="live-versions", daemon=True))
        self._threads[-1].start()

    def join(self, patience_s: float = JOIN_S) -> None:
        """Wait until its threads have let go of the store, after it was told to stop; not for long: one may hang with the database."""
        until_s = clock.monotonic_s() + patience_s
        for thread in self._threads:
            thread.join(max(0.0, until_s - clock.monotonic_s()))
        self._close()

    def beat(self) -> Beat:
        """How old the data is, as of at most a moment ago."""
        return self._beat

    def _take_water(self, water: Water) -> None:
        self._water = water
        self._tell()

    def _take_orders(self, orders: Orders) -> None:
        self._orders = orders
        self._tell()

    def _take_beside(self, beside: Beside) -> None:
        self._beside = beside
        self._tell()

    def _tell(self) -> None:
        with self._said:
            self._new = True
            self._said.notify()

    def _run(self) -> None:
        made_s = float("-inf")
        while not self._stop.is_set():
            with self._said:
                self._said.wait_for(lambda: self._new or self._stop.is_set(), STEP_S)
                new, self._new = self._new, False
            now_s = clock.monotonic_s()
            if new or now_s - made_s >= AGING_S or self._away() != self._beat.away:
                try:
                    self._make()
                except Exception:  # this thread must outlive a fault; the age that clients are told goes on growing
                    log.exception("no version could be made")
                made_s = now_s
        self.bell.ring()  # for those who are to go

    def _away(self) -> bool:
        return any(watch.away for watch in self.watches)

    def _make(self) -> None:
        water, orders, beside, now_us = self._water, self._orders, self._beside, self._now_us()
        before = self._beat
        fresh = freshness(self._city, water.heard if water else {}, now_us)
        beat = Beat(fresh, clock.monotonic_s(), self._away())
        changed = False
        # the first version waits for all parts: a snapshot is the whole truth
        if water is not None and orders is not None and beside is not None:
            changed = self.versions.advance(self._maker.state(Says(water, orders, beside), fresh, now_us))
        self._beat = beat
        if changed or beat.mood != before.mood:
            self.bell.ring()
