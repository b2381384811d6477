"""A place is a low point's where one is near, and refused where it is far from the city."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.city.model import City
from streams.reports.codes import plate_of, shown
from streams.reports.limits import Limits, area_of
from streams.reports.place import Places
from tests.streams.reports.office import LAT, LON, TOWN
from tests.streams.towns import METRES

PLACES = Places(TOWN)


@pytest.mark.parametrize(("metres", "expected"), [(0, "P0"), (140, "P0"), (160, None), (860, "P1"), (500, None)])
def test_the_nearest_low_point_is_meant_within_150_m(metres: float, expected: str | None) -> None:
    near = PLACES.nearest(LON, LAT + metres * METRES)
    assert expected == (near.point.low_point_id if near else None)


@pytest.mark.parametrize(("km", "expected"), [(0, True), (4.8, True), (8, False), (500, False)])
def test_what_is_far_from_the_city_is_not_around_it(km: float, expected: bool) -> None:
    assert [expected] * 2 == [PLACES.is_around(LON, LAT - 1000 * km * METRES), PLACES.is_around(LON - 1000 * km * METRES, LAT)]


def test_a_city_that_has_no_places_refuses_none() -> None:
    nowhere = Places(City(name="N", time_zone="UTC", districts=("D",)))
    assert nowhere.is_around(10, 50) and nowhere.nearest(10, 50) is None
    assert not nowhere.is_around(10, 95)


def test_a_message_names_a_low_point_by_its_plate_or_its_id() -> None:
    plate = shown(plate_of("P1"))
    texts = (f"water at {plate}", plate.replace("-", "").lower(), "P1", "deep，P1", f"P1 {plate}")
    assert ["P1"] * 5 == [point.low_point_id if (point := PLACES.in_text(text)) else None for text in texts]


@pytest.mark.parametrize("text", ["", "water everywhere", "P1 or P2", "P9", "AAA-AAA"])
def test_a_message_that_names_none_or_several_names_none(text: str) -> None:
    assert PLACES.in_text(text) is None


def test_a_device_and_an_address_have_limits_and_whoever_is_over_one_does_not_count_on() -> None:
    from limits import parse

    limits = Limits(device=parse("2/minute"), address=parse("5/minute"))
    assert [True, True, False, False] == [limits.may_send("d1", "a") for _ in range(4)]
    assert [True, True, True, False] == [limits.may_send("", "a") for _ in range(4)], "refusals of a device cost its address nothing"
    assert limits.may_send("d2", "b")


def test_a_card_that_was_counted_for_nothing_is_free_once() -> None:
    from limits import parse

    limits = Limits(address=parse("1/minute"))
    assert limits.may_send("", "a", "card")
    limits.give_back("card")
    assert [True, False] == [limits.may_send("", "a", "card") for _ in range(2)]
    assert not limits.may_send("", "a", "another")


def test_a_place_is_crowded_after_so_many_pictures_and_others_are_not() -> None:
    from limits import parse

    limits = Limits(crowd=parse("3/minute"))
    area = area_of("P0", LON, LAT)
    assert [False] * 3 + [True] * 2 == [limits.is_crowded(area) for _ in range(5)]
    assert not limits.is_crowded(area_of(None, LON, LAT)) and not limits.is_crowded(area_of(None, None, None))


def test_an_address_may_upload_what_its_reports_need_and_has_an_end() -> None:
    limits = Limits()
    assert all(limits.may_upload("a", 32) for _ in range(20_000)), "pieces of a slow line"
    assert [True, False] == [limits.may_upload("b", kibibytes) for kibibytes in (4_194_304, 1)]


@given(st.floats(-179, 179), st.floats(-80, 80))
def test_an_area_is_named_without_a_low_point_too(lon: float, lat: float) -> None:
    assert area_of(None, lon, lat).startswith("cell ") and area_of(None, lon, lat) == area_of(None, lon, lat)
