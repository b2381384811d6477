"""All that the stream tells of, by kind and id: what the store says at a moment, made into JSON, and anew only where it must be."""

from __future__ import annotations

from collections.abc import Callable

from streams.city.model import City
from streams.console.live.beside import account, duty, stations, system
from streams.console.live.says import Orders, Says
from streams.console.live.versions import State
from streams.console.live.water import Entities, Points, districts, warnings, zones
from streams.observation.moments import SECOND_US
from streams.web.freshness import Freshness

AGING_US = 10 * SECOND_US
"""So often it is looked whether a forecast has become too old to be told."""


class Maker:
    """Makes states of what the store says; no store, no clock. For one thread.

    A kind that stands on the same answers as the last time is the same object, so that who compares states sees it at once.
    """

    def __init__(self, city: City):
        self._city = city
        self._points = Points(city)
        self._made: dict[str, tuple[tuple[object, ...], Entities]] = {}

    def state(self, says: Says, fresh: Freshness, now_us: int) -> State:
        """Every entity at a moment of the wall clock: silence and age count too, not only what was said."""
        city, water, beside, silent = self._city, says.water, says.beside, fresh.silent
        spoken = frozenset(water.districts)
        # a forecast gets too old without anybody saying anything
        moment = fresh.now_us // AGING_US
        return {
            "point": self._once("point", (water, beside.then, silent, moment), lambda: self._points.entities(water, beside.then, fresh)),
            "order": self._once("order", (says.orders,), lambda: orders(says.orders)),
            "zone": self._once("zone", (water.districts,), lambda: zones(water)),
            "district": self._once("district", (water, silent), lambda: districts(city, water, fresh)),
            "account": self._once("account", (beside,), lambda: account(beside.account)),
            "warning": self._once("warning", (water.warnings,), lambda: warnings(water)),
            "station": self._once("station", (beside, silent, spoken), lambda: stations(city, beside.stations, spoken, fresh)),
            "system": system(water, beside, now_us),
            "duty": self._once("duty", (beside,), lambda: duty(beside.duty)),
        }

    def _once(self, kind: str, of: tuple[object, ...], make: Callable[[], Entities]) -> Entities:
        made = self._made.get(kind)
        if made is None or not all(one is other or one == other for one, other in zip(made[0], of, strict=True)):
            made = self._made[kind] = (of, make())
        return made[1]


def orders(said: Orders) -> Entities:
    """Open orders by identifier."""
    return {view.identifier: view.model_dump_json().encode() for view in said.views}
