"""Distances are those of the sphere, the nearest shelter is the nearest, and what has no place is near to nothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from pyproj import Geod

from streams.city.geometry import distances_m
from streams.city.load import load_city
from streams.city.model import City
from streams.city.near import EARTH_M, M_PER_DEG, distance_m, distances_to_m, nearest_shelters

SPHERE = Geod(a=EARTH_M, b=EARTH_M)
LON, LAT = st.floats(-180, 180), st.floats(-89, 89)
M = 1 / M_PER_DEG


@pytest.fixture(scope="module")
def city() -> City:
    return load_city(Path(__file__).resolve().parents[3] / "config" / "cities" / "demo")


def test_no_shelter_that_is_left_out_is_nearer(city: City) -> None:
    for point in city.low_points:
        told = nearest_shelters(city, point.lon, point.lat)
        away = [distance_m(point.lon, point.lat, shelter.lon, shelter.lat) for shelter in city.shelters]
        assert sorted(away)[:3] == [near.distance_m for near in told]


def test_a_degree_of_latitude_is_111_km() -> None:
    assert 111_195 == pytest.approx(distance_m(113.6, 34.0, 113.6, 35.0), rel=1e-6)
    assert 111_195 == pytest.approx(M_PER_DEG, rel=1e-6)


def test_what_has_no_place_is_near_to_nothing(city: City) -> None:
    lost = replace(city.low_points[0], lon=0.0, lat=0.0)
    assert [] == nearest_shelters(city, lost.lon, lost.lat)
    nowhere = tuple(replace(shelter, lon=0.0, lat=0.0) for shelter in city.shelters)
    assert [] == nearest_shelters(replace(city, shelters=nowhere), city.low_points[0].lon, city.low_points[0].lat)


@given(LON, LAT, LON, LAT)
def test_distances_are_those_of_the_sphere(lon: float, lat: float, other_lon: float, other_lat: float) -> None:
    exact_m = SPHERE.inv(lon, lat, other_lon, other_lat)[2]
    found_m = distance_m(lon, lat, other_lon, other_lat)
    # beyond it, at the other side of the earth, haversines lose some metres
    assert exact_m == pytest.approx(found_m, rel=1e-6, abs=1e-3 if exact_m < 19e6 else 1.0)


@given(LON, st.floats(-70, 70), st.floats(-2000, 2000), st.floats(-2000, 2000))
def test_within_a_city_they_are_those_of_the_ellipsoid_within_a_hundredth(lon: float, lat: float, east_m: float, north_m: float) -> None:
    other = (lon + east_m * M, lat + north_m * M)
    assert float(distances_m([(lon, lat), other])[0, 1]) == pytest.approx(distance_m(lon, lat, *other), rel=0.01, abs=1e-3)


@given(LON, LAT, st.lists(st.tuples(LON, LAT), max_size=5))
def test_those_to_many_are_those_to_each(lon: float, lat: float, others: list[tuple[float, float]]) -> None:
    lons, lats = np.array(others, float).reshape(-1, 2).T
    each = [distance_m(lon, lat, *other) for other in others]
    assert each == pytest.approx(distances_to_m(lon, lat, lons, lats).tolist(), rel=1e-9, abs=1e-2)


@given(LON, LAT, LON, LAT)
def test_there_and_back_is_as_far(lon: float, lat: float, other_lon: float, other_lat: float) -> None:
    assert distance_m(lon, lat, other_lon, other_lat) == distance_m(other_lon, other_lat, lon, lat)
