"""The moment at which a report is received: the wall clock's, but where a simulated city plays a storm of another day."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from streams import clock
from streams.city.model import City
from streams.store.queries import districts_heard
from streams.web.freshness import freshness


def moment_of(city: City, opened: Callable[[], Engine]) -> Callable[[], int]:
    """Tells the moment, by the storm's own time while one is played: reports of today would be of no storm there.

    Where the store does not answer it is the wall clock's: nobody is kept from a form by that.
    """
    if not city.simulated:
        return clock.now_us

    def now_us() -> int:
        wall_us = clock.now_us()
        try:
            heard = {row.district: row for row in districts_heard(opened())}
        except SQLAlchemyError:
            return wall_us
        return freshness(city, heard, wall_us).now_us

    return now_us
