"""What is known around reports is read as it is known: what nobody measured is unknown, and what is doubted is no proof."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from streams.observation.moments import MINUTE_US
from streams.reports.around import Surroundings
from streams.reports.ground import Ground
from streams.reports.triage.around import Around
from streams.reports.triage.weigh import weigh
from streams.store.engine import open_store
from tests.streams.desk.test_reports import owned, report
from tests.streams.desk.town import Site, signed_town
from tests.streams.reports.kept import keep
from tests.streams.towns import depths, rain, us

DEMO = Path(__file__).resolve().parents[3] / "config" / "cities" / "demo"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    engine = open_store(f"sqlite:///{tmp_path / 'store.db'}")
    site = Site(engine, owned(signed_town()))
    yield site
    site.desk.close()
    engine.dispose()


def around(site: Site, *, low_point: str | None = "P0", seen_us: int | None = None, lat: float = 34.7) -> Around:
    told = report(0, low_point=low_point, lat=lat, observed_us=site.now_us - MINUTE_US if seen_us is None else seen_us)
    return Surroundings(site.city, site.engine, site.now_us, Ground(site.city.folder)).of([told])


def test_what_nobody_has_said_is_unknown(site: Site) -> None:
    found = around(site)
    assert (None, None, None, None, (), None) == (
        found.rain_mm_30min,
        found.depth_m,
        found.level,
        found.chance,
        found.neighbours_m,
        found.hollow,
    )
    assert found.at_low_point


def test_the_points_own_sensor_the_rain_and_the_neighbours_are_read(site: Site) -> None:
    site.flood(0.45, 0.2)
    found = around(site)
    assert (0.45, 3, False, (0.2,), 2.0) == (found.depth_m, found.level, found.doubted, found.neighbours_m, found.rain_mm_30min)


def test_a_report_that_is_older_is_held_against_what_was_then(site: Site) -> None:
    site.log.hear([*rain(0, 2), *depths("S0", [0.0, *[0.45] * 25], start_s=1)], until_s=1600)
    site.log.hear(depths("S0", [0.0] * 25, start_s=1700), until_s=3300)
    site.now_us = us(3300)
    assert 0.45 == around(site, seen_us=us(900)).depth_m
    assert 0.0 == around(site).depth_m


def test_a_sensor_that_is_doubted_proves_nothing(site: Site) -> None:
    site.log.hear(depths("S0", [0.0, 0.0, 0.0, 1.4], start_s=1), until_s=241)
    site.now_us = us(241)
    assert around(site).doubted
    assert not {"sensor_agrees", "sensor_dry", "sensor_differs"} & {one.code for one in weigh([report(0)], around(site)).reasons}


def test_where_no_gauge_speaks_it_is_not_known_whether_it_rains(site: Site) -> None:
    site.log.hear(depths("S0", [0.0, 0.0, 0.0], start_s=1), until_s=181)
    site.now_us = us(181)
    assert None is around(site).rain_mm_30min
    site.log.hear(rain(182, 1, 0.0), until_s=300)
    site.now_us = us(300)
    assert 0.0 == around(site).rain_mm_30min


def test_another_place_is_no_neighbour_of_itself_and_takes_the_rain_of_the_nearest_district(site: Site) -> None:
    site.flood(0.45, 0.2)
    found = around(site, low_point=None, lat=34.704)
    assert not found.at_low_point
    assert [0.2, 0.45] == sorted(found.neighbours_m)
    assert 2.0 == found.rain_mm_30min


def test_who_reported_elsewhere_and_what_was_hidden_before_is_found(site: Site) -> None:
    keep(site.engine, report(7, device="device0", group_id="r7", state="hidden", low_point=None, lat=34.73))
    found = around(site)
    assert (frozenset({"r0"}), 1, 0) == (found.far, found.hidden_before, found.accepted_before)


def test_the_terrain_says_whether_a_place_is_a_hollow_where_it_reaches() -> None:
    from streams.city.load import load_city

    ground, point = Ground(str(DEMO)), load_city(DEMO).low_points[0]
    assert ground.is_hollow(point.lon, point.lat)
    assert None is ground.is_hollow(0.0, 0.0)
    assert None is Ground("/nowhere").is_hollow(point.lon, point.lat)
