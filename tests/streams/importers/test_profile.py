"""Dirt inside the profile of one flood."""

import json

import pytest

from streams.importers.profile import Profile, read_profile


def read(seconds: object, inches: object) -> Profile:
    profile = read_profile(1000, json.dumps(seconds), json.dumps(inches))
    assert isinstance(profile, Profile)
    return profile


def test_inches_become_metres_to_a_tenth_of_a_millimetre_half_to_even() -> None:
    # 4.25 in are 0.10795 m exactly, which binary rounding puts now up and now down
    assert (0.0, 0.108, 0.013) == read([0, 60, 120], [0, 4.25, 0.51]).depth_m


def test_seconds_count_from_the_start_of_the_flood() -> None:
    assert (1000, 1063) == read([0, 63], [0, 1]).time_s


@pytest.mark.parametrize("second", [60, 30])
def test_a_reading_whose_time_goes_back_or_stands_is_dropped_and_counted(second: int) -> None:
    profile = read([0, 60, second, 120], [0, 1, 2, 3])
    assert ((1000, 1060, 1120), {"time_goes_back_or_stands": 1}) == (profile.time_s, profile.dropped)


@pytest.mark.parametrize(
    ("value", "reason"), [(None, "not_a_number"), ("deep", "not_a_number"), (True, "not_a_number"), (-1, "below_zero")]
)
def test_a_reading_that_is_no_depth_is_dropped_and_counted(value: object, reason: str) -> None:
    profile = read([0, 60, 120], [0, value, 3])
    assert ((1000, 1120), {reason: 1}) == (profile.time_s, profile.dropped)


def test_nan_is_not_a_number() -> None:
    assert {"not_a_number": 1} == read([0, 60], [1, float("nan")]).dropped


def test_a_gap_of_over_ten_minutes_is_seen() -> None:
    assert (False, True) == (read([0, 600], [0, 1]).has_gap, read([0, 601], [0, 1]).has_gap)


@pytest.mark.parametrize("text", ["", "[0, 60", "7", '{"a": 1}'])
def test_what_is_no_list_is_unreadable(text: str) -> None:
    assert "profile_unreadable" == read_profile(0, text, "[0, 1]")


def test_lists_of_different_length_are_told_apart() -> None:
    assert "profile_lists_differ_in_length" == read_profile(0, "[0, 60]", "[0]")
