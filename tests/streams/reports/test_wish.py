"""What a form says is read as it was meant, or told to be wrong; nothing else gets through."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.observation.moments import MINUTE_US
from streams.reports.place import Places
from streams.reports.wish import BY_PHOTO, ELSEWHERE, HERE, LONGEST_WORDS, Wish, Wrong, cleaned, read_wish
from tests.streams.reports.office import LAT, LON, NOW_US, TOWN
from tests.streams.towns import METRES

PLACES = Places(TOWN)
HERE_AT: dict[str, Any] = {"point": HERE, "lon": str(LON), "lat": str(LAT + 300 * METRES), "error_m": "12"}


def read(picture: bool = False, **fields: str) -> Wish | Wrong:
    return read_wish(fields, PLACES, "en", picture, NOW_US)


def test_a_low_point_of_the_list_has_its_place() -> None:
    wish = read(point="P1", depth="knee", ago="15", words=" deep ")
    assert isinstance(wish, Wish)
    assert ("P1", "point", "knee", 15 * MINUTE_US, "deep") == (wish.low_point, wish.place_by, wish.depth, wish.ago_us, wish.words)
    assert wish.lon is not None and wish.lat is not None


def test_a_plate_counts_while_its_low_point_stays_chosen() -> None:
    found = [read(point=point, plate="P1", depth="knee") for point in ("P1", "P2")]
    assert ["plate", "point"] == [wish.place_by for wish in found if isinstance(wish, Wish)]


def test_a_position_has_its_error_and_the_low_point_that_is_near() -> None:
    away, near = read(**HERE_AT, by="position", depth="hub"), read(**(HERE_AT | {"lat": str(LAT)}), depth="hub")
    assert isinstance(away, Wish) and isinstance(near, Wish)
    assert ("position", 12.0, None) == (away.place_by, away.place_error_m, away.low_point)
    assert ("map", "P0") == (near.place_by, near.low_point)


@pytest.mark.parametrize(("error_m", "point"), [("150", "P0"), ("151", None), ("4000", None)])
def test_a_position_that_may_be_anywhere_around_names_no_low_point(error_m: str, point: str | None) -> None:
    wish = read(**(HERE_AT | {"lat": str(LAT), "error_m": error_m}), by="position", depth="hub")
    assert isinstance(wish, Wish)
    assert (point, float(error_m)) == (wish.low_point, wish.place_error_m)


def test_a_low_point_that_was_chosen_counts_beside_a_position_that_may_be_anywhere_around() -> None:
    wish = read(**(HERE_AT | {"point": "P1", "error_m": "4000"}), by="position", depth="hub")
    assert isinstance(wish, Wish)
    assert ("P1", "point", None) == (wish.low_point, wish.place_by, wish.place_error_m)


WRONG_FORMS: list[tuple[str, bool, dict[str, str]]] = [
    ("place", False, {"depth": "knee"}),
    ("place", False, {"point": "P9", "depth": "knee"}),
    ("place", False, {"point": HERE, "lon": "nan", "lat": "1", "depth": "knee"}),
    ("place", False, {"point": HERE, "depth": "knee"}),
    ("place", False, {"point": BY_PHOTO, "depth": "knee", "consent": "1"}),
    ("place", True, {"point": BY_PHOTO, "depth": "knee"}),
    ("around", False, {"point": HERE, "lon": "0", "lat": "0", "depth": "knee"}),
    ("words", False, {"point": ELSEWHERE, "depth": "knee"}),
    ("words", False, {"point": "P0", "words": "x" * (LONGEST_WORDS + 1)}),
    ("depth", False, {"point": "P0", "depth": "fathom"}),
    ("ago", False, {"point": "P0", "depth": "knee", "ago": "7"}),
    ("ago", False, {"point": "P0", "depth": "knee", "ago": "-5"}),
    ("nothing", False, {"point": "P0"}),
    ("nothing", False, {"point": "P0", "words": " \n "}),
]


@pytest.mark.parametrize(("expected", "picture", "fields"), WRONG_FORMS)
def test_what_cannot_be_taken_is_told_by_its_field(expected: str, picture: bool, fields: dict[str, str]) -> None:
    assert expected == read(picture, **fields)


def test_a_picture_is_enough_beside_a_place_and_its_own_data_can_be_the_place_with_consent() -> None:
    assert isinstance(read(picture=True, point="P0"), Wish)
    wish = read(picture=True, point=BY_PHOTO, consent="1")
    assert isinstance(wish, Wish) and "" == wish.place_by


def test_a_place_in_words_is_better_than_none() -> None:
    wish = read(point=ELSEWHERE, words="behind the school")
    assert isinstance(wish, Wish)
    assert ("", None, None) == (wish.place_by, wish.low_point, wish.lon)


def test_the_time_of_a_picture_is_believed_with_consent_and_where_it_can_be() -> None:
    now_ms = NOW_US // 1000
    told = {"now": now_ms, "a week old": now_ms - 7 * 86_400_000 - 1, "tomorrow": now_ms + 3_600_000}
    found = {name: read(point="P0", depth="knee", consent="1", taken_ms=str(at)) for name, at in told.items()}
    assert [NOW_US, None, None] == [wish.taken_us for wish in found.values() if isinstance(wish, Wish)]
    without = read(point="P0", depth="knee", taken_ms=str(now_ms))
    assert isinstance(without, Wish) and without.taken_us is None


@pytest.mark.parametrize(("waited", "expected_s"), [("600", 600), ("-5", 0), ("1e9", 86_400), ("inf", 0), ("x", 0)])
def test_what_a_report_waited_for_a_network_counts(waited: str, expected_s: int) -> None:
    wish = read(point="P0", depth="knee", ago="5", waited_s=waited)
    assert isinstance(wish, Wish)
    assert 5 * MINUTE_US + expected_s * 1_000_000 == wish.ago_us


@given(st.text(max_size=700))
def test_words_are_clean_and_cleaning_again_changes_nothing(text: str) -> None:
    clean = cleaned(text)
    assert clean == cleaned(clean)
    assert not any(ord(sign) < 32 and sign != "\n" for sign in clean) and "\x7f" not in clean


NAMES = ("card", "point", "lon", "lat", "error_m", "by", "plate", "depth", "words", "ago", "consent", "taken_ms", "waited_s")


@given(
    st.dictionaries(st.sampled_from(NAMES), st.one_of(st.text(max_size=40), st.sampled_from(["P0", HERE, ELSEWHERE, "113.6", "34.7", "1"])))
)
def test_no_form_breaks_the_reading(fields: dict[str, str]) -> None:
    found = read_wish(fields, PLACES, "en", True, NOW_US)
    if isinstance(found, Wish):
        assert found.low_point in (None, "P0") and found.ago_us >= 0
        assert found.lon is None or PLACES.is_around(found.lon, found.lat or 0.0)
    else:
        assert found in get_args(Wrong)
