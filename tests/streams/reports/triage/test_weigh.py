"""What a group is worth: of one source many lies are no more than one; what agrees raises the score, what speaks against lowers it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.city.model import Reporting
from streams.observation.moments import MINUTE_US
from streams.reports.depth import DepthWord, depth_of
from streams.reports.rule import SCORE_FROM, accepts
from streams.reports.triage.around import Around
from streams.reports.triage.depth import error_of, group_depth, weighted_median
from streams.reports.triage.reason import CODES
from streams.reports.triage.weigh import ONE_SOURCE_AT_MOST, weigh
from tests.streams.reports.triage.made import NOW_US, around, likeness, report

WORDS = st.sampled_from(["dry", "ankle", "hub", "knee", "thigh", "bonnet", ""])
AROUND = st.builds(
    Around,
    now_us=st.just(NOW_US),
    at_low_point=st.booleans(),
    hollow=st.none() | st.booleans(),
    rain_mm_30min=st.none() | st.floats(0, 100),
    depth_m=st.none() | st.floats(0, 2),
    depth_age_s=st.floats(0, 3000),
    doubted=st.booleans(),
    neighbours_m=st.lists(st.floats(0, 2), max_size=4).map(tuple),
    chance=st.none() | st.floats(0, 1),
    accepted_before=st.integers(0, 50),
)
LIES = st.lists(
    st.fixed_dictionaries(
        {
            "depth": WORDS,
            "likeness": st.none() | st.integers(0, 10**6).map(likeness),
            "place_by": st.sampled_from(["map", "plate", "position", ""]),
            "observed_us": st.integers(NOW_US - 90 * MINUTE_US, NOW_US),
            "taken_us": st.none() | st.integers(NOW_US - 90 * MINUTE_US, NOW_US),
        }
    ),
    min_size=1,
    max_size=40,
)


@given(LIES, AROUND, st.sampled_from(["device", "address"]), st.integers(3, 10))
def test_one_source_never_passes_the_rule_however_much_it_sends(lies: list[dict[str, Any]], known: Around, shared: str, from_: int) -> None:
    weight = weigh([report(n, **{**lie, shared: "liar"}) for n, lie in enumerate(lies)], known)
    assert weight.score <= ONE_SOURCE_AT_MOST < SCORE_FROM
    assert 1 == weight.sources
    assert not accepts(Reporting(from_), weight, training=False)


@given(LIES, LIES, AROUND)
def test_lies_of_one_source_add_no_source_to_true_reports(lies: list[dict[str, Any]], true: list[dict[str, Any]], known: Around) -> None:
    honest = [report(100 + n, **one) for n, one in enumerate(true)]
    liar = [report(n, **{**lie, "device": "liar", "address": "den"}) for n, lie in enumerate(lies)]
    alone, first, all_ = (weigh([*liar[:most], *honest], known) for most in (0, 1, None))
    assert alone.sources + 1 == first.sources == all_.sources
    assert alone.photo_sources + 1 >= all_.photo_sources
    assert alone.last_photo_sources + 1 >= all_.last_photo_sources


@given(LIES, AROUND)
def test_a_score_is_a_share_and_every_reason_has_words(lies: list[dict[str, Any]], known: Around) -> None:
    weight = weigh([report(n, **lie) for n, lie in enumerate(lies)], known)
    assert 0 <= weight.score <= 1
    for reason in weight.reasons:
        assert CODES[reason.code].format(**reason.figures)
    assert len(weight.reasons) == len({reason.code for reason in weight.reasons})


@given(AROUND, st.integers(1, 6))
def test_a_source_more_that_says_the_same_never_lowers_the_score(known: Around, sources: int) -> None:
    some, more = (weigh([report(n, likeness=likeness(n)) for n in range(count)], known) for count in (sources, sources + 1))
    assert some.score <= more.score + 1e-9


THREE = [report(n, likeness=likeness(n)) for n in range(3)]


@pytest.mark.parametrize(
    ("known", "code", "lowers"),
    [
        ({"rain_mm_30min": 30.0}, "rain", False),
        ({"rain_mm_30min": 0.0}, "no_rain", True),
        ({"depth_m": 0.45, "depth_age_s": 30.0}, "sensor_agrees", False),
        ({"depth_m": 0.0, "depth_age_s": 30.0}, "sensor_dry", True),
        ({"depth_m": 1.6, "depth_age_s": 30.0}, "sensor_differs", True),
        ({"neighbours_m": (0.0, 0.3)}, "neighbour_wet", False),
        ({"neighbours_m": (0.0, 0.0)}, "neighbours_dry", True),
        ({"chance": 0.8}, "forecast_likely", False),
        ({"chance": 0.0}, "forecast_unlikely", True),
        ({"copies": frozenset({likeness(1)})}, "copied", True),
        ({"far": frozenset({"r0", "r1", "r2"})}, "elsewhere", True),
        ({"accepted_here": 2}, "accepted_here", False),
        ({"hidden_before": 2}, "hidden_before", True),
        ({"accepted_before": 2}, "accepted_before", False),
        ({"at_low_point": False, "hollow": False}, "high_ground", True),
    ],
)
def test_what_is_known_around_moves_the_score_and_says_so(known: dict[str, Any], code: str, lowers: bool) -> None:
    plain, told = weigh(THREE, around()), weigh(THREE, around(**known))
    assert code in {reason.code for reason in told.reasons}
    assert lowers == (told.score < plain.score)


@pytest.mark.parametrize("known", [{"rain_mm_30min": None}, {"depth_m": 0.0, "depth_age_s": 30.0, "doubted": True}, {"depth_m": None}])
def test_what_is_unknown_or_doubted_speaks_neither_for_nor_against(known: dict[str, Any]) -> None:
    assert weigh(THREE, around()) == weigh(THREE, around(**known))


def test_no_rain_is_not_held_against_who_says_that_it_is_dry() -> None:
    dry = [report(n, depth="dry") for n in range(3)]
    assert "no_rain" not in {reason.code for reason in weigh(dry, around(rain_mm_30min=0.0)).reasons}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"observed_us": NOW_US - 80 * MINUTE_US}, "old"),
        ({"taken_us": NOW_US - 300 * MINUTE_US}, "photo_old"),
        ({"taken_us": NOW_US - 6 * MINUTE_US}, "photo_fresh"),
        ({"taken_lon": 113.7, "taken_lat": 34.7}, "photo_elsewhere"),
        ({"taken_lon": 113.6001, "taken_lat": 34.7}, "photo_here"),
        ({"place_by": "plate"}, "place_sure"),
        ({"place_error_m": 900.0}, "place_vague"),
        ({"low_point": None, "lon": None, "lat": None}, "place_unknown"),
    ],
)
def test_what_a_report_says_of_itself_is_a_reason(changes: dict[str, Any], code: str) -> None:
    assert code in {reason.code for reason in weigh([report(0, **changes)], around()).reasons}


@given(st.lists(st.sampled_from(["ankle", "hub", "knee", "thigh"]), min_size=3, max_size=9), st.integers(1, 60))
def test_who_reports_often_has_one_voice_in_the_depth(words: list[str], often: int) -> None:
    honest = [report(100 + n, depth=word) for n, word in enumerate(words)]
    once, many = (group_depth([*honest, *[report(n, depth="bonnet", device="liar", address="den") for n in range(n)]]) for n in (1, often))
    assert once == many


@given(st.lists(st.tuples(st.floats(0, 2), st.floats(0.1, 10)), min_size=1, max_size=20))
def test_at_most_half_of_the_weight_lies_on_either_side_of_the_median(rows: list[tuple[float, float]]) -> None:
    values, weights = np.array(rows).T
    middle = weighted_median(values, weights)
    assert weights[values < middle - 1e-12].sum() <= weights.sum() / 2 + 1e-6
    assert weights[values > middle + 1e-12].sum() <= weights.sum() / 2 + 1e-6


def test_one_wild_voice_of_five_does_not_move_the_depth_by_much_but_widens_its_error() -> None:
    calm = [report(n, depth="knee") for n in range(5)]
    wild = [*calm[:4], report(4, depth="dry")]
    found = group_depth(calm), group_depth(wild)
    assert found[0] is not None and found[1] is not None
    assert 0.48 == found[0].depth_m == found[1].depth_m
    assert found[0].spread_m < found[1].spread_m


@given(WORDS.filter(bool), WORDS.filter(bool))
def test_one_voice_never_outvotes_two_that_agree(one: str, two: str) -> None:
    found = group_depth([report(0, depth=one), report(1, depth=two), report(2, depth=two)])
    assert found is not None
    assert depth_of(two) == DepthWord(two, found.depth_m, error_of(report(0, depth=two)))


def test_a_group_without_a_depth_has_none() -> None:
    assert None is group_depth([report(0, depth="")])


ROOT = Path(__file__).resolve().parents[4]


@pytest.mark.parametrize("code", CODES)
def test_every_reason_has_words_in_the_console_and_stands_in_the_guide(code: str) -> None:
    assert f"    {code}: t(" in (ROOT / "streams" / "console" / "static" / "reports-words.js").read_text("utf-8")
    assert f"`{code}`" in (ROOT / "docs" / "reports.md").read_text("utf-8")
