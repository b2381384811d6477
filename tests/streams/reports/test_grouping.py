"""Reports of one water are one group: by place, by time, and never an exercise with what is real."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from streams.observation.moments import MINUTE_US, SECOND_US
from streams.reports.grouping import APART_US, NEAR_M, WIDEST_M, Sight, group_of
from tests.streams.reports.office import LAT, LON, NOW_US

M = 1 / 111_195
HERE = Sight("g0", False, NOW_US, "P0", LON, LAT)
NEW = Sight("new", False, NOW_US, None, LON, LAT)


def at(metres: float, minutes: float = 0.0, **changes: object) -> Sight:
    """A sight so far to the north, so long before."""
    sight = Sight("g1", False, NOW_US - round(minutes * MINUTE_US), None, LON, LAT + metres * M)
    return msgspec.structs.replace(sight, **changes)


SIGHTS = st.builds(
    Sight,
    st.sampled_from(["g1", "g2", "g3", "g4"]),
    st.booleans(),
    st.integers(-40 * 60, 40 * 60).map(lambda seconds: NOW_US + seconds * SECOND_US),
    st.sampled_from([None, "P0", "P1"]),
    st.one_of(st.none(), st.floats(-300, 300).map(lambda metres: LON + metres * M)),
    st.one_of(st.none(), st.floats(-300, 300).map(lambda metres: LAT + metres * M)),
)


def test_a_first_report_is_its_own_group() -> None:
    assert "new" == group_of(NEW, [])


def test_the_same_low_point_is_one_group_however_far_it_reaches() -> None:
    assert "g1" == group_of(HERE, [at(900, low_point="P0")])


def test_places_within_150_m_and_30_min_are_one_group_and_no_others() -> None:
    found = {(metres, minutes): group_of(NEW, [at(metres, minutes)]) for metres in (0, 149, 151) for minutes in (0, 30, 30.1, -30)}
    expected = {key: "g1" if key[0] <= NEAR_M and abs(key[1]) <= 30 else "new" for key in found}
    assert expected == found


def test_an_exercise_is_never_with_what_is_real() -> None:
    assert "new" == group_of(NEW, [at(0, training=True)])
    assert "g1" == group_of(msgspec.structs.replace(NEW, training=True), [at(0, training=True)])


def test_a_report_without_a_place_is_with_nobody() -> None:
    nowhere = Sight("new", False, NOW_US)
    assert "new" == group_of(nowhere, [HERE, Sight("g2", False, NOW_US)])


def test_the_same_low_point_goes_before_what_is_nearer() -> None:
    new = msgspec.structs.replace(NEW, low_point="P0")
    assert "g0" == group_of(new, [at(1), msgspec.structs.replace(HERE, lat=LAT + 100 * M)])


def test_who_names_another_low_point_is_in_another_group_however_near() -> None:
    new = msgspec.structs.replace(NEW, low_point="P1")
    assert "new" == group_of(new, [HERE])
    between = at(1, group_id="g0")
    assert "new" == group_of(new, [HERE, between]), "nor over one between the two that names none"
    assert "g0" == group_of(NEW, [HERE])


@given(SIGHTS, st.lists(SIGHTS, max_size=6))
def test_no_two_low_points_are_ever_named_in_one_group(new: Sight, others: Sequence[Sight]) -> None:
    found = group_of(msgspec.structs.replace(new, group_id="new"), others)
    named = {other.low_point for other in others if other.group_id == found} - {None}
    assert new.low_point is None or named <= {new.low_point}


@given(SIGHTS, st.lists(SIGHTS, max_size=6), st.randoms(use_true_random=False))
def test_the_order_of_others_does_not_matter_and_the_group_is_one_of_them_that_fits(
    new: Sight, others: Sequence[Sight], chance: object
) -> None:
    new = msgspec.structs.replace(new, group_id="new")
    shuffled = list(others)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    found = group_of(new, others)
    assert found == group_of(new, shuffled)
    if found != "new":
        of = [other for other in others if other.group_id == found]
        assert any(other.training == new.training and abs(other.observed_us - new.observed_us) <= APART_US for other in of)


@given(st.lists(st.floats(0, 2000), min_size=1, max_size=40))
def test_no_chain_of_places_makes_a_group_wider_than_300_m(along: list[float]) -> None:
    known: list[Sight] = []
    for number, metres in enumerate(along):
        new = at(metres, group_id=f"n{number}")
        known.append(msgspec.structs.replace(new, group_id=group_of(new, known)))
    for group in {one.group_id for one in known}:
        lats = [one.lat or 0.0 for one in known if one.group_id == group]
        assert (max(lats) - min(lats)) / M <= WIDEST_M + 1


def test_what_is_only_roughly_placed_is_with_its_like() -> None:
    rough = msgspec.structs.replace(NEW, error_m=4000.0)
    assert "new" == group_of(rough, [HERE, at(10)])
    assert "g1" == group_of(rough, [HERE, at(10, error_m=900.0)])
    assert "new" == group_of(NEW, [at(10, error_m=900.0)])
    assert "g1" == group_of(msgspec.structs.replace(NEW, error_m=NEAR_M), [at(10)])
