"""Address points are read in columns, and a file that cannot be used says which feature and what to do."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from streams.area.addresses import FILE, Addresses, read_addresses
from streams.city.model import CityError


def feature(lon: Any, lat: Any, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "geometry": {"type": "Point", "coordinates": [lon, lat]}, "properties": properties}


def written(folder: Path, *features: Any) -> Path:
    (folder / FILE).write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return folder


def test_addresses_come_in_the_order_of_their_ids(tmp_path: Path) -> None:
    found = read_addresses(
        written(tmp_path, feature(113.7, 34.8, address_id="B", people=4, floor=-1), feature(113.6, 34.7, address_id="A"))
    )
    assert found is not None
    assert ("A", "B") == found.address_id
    assert ([113.6, 113.7], [34.7, 34.8]) == (found.lon.tolist(), found.lat.tolist())
    assert [1, 4] == found.people.tolist()
    np.testing.assert_array_equal([np.nan, -1], found.floor)


def test_a_city_without_the_file_has_no_addresses_and_one_with_an_empty_file_has_none_in_it(tmp_path: Path) -> None:
    assert read_addresses(tmp_path) is None
    empty = read_addresses(written(tmp_path))
    assert empty is not None
    assert 0 == len(empty)


def test_what_says_who_lives_there_is_not_taken_in(tmp_path: Path) -> None:
    found = read_addresses(written(tmp_path, feature(113.6, 34.7, address_id="A", name="Somebody", phone="none")))
    assert found is not None
    assert {"address_id", "lon", "lat", "people", "floor"} == {field.name for field in fields(Addresses)}
    assert "Somebody" not in repr(found)


def test_null_is_not_said(tmp_path: Path) -> None:
    found = read_addresses(written(tmp_path, feature(113.6, 34.7, address_id="A", people=None, floor=None)))
    assert found is not None
    assert [1] == found.people.tolist()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (feature(113.6, 34.7), "`address_id`, feature 2, properties: a feature is"),
        (feature(113.6, 34.7, address_id=7), "got `int`, feature 2, properties.address_id"),
        (feature(113.6, 34.7, address_id=""), "length >= 1, feature 2, properties.address_id"),
        (feature(113.6, 34.7, address_id="A"), "'A' stands twice"),
        (feature(113.6, 34.7, address_id="B", people=-1), ">= 0, feature 2, properties.people"),
        (feature(113.6, 34.7, address_id="B", people=1.5), "feature 2, properties.people"),
        (feature(113.6, 34.7, address_id="B", people=True), "feature 2, properties.people"),
        (feature(113.6, 34.7, address_id="B", floor="ground"), "feature 2, properties.floor"),
        (feature("113.6", 34.7, address_id="B"), "feature 2, geometry.coordinates"),
        (feature(34.7, 113.6, address_id="B"), "B: 34.7, 113.6 is no place on earth"),
        ({"type": "Feature", "geometry": None, "properties": {"address_id": "B"}}, "feature 2, geometry"),
        ({**feature(1, 1, address_id="B"), "geometry": {"type": "Polygon", "coordinates": []}}, "'Polygon', feature 2, geometry.type"),
        ("house", "feature 2"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, wrong: Any, words: str) -> None:
    with pytest.raises(CityError) as error:
        read_addresses(written(tmp_path, feature(113.6, 34.7, address_id="A"), wrong))
    assert words in str(error.value)
    assert FILE in str(error.value)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"{", "is not JSON"),
        (b"\xff\xfe", "is not JSON"),
        (b"[]", "Expected `object`, got `array`: a feature is"),
        (b'{"type": "FeatureCollection"}', "`features`"),
        (b'{"type": "Feature", "features": []}', "'Feature', type"),
    ],
)
def test_a_file_that_is_no_feature_collection_is_named(tmp_path: Path, content: bytes, words: str) -> None:
    (tmp_path / FILE).write_bytes(content)
    with pytest.raises(CityError) as error:
        read_addresses(tmp_path)
    assert words in str(error.value)
    assert FILE in str(error.value)
