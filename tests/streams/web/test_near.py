"""The nearest shelter is the nearest, and what has no place is near to nothing."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from streams.city.model import City
from streams.web.near import distance_m, nearest


def test_no_shelter_that_is_left_out_is_nearer(city: City) -> None:
    for point in city.low_points:
        told = nearest(city, point)
        away = [distance_m(point.lon, point.lat, shelter.lon, shelter.lat) for shelter in city.shelters]
        assert sorted(away)[:3] == [near.distance_m for near in told]


def test_a_degree_of_latitude_is_111_km() -> None:
    assert 111_195 == pytest.approx(distance_m(113.6, 34.0, 113.6, 35.0), rel=1e-4)


def test_what_has_no_place_is_near_to_nothing(city: City) -> None:
    lost = replace(city.low_points[0], lon=0.0, lat=0.0)
    assert [] == nearest(city, lost)
    nowhere = tuple(replace(shelter, lon=0.0, lat=0.0) for shelter in city.shelters)
    assert [] == nearest(replace(city, shelters=nowhere), city.low_points[0])
