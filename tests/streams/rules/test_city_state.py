"""The city's level waits for every district, and says who is missing."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from streams.rules.city_state import DistrictState, city_state


def said(district: str, level: int, minute: int = 5, signal: str = "") -> DistrictState:
    return DistrictState(district, minute * 60_000_000, level, signal, 0)


def test_the_city_is_as_grave_as_its_gravest_district_and_as_old_as_its_oldest() -> None:
    found = city_state(("A", "B", "C"), [said("A", 0, 7), said("B", 4, 5, "orange"), said("C", 2, 6, "blue")])
    assert (300_000_000, 4, "orange", (1, 0, 1, 0, 1), ()) == (found.as_of_us, found.level, found.signal, found.districts_at, found.missing)


def test_a_district_that_has_not_spoken_makes_no_calm_city() -> None:
    found = city_state(("A", "B"), [said("A", 0)])
    assert (None, ("B",)) == (found.as_of_us, found.missing)


def test_a_district_of_another_city_counts_for_nothing() -> None:
    assert 0 == city_state(("A",), [said("A", 0), said("Z", 4)]).level


@given(st.permutations([said("A", 1, 3), said("B", 3, 9, "red"), said("C", 0, 4, "blue")]))
def test_the_order_in_which_districts_speak_does_not_matter(order: list[DistrictState]) -> None:
    assert city_state(("A", "B", "C"), order) == city_state(("A", "B", "C"), sorted(order, key=lambda state: state.district))
