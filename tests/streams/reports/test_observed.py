"""What an accepted report becomes: of each source the newest that saw the water, with a picture of that time alone."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.city.model import Station
from streams.observation.moments import MINUTE_US, SECOND_US, to_text
from streams.reports.observed import PICTURE_US, Observed, minutes_left, observations_of
from streams.reports.report import Report
from streams.reports.triage.sources import sources_of
from streams.rules.limits import REPORT_US
from tests.streams.reports.triage.made import NOW_US, likeness, report

STATION = Station("Q0", "reports", 86_400.0, "P0", owner="hotline")


def seen(number: int, minutes_ago: float, word: str = "knee", pictured: bool = False, **changes: Any) -> Report:
    own = {"picture": f"{number:064x}", "likeness": likeness(number)} if pictured else {}
    return report(number, depth=word, observed_us=NOW_US - round(minutes_ago * MINUTE_US), **own, **changes)


def observed(*reports: Report, depth_m: float = 0.48) -> list[Observed]:
    return observations_of(reports, depth_m, lambda _: STATION)


def test_the_newest_of_a_source_is_its_observation_whoever_had_a_picture_before() -> None:
    group = [seen(0, 35, pictured=True, address="nat"), *[seen(n, 1, address="nat") for n in range(1, 20)]]
    (one,) = observed(*group)
    line = msgspec.json.decode(one.line)
    assert (to_text(NOW_US - MINUTE_US), None) == (line["time"], line.get("image"))
    assert 29 == one.minutes_left(NOW_US)


@pytest.mark.parametrize(("apart_us", "shown"), [(0, True), (PICTURE_US, True), (PICTURE_US + 1, False)])
def test_a_picture_goes_with_an_observation_of_its_own_time(apart_us: int, shown: bool) -> None:
    first = msgspec.structs.replace(seen(0, 0, pictured=True, address="nat"), observed_us=NOW_US - apart_us)
    (one,) = observed(first, seen(1, 0, address="nat"))
    assert shown == ("image" in msgspec.json.decode(one.line))


@given(st.lists(st.tuples(st.integers(0, 90), st.integers(0, 3), st.booleans()), min_size=1, max_size=12))
def test_each_source_has_one_observation_and_none_is_older_than_its_newest_report(rows: list[tuple[int, int, bool]]) -> None:
    group = [seen(n, ago, pictured=pictured, device="", address=f"a{whose}") for n, (ago, whose, pictured) in enumerate(rows)]
    numbers = sources_of(group)
    newest = {number: max(one.observed_us for one, own in zip(group, numbers, strict=True) if own == number) for number in numbers}
    assert sorted(newest.values()) == sorted(one.observed_us for one in observed(*group))


def test_who_named_another_depth_than_the_accepted_one_is_no_witness_of_it() -> None:
    group = [*[seen(n, 20, "ankle") for n in range(3)], *[seen(10 + n, 1, "thigh") for n in range(2)]]
    assert ["r10", "r11"] == [one.report for one in observed(*group, depth_m=0.70)]


def test_where_nobody_named_the_accepted_depth_whoever_accepts_knows_better() -> None:
    assert 3 == len(observed(*[seen(n, 1, "ankle") for n in range(3)], depth_m=1.5))


@given(st.integers(0, 90 * 60 * SECOND_US))
def test_minutes_are_left_exactly_as_long_as_the_rules_hear_it(age_us: int) -> None:
    left = minutes_left(NOW_US - age_us, NOW_US)
    assert (age_us < REPORT_US) == (left > 0)
    assert left * MINUTE_US >= min(REPORT_US - age_us, left * MINUTE_US) > (left - 1) * MINUTE_US or left == 0
