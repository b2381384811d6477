"""The layers of a city's map are optional; what is wrong in one is named, and what is served is short and safe."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from streams.city import layers as module
from streams.city.basemap import origin_of
from streams.city.layers import layer_remarks, load_layers
from streams.city.load import load_city
from streams.city.model import CityError
from streams.cli.check_config import check_config
from tests.streams.replay.storm import write_city

DEMO = Path(__file__).resolve().parents[3] / "config" / "cities" / "demo"
TILES = "https://tiles.example/{z}/{x}/{y}.png"
SQUARE = [[[113.0, 34.0], [113.1, 34.0], [113.1, 34.1], [113.0, 34.0]]]


def feature(kind: str, coordinates: Any, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "geometry": {"type": kind, "coordinates": coordinates}, "properties": properties}


def with_layer(folder: Path, name: str, *features: Any) -> Path:
    write_city(folder)
    (folder / f"{name}.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return folder


def with_keys(folder: Path, keys: str) -> Path:
    head = write_city(folder) / "city.toml"
    head.write_text(f"{head.read_text('utf-8')}\n{keys}\n", encoding="utf-8")
    return folder


def test_a_city_without_layers_has_empty_ones_and_asks_nobody_for_tiles(tmp_path: Path) -> None:
    found = load_layers(write_city(tmp_path / "city"))
    empty = {"type": "FeatureCollection", "features": []}
    assert [empty] * 3 == [json.loads(layer) for layer in (found.roads, found.water, found.districts)]
    assert ("", "", "") == (found.basemap.tiles, found.basemap.attribution, found.basemap.origin)
    assert [] == list(layer_remarks(load_city(tmp_path / "city"), found))


def test_what_is_served_has_places_to_a_tenth_of_a_metre_and_no_other_properties(tmp_path: Path) -> None:
    road = feature("LineString", [[113.12345678, 34.1, 99.0], [113.2, 34.98765432]], name="东路", secret="x", **{"class": "main"})
    unnamed = feature("MultiLineString", [[[113, 34], [114, 35]]], name=None)
    served = json.loads(load_layers(with_layer(tmp_path / "city", "roads", road, unnamed)).roads)
    assert [
        feature("LineString", [[113.123457, 34.1], [113.2, 34.987654]], name="东路", **{"class": "main"}),
        feature("MultiLineString", [[[113, 34], [114, 35]]], **{"class": "street"}),
    ] == served["features"]


def test_districts_are_served_with_the_names_of_the_city_file(tmp_path: Path) -> None:
    folder = with_keys(tmp_path / "city", '[district_names]\nD1 = { name = "东片", name_en = "East" }')
    (folder / "districts.geojson").write_text(
        json.dumps({"type": "FeatureCollection", "features": [feature("Polygon", SQUARE, district_id="D1")]})
    )
    found = load_layers(folder)
    assert {"district_id": "D1", "name": "东片", "name_en": "East"} == json.loads(found.districts)["features"][0]["properties"]
    assert {"D1"} == found.drawn


@pytest.mark.parametrize(
    ("name", "wrong", "words"),
    [
        ("roads", feature("LineString", [[113, 34]]), "feature 1: .*length >= 2"),
        ("roads", feature("Polygon", SQUARE), "feature 1: .*Polygon"),
        ("roads", feature("LineString", [[738000, 3841000], [738001, 3841000]]), r"feature 1: \[738000, 3.841e\+06\] is no longitude"),
        ("roads", feature("LineString", [[34, 113], [34, 114]]), "the longitude first"),
        ("roads", feature("LineString", [[113, 34], [114, 34]], **{"class": "motorway"}), "motorway"),
        ("roads", {"type": "Feature", "geometry": None, "properties": {}}, "geometry"),
        ("roads", 7, "Expected `object`"),
        ("water", feature("Polygon", [[*SQUARE[0][:-1], [113.0, 34.05]]]), "open: let it end where it begins"),
        ("water", feature("MultiPolygon", []), "empty: leave the feature out"),
        ("water", feature("Point", [113, 34]), "Point"),
        ("water", feature("Polygon", SQUARE, name=3), "name"),
        ("districts", feature("Polygon", SQUARE), "district_id"),
        ("districts", feature("Polygon", SQUARE, district_id="D9"), "'D9' is not in the list of city.toml"),
    ],
)
def test_what_is_wrong_is_named_with_its_file_and_told_by_check_config(tmp_path: Path, name: str, wrong: Any, words: str) -> None:
    folder = with_layer(tmp_path / "city", name, wrong)
    with pytest.raises(CityError, match=words) as error:
        load_layers(folder)
    assert f"{name}.geojson" in str(error.value)
    checked = CliRunner().invoke(check_config, [str(folder)])
    assert 1 == checked.exit_code
    assert re.search(words, checked.output)


@pytest.mark.parametrize("name", ["roads", "water", "districts"])
@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"[]", b"{", b'{"type": "Feature"}'])
def test_a_layer_that_is_there_is_no_rubbish(tmp_path: Path, name: str, content: bytes) -> None:
    folder = write_city(tmp_path / "city")
    (folder / f"{name}.geojson").write_bytes(content)
    with pytest.raises(CityError, match=f"{name}.geojson"):
        load_layers(folder)


def test_a_district_stands_once(tmp_path: Path) -> None:
    twice = [feature("Polygon", SQUARE, district_id="D1")] * 2
    with pytest.raises(CityError, match=r"'D1' stands twice: .*MultiPolygon"):
        load_layers(with_layer(tmp_path / "city", "districts", *twice))


def test_a_file_that_is_too_large_for_a_browser_is_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_BYTES", 1024**2)
    folder = write_city(tmp_path / "city")
    (folder / "roads.geojson").write_bytes(b" " * (2 * 1024**2))
    with pytest.raises(CityError, match=r"2 MiB are too much .* to 1 MiB at most"):
        load_layers(folder)


def test_a_district_that_is_left_out_of_the_map_is_remarked_on(tmp_path: Path) -> None:
    folder = with_layer(tmp_path / "city", "districts", feature("Polygon", SQUARE, district_id="D1"))
    city = load_city(folder)
    missing = [
        f"district {district} has no area in districts.geojson: the map does not show where it lies" for district in city.districts[1:]
    ]
    assert len(missing) > 0
    assert missing == list(layer_remarks(city, load_layers(folder)))


# the map below


def test_tiles_give_the_one_origin_that_a_page_may_load_from(tmp_path: Path) -> None:
    folder = with_keys(tmp_path / "city", f'[map]\ntiles = "{TILES}"\nattribution = "who made them"')
    found = load_layers(folder)
    assert (TILES, "who made them", "https://tiles.example") == (found.basemap.tiles, found.basemap.attribution, found.basemap.origin)


def test_tiles_whose_makers_are_not_named_are_remarked_on(tmp_path: Path) -> None:
    folder = with_keys(tmp_path / "city", f'[map]\ntiles = "{TILES}"')
    assert ["attribution" in remark for remark in layer_remarks(load_city(folder), load_layers(folder))] == [True]


@pytest.mark.parametrize(
    ("tiles", "origin"),
    [
        ("https://a.example:8443/{z}/{x}/{y}@2x.webp?key=abc", "https://a.example:8443"),
        ("", ""),
        ("http://a.example/{z}/{x}/{y}", ""),
        ("https://a.example", ""),
        ("https://*.example/{z}/{x}/{y}", ""),
        ("https://{s}.example/{z}/{x}/{y}", ""),
        ("https://user:word@a.example/{z}/{x}/{y}", ""),
        ("https://a.example; script-src */{z}/{x}/{y}", ""),
        ("https://a.example/{z}/{x}/{y}\nX: y", ""),
        ("https://a.example/{z}/{x}/{y}\n", ""),
        ("data:image/png,{z}{x}{y}", ""),
    ],
)
def test_only_one_plain_https_host_gets_into_a_content_policy(tiles: str, origin: str) -> None:
    assert origin == origin_of(tiles)


@pytest.mark.parametrize(
    "keys", ['tiles = "http://a.example/{z}/{x}/{y}"', 'tiles = "https://a.example/{z}/{x}.png"', "tiles = 3", "attribution = []"]
)
def test_a_map_that_cannot_be_fetched_is_refused_with_what_to_write(tmp_path: Path, keys: str) -> None:
    with pytest.raises(CityError, match=r"city.toml: \[map\]"):
        load_layers(with_keys(tmp_path / "city", f"[map]\n{keys}"))


def test_wrong_names_of_districts_are_told(tmp_path: Path) -> None:
    with pytest.raises(CityError, match=r"\[district_names\].*name_en"):
        load_layers(with_keys(tmp_path / "city", '[district_names]\nD1 = "East"'))


def test_the_demo_city_has_every_layer_and_no_remark() -> None:
    found = load_layers(DEMO)
    assert [] == list(layer_remarks(load_city(DEMO), found))
    assert all(len(json.loads(layer)["features"]) > 3 for layer in (found.roads, found.water, found.districts))
    assert set(load_city(DEMO).districts) == found.drawn
    assert all(district["properties"]["name_en"] for district in json.loads(found.districts)["features"])
    assert "" == found.basemap.origin
