"""A report is dated by the wall clock, or by the storm that a simulated city plays; a store that is away stops nobody."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from streams import clock
from streams.observation.moments import MINUTE_US
from streams.reports.moment import moment_of
from streams.store.engine import open_store
from tests.streams.desk.town import Site, signed_town
from tests.streams.towns import us


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_store(f"sqlite:///{tmp_path / 'store.db'}")
    yield engine
    engine.dispose()


def test_a_storm_that_is_played_dates_what_is_reported(engine: Engine) -> None:
    city = signed_town(simulated=True)
    site = Site(engine, city)
    try:
        site.now_us = clock.now_us()
        site.flood(0.45, 0.2)
        assert us(140) <= moment_of(city, lambda: engine)() < us(140) + 5 * MINUTE_US
    finally:
        site.desk.close()


def test_a_city_that_is_live_goes_by_the_wall_clock_and_asks_nobody(engine: Engine) -> None:
    assert clock.now_us is moment_of(signed_town(), lambda: engine)


def test_a_store_that_is_away_leaves_the_wall_clock() -> None:
    def away() -> Engine:
        raise OperationalError("", None, Exception("away"))

    before_us = clock.now_us()
    assert before_us <= moment_of(signed_town(simulated=True), away)() <= clock.now_us()
