"""A storm lasts from the first to the last moment at which anything is wet or signalled, over lulls of less than two hours."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from streams.observation.moments import HOUR_US, MINUTE_US
from streams.storms.find import APART_US, AROUND_US, FRAME_US, LONGEST_US, Change, Storm, frames_between, spans_of, storms_of

NOW_US = 10_000 * HOUR_US
MOMENTS = st.integers(0, 9_000 * 60).map(lambda minute: minute * MINUTE_US)
SPANS = st.lists(
    st.tuples(MOMENTS, st.integers(0, 300).map(lambda minutes: minutes * MINUTE_US)), max_size=6
)  # so few that no storm is told in parts


def whole(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    return [(start_us, start_us + long_us) for start_us, long_us in spans]


@given(SPANS)
def test_every_wet_moment_lies_in_one_storm_with_half_an_hour_around(spans: list[tuple[int, int]]) -> None:
    storms = storms_of(whole(spans), NOW_US)
    for start_us, end_us in whole(spans):
        assert 1 == sum(one.start_us <= start_us - AROUND_US and end_us + AROUND_US <= one.end_us for one in storms)


@given(SPANS)
def test_between_two_storms_it_was_dry_for_two_hours(spans: list[tuple[int, int]]) -> None:
    storms = storms_of(whole(spans), NOW_US)
    gaps = [(one.end_us - AROUND_US, other.start_us + AROUND_US) for one, other in pairwise(storms)]
    for end_us, start_us in gaps:
        assert start_us - end_us > APART_US - 2 * FRAME_US
        assert not any(low < start_us - FRAME_US and high > end_us for low, high in whole(spans))


@given(SPANS)
def test_storms_begin_and_end_at_whole_five_minutes_and_none_is_too_long_to_be_played(spans: list[tuple[int, int]]) -> None:
    for one in storms_of(whole(spans), NOW_US):
        assert (0, 0) == (one.start_us % FRAME_US, one.end_us % FRAME_US)
        assert 0 < one.end_us - one.start_us <= LONGEST_US
        assert not one.ongoing


def test_a_lull_of_two_hours_parts_storms_and_a_shorter_one_does_not() -> None:
    assert 2 == len(storms_of([(0, HOUR_US), (HOUR_US + APART_US, 4 * HOUR_US)], NOW_US))
    assert 1 == len(storms_of([(0, HOUR_US), (HOUR_US + APART_US - 1, 4 * HOUR_US)], NOW_US))


def test_what_lasts_over_two_days_is_told_in_parts_that_leave_nothing_out() -> None:
    storms = storms_of([(HOUR_US, 100 * HOUR_US)], NOW_US)
    assert 3 == len(storms)
    assert [one.end_us for one in storms[:-1]] == [one.start_us for one in storms[1:]]


def test_what_has_not_ended_is_told_as_far_as_it_has_come() -> None:
    spans = spans_of([Change("P", NOW_US - HOUR_US, True)], NOW_US)
    assert [Storm(NOW_US - HOUR_US - AROUND_US, NOW_US, True)] == storms_of(spans, NOW_US)


def test_an_end_that_is_just_over_is_not_told_beyond_now() -> None:
    assert [NOW_US] == [one.end_us for one in storms_of([(NOW_US - HOUR_US, NOW_US - MINUTE_US)], NOW_US)]


def test_what_rises_higher_goes_on_and_what_ends_without_a_beginning_was_none() -> None:
    changes = [Change("A", 1, False), Change("A", 2, True), Change("A", 3, True), Change("B", 4, True), Change("A", 5, False)]
    assert [(2, 5), (4, 9)] == spans_of(changes, 9)


def test_frames_are_five_minutes_apart_from_the_start_on() -> None:
    assert [7, 7 + FRAME_US] == frames_between(7, 7 + 2 * FRAME_US - 1)
    assert [0, FRAME_US, 2 * FRAME_US] == frames_between(0, 2 * FRAME_US)
