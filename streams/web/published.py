"""What the city has published: the alerts of its released orders, made once for as long as their incident does not change."""

from __future__ import annotations

import logging
from collections.abc import Sequence

import msgspec
from sqlalchemy import Engine

from streams.alerts.alert import Alert
from streams.alerts.check import check
from streams.alerts.compose import AlertError
from streams.alerts.drill import status_of
from streams.alerts.thread import threads_of
from streams.city.model import City, LowPoint, Zone
from streams.rules.outputs import Order
from streams.store.incidents import Mark, incident_with, marks_since, orders_of

log = logging.getLogger(__name__)


class Published(msgspec.Struct, frozen=True):
    """Alerts that went out, and how many released orders could not: each of those is in the log with what is wrong with it."""

    alerts: tuple[Alert, ...] = ()
    withheld: int = 0


class _Thread(msgspec.Struct, frozen=True):
    mark: Mark
    published: Published


class Press:
    """Makes the alerts of one city from the store."""

    def __init__(self, city: City):
        self._city, self._status = city, status_of(city, drill=city.drill)
        self._points = {point.low_point_id: point for point in city.low_points}
        self._zones = {zone.zone_id: zone for zone in city.zones}
        self._threads: dict[str, _Thread] = {}

    def latest(self, engine: Engine, since_us: int) -> Published:
        """All alerts of the incidents of which anything was told since then; not for several threads at once."""
        marks = marks_since(engine, since_us)
        kept = {name: thread for name, thread in self._threads.items() if thread.mark == marks.get(name)}
        changed = sorted(marks.keys() - kept.keys())
        orders = orders_of(engine, changed) if changed else {}
        # under the mark that was read first: what changed meanwhile is seen to have changed the next time
        made = {name: _Thread(marks[name], self.thread(orders.get(name, ()))) for name in changed}
        self._threads = kept | made
        threads = [self._threads[name].published for name in sorted(marks)]
        return Published(tuple(alert for one in threads for alert in one.alerts), sum(one.withheld for one in threads))

    def find(self, engine: Engine, identifier: str) -> Alert | None:
        """An alert of whatever age; None where no such order was ever released, or it could not be told as an alert."""
        published = self.thread(incident_with(engine, identifier), quiet=True)
        return next((alert for alert in published.alerts if alert.identifier == identifier), None)

    def thread(self, orders: Sequence[Order], quiet: bool = False) -> Published:
        """The alerts of one incident. One with a fault is left out, and the next refers to the one that went out before it."""
        try:
            alerts = list(threads_of(self._city, orders, self._place, self._status))
        except (AlertError, KeyError, ValueError):
            return self._sound(orders, quiet)
        return self._sound(orders, quiet) if any(self._faults(alert) for alert in alerts) else Published(tuple(alerts))

    def _sound(self, orders: Sequence[Order], quiet: bool) -> Published:
        """The same, one order after the other, to find those that cannot be told."""
        good: list[Order] = []
        alerts: list[Alert] = []
        withheld = 0
        for order in orders:
            try:
                found = list(threads_of(self._city, [*good, order], self._place, self._status))
            except (AlertError, KeyError, ValueError) as error:
                faults = [f"{type(error).__name__}: {error}"]
            else:
                faults = self._faults(found[-1]) if len(found) > len(alerts) else []
            if not faults:
                good.append(order)
                alerts = found
                continue
            withheld += 1
            if not quiet:
                log.error("%s is not published: %s", order.identifier, "; ".join(faults))
        return Published(tuple(alerts), withheld)

    def _faults(self, alert: Alert) -> list[str]:
        """A live city's feed is the live path: nothing but what is for real may enter it (law 7)."""
        return check(alert, live=self._city.public.live)

    def _place(self, order: Order) -> LowPoint | Zone:
        return self._points.get(order.low_point) or self._zones[order.zones[0]]
