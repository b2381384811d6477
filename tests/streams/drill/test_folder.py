"""The city of a drill is a copy that says so, and whatever the city was, nothing of it can reach a real telephone (law 7)."""

from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from streams.alerts.drill import status_of
from streams.city import defaults
from streams.city.load import load_city
from streams.city.model import CityError, ReleaseRule
from streams.demo.city import FOLDER
from streams.drill.folder import make_drill_city
from streams.drill.toml import to_toml
from streams.senders.door import Credentials, DoorShut, RealDoor
from streams.senders.dry_run import DryRun
from streams.senders.service import SendOptions, open_channels
from tests.streams.replay.storm import CITY, write_city

LIVE = CITY.replace("[public]", '[sender]\nkind = "twilio"\nname = "水务"\n[public]\nlive = true')
POLICY = '1 = "automatic"\n2 = "automatic"\n3 = "automatic"\n4 = "automatic"\nunconfirmed = "automatic"\n'


def city_with(folder: Path, head: str) -> Path:
    write_city(folder)
    (folder / "city.toml").write_text(head, encoding="utf-8")
    return folder


def test_a_live_city_becomes_one_that_reaches_nobody(tmp_path: Path) -> None:
    real = load_city(city_with(tmp_path / "real", LIVE))
    assert ("Actual", "twilio") == (status_of(real, drill=real.drill), real.sender.kind)
    city = make_drill_city(tmp_path / "real", tmp_path / "drill")
    assert (True, True, False, "dry-run", "水务") == (city.drill, city.simulated, city.public.live, city.sender.kind, city.sender.name)
    assert "Exercise" == status_of(city, drill=city.drill)
    with pytest.raises(DoorShut, match="are Exercise, and only Actual ones reach telephones"):
        RealDoor(city, Credentials("AC1", "token"))
    assert [DryRun] == [type(channel) for channel in open_channels(SendOptions(city)).texts]


def test_everything_else_is_as_it_was_and_the_city_itself_is_not_touched(tmp_path: Path) -> None:
    before = {file.name: file.read_bytes() for file in city_with(tmp_path / "real", LIVE).iterdir()}
    city, real = make_drill_city(tmp_path / "real", tmp_path / "drill"), load_city(tmp_path / "real")
    assert before == {file.name: file.read_bytes() for file in (tmp_path / "real").iterdir()}
    for same in ("name", "districts", "levels", "rain_signals", "low_points", "stations", "zones", "shelters", "time_zone"):
        assert getattr(real, same) == getattr(city, same)
    assert set(before) == {file.name for file in (tmp_path / "drill").iterdir()}


def test_who_must_sign_is_the_citys_own_policy(tmp_path: Path) -> None:
    policy = '4 = { signatures = "two", release_after_s = 180, release_if = ["measured"] }\n3 = "two"\n'
    city = make_drill_city(city_with(tmp_path / "real", CITY.replace(POLICY, policy)), tmp_path / "drill")
    assert {**defaults.APPROVAL, "3": "two", "4": "two"} == city.approval
    assert {"4": ReleaseRule(180.0, ("measured",))} == city.release_rules


def test_in_the_demo_city_where_everything_goes_out_by_itself_people_sign_in_a_drill(tmp_path: Path) -> None:
    assert "automatic" == load_city(FOLDER).approval["4"]
    assert defaults.APPROVAL == make_drill_city(FOLDER, tmp_path / "drill").approval


def test_a_folder_that_cannot_be_used_is_named_itself(tmp_path: Path) -> None:
    with pytest.raises(CityError, match=r"real/city\.toml"):
        make_drill_city(city_with(tmp_path / "real", "name = 3"), tmp_path / "drill")
    assert not (tmp_path / "drill").exists()


@pytest.mark.parametrize(
    "table",
    [
        tomllib.loads((FOLDER / "city.toml").read_text("utf-8")),
        {"odd key \"'": 'a\nb\t"c"\\ \x7f é 市', "": [], "none": {}, "deep": [{"a": [1, -2.5, 1e30, True]}]},
        {"day": date(2026, 7, 20), "moment": datetime(2026, 7, 20, 6, tzinfo=UTC), "inf": float("inf")},
    ],
)
def test_a_table_that_is_written_is_read_back_equal(table: dict[str, Any]) -> None:
    assert table == tomllib.loads(to_toml(table))
