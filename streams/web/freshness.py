"""How old the data is, and which districts are silent: the screen tells its age (law 12)."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from streams.city.model import City
from streams.observation.moments import SECOND_US
from streams.store.queries import DistrictHeard

STALE_US = 60 * SECOND_US
"""Ticks come every 10 s: six that are missing are no accident."""


class Freshness(msgspec.Struct, frozen=True):
    """The age of the data.

    Attributes
    ----------
    data_us
        The newest log time, None where nothing has come yet.
    age_us
        How long ago the newest data was news.
    storm_time
        Whether log time is that of a storm played in a simulated city, far from the wall clock.
    now_us
        The moment from which the age of an observation counts: in storm time the log's own, which gets older too when nothing comes.
    silent
        Districts with low points of which nothing is known that is fresh enough.
    districts
        How many districts have low points.
    ages_us
        How long ago each of them that was ever heard was heard last, by its id.
    """

    data_us: int | None
    age_us: int
    storm_time: bool
    now_us: int
    silent: tuple[str, ...]
    districts: int
    ages_us: dict[str, int] = {}

    @property
    def stale(self) -> bool:
        """Whether nothing at all is fresh."""
        return self.data_us is None or self.age_us > STALE_US

    @property
    def log_us(self) -> int:
        """The moment of the log: a log whose clock is a little ahead of ours is believed."""
        return max(self.now_us, self.data_us or 0)


def freshness(city: City, heard: Mapping[str, DistrictHeard], now_us: int) -> Freshness:
    """The age of the data at a moment of the wall clock.

    Live, the age is that of the log time, so that a worker that is catching up on an hour does not look up to date. Where a simulated
    city plays a storm of another day, log time says nothing about age, and the moment at which the store heard of it counts instead.
    """
    with_points = {point.district_id for point in city.low_points}
    watched = [district for district in city.districts if district in with_points]
    known = {district: heard[district] for district in watched if district in heard}
    newest_us = max((row.up_to_us for row in known.values()), default=None)
    storm_time = city.simulated and newest_us is not None and abs(now_us - newest_us) > STALE_US
    ages_us = {district: _age_us(row, storm_time, now_us) for district, row in known.items()}
    age_us = min(ages_us.values(), default=0)
    return Freshness(
        data_us=newest_us,
        age_us=age_us,
        storm_time=storm_time,
        now_us=newest_us + age_us if storm_time and newest_us is not None else now_us,
        silent=tuple(district for district in watched if ages_us.get(district, STALE_US + 1) > STALE_US),
        districts=len(watched),
        ages_us=ages_us,
    )


def _age_us(row: DistrictHeard, storm_time: bool, now_us: int) -> int:
    written_us = max(0, now_us - row.written_us)
    return written_us if storm_time else max(written_us, now_us - row.up_to_us)
