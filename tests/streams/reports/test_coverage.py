"""A place is proposed where enough people who have nothing to do with each other report water and no low point is; nowhere else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from streams.city.load import load_city
from streams.cli.reports import reports
from streams.observation.moments import HOUR_US
from streams.reports.coverage import LEAST_SOURCES, MOST_WEIGHED, Proposal, _places, _plane, collection, features, proposals
from streams.reports.grouping import NEAR_M
from streams.reports.report import Report
from streams.store.engine import open_store
from tests.streams.reports.kept import keep
from tests.streams.reports.triage.made import NOW_US
from tests.streams.reports.triage.made import report as made
from tests.streams.towns import METRES, town

CITY = town(2)
LON, LAT = 113.62, 34.73
"""Some kilometres from both of its points."""


def report(number: int, **changes: Any) -> Report:
    return made(number, **{"low_point": None, "lon": LON, "lat": LAT, **changes})


def found(*some: Report, score: float = 0.8) -> list[Proposal]:
    return proposals(CITY, some, lambda _: score)


def test_three_sources_at_one_place_are_enough() -> None:
    (proposal,) = found(*[report(n, lat=LAT + 30 * n * METRES) for n in range(3)])
    assert (3, 3, 1, 0.48) == (proposal.reports, proposal.sources, proposal.storms, proposal.depth_m)


@pytest.mark.parametrize(
    "some",
    [
        [report(n) for n in range(2)],
        [report(n, device="one") for n in range(30)],
        [report(n, address="one") for n in range(30)],
        [report(n, state="hidden") for n in range(5)],
        [report(n, training=True) for n in range(5)],
        [report(n, low_point="P0") for n in range(5)],
        [report(n, lon=None) for n in range(5)],
        [report(n, place_error_m=4000.0) for n in range(5)],
        [report(n, lat=LAT + 400 * n * METRES) for n in range(5)],
        [report(n, lon=113.6, lat=34.7 + 100 * METRES) for n in range(5)],
    ],
    ids=[
        "two",
        "one device",
        "one address",
        "hidden",
        "exercise",
        "of a low point",
        "no place",
        "one mast",
        "far apart",
        "beside a low point",
    ],
)
def test_less_is_not_enough(some: list[Report]) -> None:
    assert [] == found(*some)


def test_five_reports_of_two_sources_in_one_storm_are_enough_but_not_over_two_storms() -> None:
    five = [report(n, device=f"d{n % 2}", address=f"a{n % 2}") for n in range(5)]
    assert 1 == len(found(*five))
    parted = [msgspec.structs.replace(one, observed_us=NOW_US - (n % 2) * 24 * HOUR_US) for n, one in enumerate(five)]
    assert [] == found(*parted)


def test_what_is_not_believable_must_be_accepted_first() -> None:
    three = [report(n) for n in range(3)]
    assert [] == found(*three, score=0.3)
    assert 1 == len(found(*three[:2], report(2, state="accepted"), score=0.3))


def test_the_best_founded_comes_first() -> None:
    elsewhere = [report(10 + n, lon=LON + 0.01) for n in range(5)]
    accepted = [report(20 + n, lon=LON + 0.02, state="accepted") for n in range(3)]
    assert [3, 5, 3] == [one.reports for one in found(*[report(n) for n in range(3)], *elsewhere, *accepted)]


@given(st.lists(st.tuples(st.floats(-0.02, 0.02), st.floats(-0.02, 0.02)), min_size=1, max_size=30))
def test_every_report_counts_for_one_place_at_most_and_each_place_has_enough(places: list[tuple[float, float]]) -> None:
    some = [report(n, lon=LON + east, lat=LAT + north) for n, (east, north) in enumerate(places)]
    proposed = found(*some)
    assert sum(one.reports for one in proposed) <= len(some)
    assert all(one.sources >= LEAST_SOURCES for one in proposed)


def test_what_is_proposed_can_be_pasted_into_the_city(tmp_path: Path) -> None:
    proposed = found(*[report(n) for n in range(3)])
    point, station = features(CITY, proposed[0])
    told = collection(CITY, proposed)
    assert [point["properties"]] == [{k: v for k, v in one["properties"].items() if k != "evidence"} for one in told["features"]]
    (tmp_path / "city.toml").write_text('name = "T"\ntime_zone = "Asia/Shanghai"\ndistricts = ["D1"]\n', "utf-8")
    rows = {"low_points": told["features"], "stations": [station], "zones": [], "shelters": []}
    for name, own in rows.items():
        (tmp_path / f"{name}.geojson").write_bytes(msgspec.json.encode({"type": "FeatureCollection", "features": own}))
    city = load_city(tmp_path)
    assert (LON, LAT) == (city.low_points[0].lon, city.low_points[0].lat)
    assert city.stations[0].low_point_id == city.low_points[0].low_point_id


def test_the_command_tells_and_writes_what_the_store_says(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'store.db'}"
    engine = open_store(url)
    from streams import clock

    now_us = clock.now_us()
    city = Path(__file__).resolve().parents[3] / "config" / "cities" / "demo"
    point = load_city(city).low_points[0]
    place = {"lon": point.lon + 0.05, "lat": point.lat + 0.05, "made_us": now_us, "observed_us": now_us}
    keep(engine, *[report(n, **place, state="accepted") for n in range(3)])
    engine.dispose()
    out = tmp_path / "new.geojson"
    done = CliRunner().invoke(reports, ["coverage", "--city", str(city), "--store", url, "--out", str(out)])
    assert 0 == done.exit_code, done.output
    assert "3 reports of 3 sources in 1 storms, 3 accepted" in done.output
    assert 1 == len(msgspec.json.decode(out.read_bytes())["features"])


@given(st.lists(st.tuples(st.integers(-400, 400), st.integers(-400, 400)), max_size=30))
def test_the_place_with_most_others_around_it_goes_first(metres: list[tuple[int, int]]) -> None:
    some = [report(n, lon=LON + east * METRES, lat=LAT + north * METRES) for n, (east, north) in enumerate(metres)]
    left, expected = set(range(len(some))), []
    places = _plane(some) if some else np.empty((0, 2))
    near = [{at for at in left if np.hypot(*(places[at] - one)) <= NEAR_M} for one in places]
    while left:
        most = near[max(left, key=lambda at: (len(near[at] & left), -at))] & left
        left -= most
        expected.append([some[at] for at in sorted(most)])
    assert expected == _places(some)


def test_a_flood_that_thousands_report_is_weighed_in_little_room() -> None:
    import tracemalloc

    many, weighed = [report(n, device=f"d{n}", address=f"a{n}") for n in range(5000)], list[int]()
    tracemalloc.start()
    (proposal,) = proposals(CITY, many, lambda some: weighed.append(len(some)) or 0.8)
    _, most_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert ([MOST_WEIGHED], 5000, 5000) == (weighed, proposal.reports, proposal.sources)
    assert most_bytes < 50e6  # of every pair of them it was two gigabytes
