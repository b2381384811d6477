"""The depth of a group is of what was seen last: older reports argue no newer ones away, and a flood is not hidden behind an address."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.city.model import Reporting
from streams.observation.moments import MINUTE_US
from streams.reports.report import Report
from streams.reports.rule import SCORE_FROM, accepts
from streams.reports.triage.apart import AT_ONCE_US
from streams.reports.triage.depth import DIFFER_M, depth_now, group_depth
from streams.reports.triage.weigh import ONE_SOURCE_AT_MOST, weigh
from tests.streams.reports.triage.made import NOW_US, around, likeness, report

WORDS = st.sampled_from(["dry", "ankle", "hub", "knee", "thigh", "bonnet"])
SAID = st.lists(st.tuples(st.integers(0, 120), WORDS), min_size=1, max_size=12)


def said(number: int, minutes_ago: float, word: str, **changes: Any) -> Report:
    return report(number, depth=word, observed_us=NOW_US - round(minutes_ago * MINUTE_US), **changes)


def pictured(number: int, minutes_ago: float, word: str, **changes: Any) -> Report:
    return said(number, minutes_ago, word, likeness=likeness(number), **changes)


RISING = [*[said(n, 60 - 9 * n, "ankle") for n in range(6)], *[said(10 + n, 3 - n, "thigh") for n in range(3)]]


def test_rising_water_is_not_argued_away_by_the_groups_older_reports() -> None:
    weight = weigh(RISING, around(rain_mm_30min=20.0))
    assert weight.depth is not None
    assert (0.70, {}) == (weight.depth.depth_m, weight.apart)
    assert {"depth_m": 0.10} in [reason.figures for reason in weight.reasons if reason.code == "depth_before"]


@given(SAID, WORDS)
def test_who_sees_the_water_now_stands_apart_by_nothing_that_was_seen_before(older: list[tuple[int, str]], word: str) -> None:
    before = [said(n, 1.1 * AT_ONCE_US / MINUTE_US + ago, one) for n, (ago, one) in enumerate(older)]
    assert "r99" not in weigh([*before, said(99, 0, word)], around()).apart


@given(SAID, WORDS)
def test_a_newer_deeper_report_never_leaves_the_group_shallower(older: list[tuple[int, str]], word: str) -> None:
    """Sources that say the same of the same time, after all that was said before."""
    before = [said(n, 16 + ago, one) for n, (ago, one) in enumerate(older)]
    newest = said(99, 0, word)
    found = depth_now([*before, newest])
    assert found is not None and newest.depth_m is not None
    assert found.depth_m >= newest.depth_m


def test_one_who_says_dry_takes_back_nothing_that_others_saw_within_half_an_hour() -> None:
    found = depth_now([*[said(n, 20, "thigh") for n in range(3)], said(9, 0, "dry")])
    assert found is not None
    assert 0.70 == found.depth_m


def test_falling_water_is_told_once_more_say_so_than_before_or_half_an_hour_has_gone() -> None:
    high = [said(n, 20, "thigh") for n in range(3)]
    low = [said(10 + n, n / 2, "ankle") for n in range(4)]
    later = [said(20 + n, 40, "thigh") for n in range(6)]
    for group in ([*high, *low], [*later, *low[:1]]):
        weight = weigh(group, around())
        assert weight.depth is not None
        assert (0.10, {}) == (weight.depth.depth_m, weight.apart)


def test_a_depth_that_one_source_alone_names_is_worth_no_more_than_one_source() -> None:
    honest = [pictured(n, 20 + n, "ankle") for n in range(6)]
    weight = weigh([*honest, pictured(9, 0, "bonnet")], around(rain_mm_30min=20.0))
    assert weight.depth is not None
    assert (0.85, True) == (weight.depth.depth_m, weight.depth.alone)
    assert "depth_of_one" in {reason.code for reason in weight.reasons}
    assert weight.score <= ONE_SOURCE_AT_MOST < SCORE_FROM < weigh(honest, around(rain_mm_30min=20.0)).score


@pytest.mark.parametrize("ago", [16, 25, 40])
def test_old_pictures_let_the_rule_accept_no_new_depth(ago: int) -> None:
    old = [pictured(n, ago, "ankle") for n in range(3)]
    known = around(rain_mm_30min=20.0)
    for shown, accepted in ((None, False), (0, False), (10, True)):  # none, those of the old ones again, their own
        new = [said(10 + n, 0, "thigh", likeness=None if shown is None else likeness(shown + n)) for n in range(3)]
        assert accepted == accepts(Reporting(3), weigh([*old, *new], known), training=False)


def test_where_the_half_hour_agrees_all_its_voices_and_pictures_count() -> None:
    weight = weigh([pictured(n, 9 * n, "knee") for n in range(3)], around(rain_mm_30min=20.0))
    assert weight.depth is not None
    assert (0.48, 3, 3) == (weight.depth.depth_m, weight.depth.voices, weight.photo_sources)
    assert accepts(Reporting(3), weight, training=False)


NAT = [*[said(n, 1, "thigh", address="nat") for n in range(4)], *[said(10 + n, 1, "dry", address="nat") for n in range(5)]]


def test_behind_one_address_a_flood_is_not_outvoted_by_those_who_say_dry_and_it_is_told_that_they_differ() -> None:
    weight = weigh(NAT, around())
    assert weight.depth is not None
    assert (0.70, 0.70, 1) == (weight.depth.depth_m, weight.depth.within_m, weight.depth.voices)
    assert {"metres": 0.7} in [reason.figures for reason in weight.reasons if reason.code == "source_differs"]
    assert weight.score <= ONE_SOURCE_AT_MOST


@given(st.integers(1, 5), st.integers(0, 60), st.sampled_from(["hub", "knee", "thigh", "bonnet"]))
def test_any_number_that_says_dry_behind_an_address_hides_no_water_there(deep: int, dry: int, word: str) -> None:
    own = [said(n, 1, word, address="nat") for n in range(deep)]
    found, alone = group_depth([*own, *[said(100 + n, 1, "dry", address="nat") for n in range(dry)]]), group_depth(own)
    assert found is not None and alone is not None
    assert alone.depth_m == found.depth_m


def test_who_looks_again_has_the_last_word_of_their_device() -> None:
    found = group_depth([said(0, 5, "thigh"), said(1, 2, "ankle", device="device0")])
    assert found is not None
    assert (0.10, 0.0) == (found.depth_m, found.within_m)


def test_people_who_are_off_by_a_hand_dispute_nothing() -> None:
    found = group_depth([said(n, 1, word, address="nat") for n, word in enumerate(["hub", "knee", "knee"])])
    assert found is not None
    assert (0.48, False) == (found.depth_m, found.is_disputed)
    assert found.within_m <= DIFFER_M


def test_one_who_contradicts_behind_an_honest_address_leaves_the_group_to_a_person() -> None:
    honest = [pictured(n, 1, "knee") for n in range(3)]
    known = around(rain_mm_30min=20.0)
    assert accepts(Reporting(3), weigh(honest, known), training=False)
    weight = weigh([*honest, said(9, 1, "bonnet", address="address0"), said(8, 1, "dry", address="address0")], known)
    assert not accepts(Reporting(3), weight, training=False)
    assert "depths_agree" not in {reason.code for reason in weight.reasons}


@pytest.mark.parametrize("more", range(1, 9))
def test_more_who_agree_with_a_sensor_never_make_of_it_a_contradiction(more: int) -> None:
    known = around(depth_m=0.60, depth_age_s=30.0)
    codes = [{reason.code for reason in weigh([said(n, 1, "knee") for n in range(count)], known).reasons} for count in (1, more)]
    assert [True, True] == ["sensor_agrees" in some for some in codes]
