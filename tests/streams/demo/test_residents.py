"""Residents of the demo city are made up, reproducible, and live where they are said to."""

import csv
from pathlib import Path

import pytest
from shapely.geometry import Point, Polygon

from streams.demo import geojson
from streams.demo.city import FOLDER
from streams.demo.residents import COLUMNS, make_residents

COUNT = 3000


@pytest.fixture(scope="module")
def residents(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, str]]:
    path = tmp_path_factory.mktemp("residents") / "residents.csv"
    make_residents(FOLDER, path, count=COUNT)
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_columns_are_the_agreed_ones(residents: list[dict[str, str]]) -> None:
    assert COUNT == len(residents)
    assert list(COLUMNS) == list(residents[0])


def test_every_phone_is_unique_and_of_no_country(residents: list[dict[str, str]]) -> None:
    phones = {row["phone"] for row in residents}
    assert COUNT == len(phones)
    assert all(phone.startswith("+999") and phone[1:].isascii() and phone[1:].isdigit() and len(phone) == 14 for phone in phones)


def test_every_resident_lives_inside_the_zone(residents: list[dict[str, str]]) -> None:
    zones = {
        feature["properties"]["zone_id"]: Polygon(feature["geometry"]["coordinates"][0])
        for feature in geojson.read(FOLDER / "zones.geojson")
    }
    assert all(zones[row["zone_id"]].contains(Point(float(row["lon"]), float(row["lat"]))) for row in residents)
    assert set(zones) == {row["zone_id"] for row in residents}


def test_about_85_per_cent_read_chinese(residents: list[dict[str, str]]) -> None:
    assert 0.85 == pytest.approx(sum(row["language"] == "zh" for row in residents) / COUNT, abs=0.03)
    assert {"zh", "en"} == {row["language"] for row in residents}


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    for name, seed in (("a", 51), ("b", 51), ("c", 52)):
        make_residents(FOLDER, tmp_path / name, count=200, seed=seed)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert (tmp_path / "a").read_bytes() != (tmp_path / "c").read_bytes()


def test_a_city_without_zones_is_refused(tmp_path: Path) -> None:
    geojson.write(tmp_path / "zones.geojson", [])
    with pytest.raises(ValueError, match="no zones"):
        make_residents(tmp_path, tmp_path / "out.csv")
