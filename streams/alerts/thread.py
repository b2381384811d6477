"""The orders of incidents as the threads of alerts that the public sees."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from streams.alerts.alert import Alert, Status
from streams.alerts.compose import NothingToCancel, alert_of
from streams.city.model import City, LowPoint, Zone
from streams.rules.outputs import Order


def threads_of(city: City, orders: Iterable[Order], point_of: Callable[[Order], LowPoint | Zone], status: Status) -> Iterator[Alert]:
    """Yield an alert for each version that was released, each referring to the one that was published before it.

    Parameters
    ----------
    orders
        Each incident's in the order in which they were given out; what is told again of an order counts once, when it was released.
    point_of
        The low point that carries an order, or its zone; see `alert_of`.
    """
    zones = {zone.zone_id: zone for zone in city.zones}
    last: dict[str, Alert] = {}
    published: set[str] = set()
    for order in orders:
        if order.state != "released" or order.identifier in published:
            continue
        try:
            alert = alert_of(city, order, zones[order.zones[0]], point_of(order), last.get(order.incident), status)
        except NothingToCancel:  # its versions stayed drafts: nobody was told of it
            continue
        published.add(order.identifier)
        last[order.incident] = alert
        yield alert
