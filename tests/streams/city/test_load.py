"""A city folder that breaks the contract is told where and what to do; one that may be a mistake is remarked on."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from streams.city.check import remarks
from streams.city.load import load_city
from streams.city.model import CityError
from tests.streams.replay.storm import write_city

DEMO = Path(__file__).resolve().parents[3] / "config" / "cities" / "demo"


def changed(folder: Path, name: str, change: Callable[[dict[str, Any]], None]) -> Path:
    """The test town with one file changed."""
    write_city(folder)
    file = folder / f"{name}.geojson"
    data = json.loads(file.read_text("utf-8"))
    change(data)
    file.write_text(json.dumps(data), encoding="utf-8")
    return folder


def test_the_demo_city_is_readable_and_without_remarks_of_substance() -> None:
    city = load_city(DEMO)
    assert (51, 10) == (len(city.low_points), len(city.districts))
    assert [] == [remark for remark in remarks(city) if "never" in remark]


def test_everything_but_name_zone_and_districts_has_a_default(tmp_path: Path) -> None:
    (tmp_path / "city.toml").write_text('name = "A"\ntime_zone = "UTC"\ndistricts = ["D"]\n')
    for name in ("low_points", "stations", "zones", "shelters"):
        (tmp_path / f"{name}.geojson").write_text('{"type": "FeatureCollection", "features": []}')
    city = load_city(tmp_path)
    assert [0.15, 0.27, 0.40, 0.60] == [level.depth_m for level in city.levels]
    assert ("one", "two", "one") == (city.release_of(3, False), city.release_of(4, False), city.release_of(1, True))
    assert not city.public.live


@pytest.mark.parametrize(
    ("name", "change", "words"),
    [
        ("stations", lambda d: d["features"][0]["properties"].update(low_point_id="nowhere"), "no low point 'nowhere'"),
        ("stations", lambda d: d["features"][0]["properties"].update(cadence_s=0), "cadence_s must be above 0"),
        ("stations", lambda d: d["features"][0]["properties"].update(kind="radar"), "S0"),
        ("stations", lambda d: d["features"].append(d["features"][0]), "stands twice"),
        ("low_points", lambda d: d["features"][0]["properties"].update(district_id="D9"), "'D9' is not in the list"),
        ("low_points", lambda d: d["features"][0]["properties"].pop("class"), "P0"),
        ("zones", lambda d: d["features"][0]["properties"].pop("zone_id"), "no zone_id"),
        ("zones", lambda d: d.pop("features"), "FeatureCollection"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, name: str, change: Callable[[dict[str, Any]], None], words: str) -> None:
    with pytest.raises(CityError, match=words) as error:
        load_city(changed(tmp_path / "city", name, change))
    assert f"{name}.geojson" in str(error.value)


@pytest.mark.parametrize(("days", "good"), [(0, False), (-1, False), (3651, False), (1, True), (7, True), (3650, True)])
def test_how_long_pictures_are_kept_is_a_number_of_days(tmp_path: Path, days: int, good: bool) -> None:
    write_city(tmp_path / "town")
    with (tmp_path / "town" / "city.toml").open("a", encoding="utf-8") as file:
        file.write(f"\n[reports]\nkeep_pictures_days = {days}\n")
    if good:
        assert days == load_city(tmp_path / "town").reports.keep_pictures_days
    else:
        with pytest.raises(CityError, match="keep_pictures_days"):
            load_city(tmp_path / "town")


@pytest.mark.parametrize("file", ["city.toml", "low_points.geojson", "stations.geojson", "zones.geojson", "shelters.geojson"])
@pytest.mark.parametrize("content", [None, b"", b"\xff\xfe", b"[]", b"{"])
def test_no_file_may_be_missing_or_rubbish(tmp_path: Path, file: str, content: bytes | None) -> None:
    folder = write_city(tmp_path / "city")
    (folder / file).unlink()
    if content is not None:
        (folder / file).write_bytes(content)
    with pytest.raises(CityError, match=file):
        load_city(folder)


def test_a_point_may_have_a_ladder_of_its_own(tmp_path: Path) -> None:
    folder = changed(
        tmp_path / "city", "low_points", lambda d: d["features"][0]["properties"].update(levels=[{"level": 1, "depth_m": 0.1}])
    )
    assert [0.1, 0.27, 0.40, 0.60] == [level.depth_m for level in load_city(folder).low_points[0].levels]


def test_a_zone_near_a_point_of_another_district_is_remarked_on(tmp_path: Path) -> None:
    folder = changed(tmp_path / "city", "zones", lambda d: d["features"][0]["properties"].update(district_id="D2"))
    assert any("Z0 (D2) lies within 150 m of P0 (D1)" in remark for remark in remarks(load_city(folder)))


def test_a_drill_that_is_live_is_refused(tmp_path: Path) -> None:
    folder = write_city(tmp_path / "city")
    head = (folder / "city.toml").read_text("utf-8")
    (folder / "city.toml").write_text("drill = true\n" + head + "live = true\n", "utf-8")
    with pytest.raises(CityError, match="a drill cannot reach a real phone"):
        load_city(folder)
