"""The demo's citizens: honest ones say what is true as people do, one in five reports is a lie, and each kind of lie is what it says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select

from streams.demo.citizens import LEAST_M, LIES_SHARE, Citizens, Said, Street
from streams.reports.triage.likeness import alike
from streams.store.engine import open_store
from streams.store.reports_schema import PICTURES, REPORTS
from tests.streams.towns import START_US, town

LASTS_S = 4 * 3600.0


def pond(second: float) -> float:
    """Comes within twenty minutes, stands at 60 cm, and goes after three hours."""
    return 0.6 * min(1.0, second / 1200.0) if second < 10800 else 0.0


STREETS = [Street(f"P{n}", 113.6, 34.7 + 0.03 * n, pond if n < 4 else lambda _: 0.0, f"P{n}" if n % 2 == 0 else None) for n in range(8)]


def said(seed: int = 1, share: float = LIES_SHARE) -> list[Said]:
    return Citizens(STREETS, START_US, LASTS_S, seed).reports(share)


@given(st.integers(0, 1000))
@settings(max_examples=20)
def test_one_report_in_five_is_a_lie_and_none_comes_before_it_is_seen(seed: int) -> None:
    some = said(seed)
    lies = sum(not one.honest for one in some)
    assert round(LIES_SHARE * len(some)) == pytest.approx(lies, abs=1)
    assert all(one.report.made_us >= one.report.observed_us for one in some)
    assert some == sorted(some, key=lambda one: (one.report.made_us, one.report.report))


@given(st.integers(0, 1000))
@settings(max_examples=20)
def test_who_is_honest_reports_water_that_is_there_about_as_deep_as_it_is(seed: int) -> None:
    for one in said(seed, 0.0):
        street = next(street for street in STREETS if street.name == one.street)
        true_m = street.depth((one.report.observed_us - START_US) / 1e6)
        assert true_m >= LEAST_M - 1e-6
        assert abs(true_m - (one.report.depth_m or 0.0)) < 0.5
        assert street.low_point == one.report.low_point


def test_equal_seeds_say_the_same_and_others_something_else() -> None:
    assert said(1) == said(1)
    assert said(1) != said(2)


def test_each_kind_of_lie_is_what_it_says() -> None:
    some = [one for seed in range(12) for one in said(seed)]
    kinds = {one.kind for one in some}
    assert {"honest", "one device", "one address", "copy", "everywhere", "wrong depth"} == kinds
    honest = {one.shot: one for one in some if one.honest and one.shot is not None}
    for seed in range(12):
        lies = [one for one in said(seed) if not one.honest]
        for one in lies:
            if one.kind == "one address":
                assert one.report.address.startswith("den")
            if one.kind in ("one device", "everywhere", "wrong depth"):
                assert one.report.device.startswith("liar")
            if one.kind == "copy":
                taken = next(other for other in said(seed) if other.honest and other.shot == one.shot)
                assert alike(str(taken.report.likeness), str(one.report.likeness))
                assert taken.street != one.street
    assert honest


def test_pictures_of_different_numbers_are_unlike_and_one_saved_again_is_alike() -> None:
    from streams.demo.citizens_photo import draw_photo
    from streams.pictures.intake import clean, take

    some = [take(draw_photo(number, 0.4), consent=False) for number in range(6)]
    assert 6 == len({one.picture for one in some})
    assert not any(alike(some[n].likeness, some[m].likeness) for n in range(6) for m in range(n))
    assert alike(some[0].likeness, take(clean(draw_photo(0, 0.4)), consent=False).likeness)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_store(f"sqlite:///{tmp_path / 'store.db'}")
    yield engine
    engine.dispose()


def test_what_they_say_goes_through_the_intake_with_its_pictures(engine: Engine, tmp_path: Path) -> None:
    from streams.demo.citizens_send import CitizensReport
    from streams.pictures.apart import Sheltered
    from streams.reports.reports import Reports

    city = town(8)
    some = [one for one in said() if one.honest][:4] + [one for one in said() if not one.honest][:2]
    truth = tmp_path / "truth.json"
    truth.write_text(
        '{"start":"2026-07-14T08:00:00Z","end":"2026-07-14T09:00:00Z","step_s":600,"low_points":{"P0":{"depth_m":[0,0.5]},'
        + ",".join(f'"P{n}":{{"depth_m":[0]}}' for n in range(1, 8))
        + "}}",
        "utf-8",
    )
    now_us = [START_US]
    reports = Reports(city, str(engine.url), tmp_path / "pictures", Sheltered(), now_us=lambda: now_us[0])
    try:
        citizens = CitizensReport(city, engine, truth, reports)
        for one in some:
            now_us[0] = one.report.made_us
            citizens.send(one)
    finally:
        reports.close()
    with engine.connect() as connection:
        assert len(some) == connection.scalar(select(func.count()).select_from(REPORTS))
        assert sum(one.shot is not None for one in some) == connection.scalar(select(func.count()).select_from(PICTURES))
        seen = set(connection.scalars(select(REPORTS.c.observed_us)))
    assert {one.report.observed_us for one in some} == seen
