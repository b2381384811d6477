"""After the storm at the desk: it is found, played back, and told with what its warnings were worth."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from streams.duty.holder import TAKE_OVER
from streams.observation.moments import to_text
from streams.officers.roles import Role
from tests.streams.desk.town import Client, Site
from tests.streams.towns import depths, rain, us


@pytest.fixture
def flooded(site: Site) -> Site:
    """Water at P0 from the second to the 20th minute, and nothing at P1 any more from the 10th on."""
    water = depths("S0", [0.0, 0.2, *[0.45] * 18, *[0.0] * 40], start_s=1)
    site.log.hear([*rain(0, 60), *water, *depths("S1", [0.0] * 10, start_s=2)], until_s=3600)
    site.now_us = us(3600)
    return site


def asked(client: Client, address: str) -> dict[str, Any]:
    answer = client.get(address)
    assert 200 == answer.status_code, answer.text
    return dict(answer.json())


def around(site: Site) -> str:
    return f"/api/storms/{to_text(us(-600))}/{to_text(us(3600))}"


def test_a_storm_is_found_with_half_an_hour_around_and_its_figures(flooded: Site) -> None:
    told = asked(flooded.person("li", Role.VIEWER), "/api/storms")
    [storm] = told["storms"]
    assert ("2026-07-14T07:30:00Z", to_text(us(3600)), False) == (storm["start"], storm["end"], storm["ongoing"])
    assert (3, 1, 29.0) == (storm["worst_level"], storm["points"], storm["peak_rain_mm_30min"])
    assert storm["orders"] >= 1
    assert 200 == flooded.person("wang").get(f"/api/storms/{storm['start']}/{storm['end']}").status_code


def test_what_goes_on_is_told_as_ongoing(site: Site) -> None:
    site.flood(0.45)
    assert [True] == [storm["ongoing"] for storm in asked(site.person(), "/api/storms")["storms"]]


def test_no_storm_is_told_of_a_time_without_one(flooded: Site) -> None:
    li = flooded.person()
    assert [] == asked(li, "/api/storms?from=2026-07-15T00:00:00Z&to=2026-07-17T00:00:00%2B08:00")["storms"]
    bad = ("from=x", "to=2026-07-14", "from=2026-07-16T00:00:00Z&to=2026-07-15T00:00:00Z", "to=1900-01-01T00:00:00Z")
    assert {422} == {li.get(f"/api/storms?{query}").status_code for query in bad}


def test_a_playback_shows_levels_and_rain_and_says_what_is_not_known(flooded: Site) -> None:
    told = asked(flooded.person(), around(flooded))
    assert (["P0", "P1"], ["D1"]) == (told["points"], told["districts"])
    frames = {frame["at"]: frame["levels"] for frame in told["frames"]}
    assert "??" == frames[to_text(us(-300))]
    assert "30" == frames[to_text(us(600))]
    assert "0?" == frames[to_text(us(3600))]
    assert len(told["frames"]) == len(told["rain"]["D1"])
    assert (None, 28.0) == (told["rain"]["D1"][0], told["rain"]["D1"][-1])


def test_the_timeline_tells_everything_in_its_order(flooded: Site) -> None:
    flooded.now_us = us(1800)
    flooded.person().ask("POST", "/api/duty/take-over", json={})
    told = asked(flooded.again_later("li"), around(flooded))
    kinds = [(entry["kind"], entry["what"]) for entry in told["timeline"]]
    assert {("level", "measured"), ("order", "draft"), (TAKE_OVER, "taken over: nobody had duty")} <= set(kinds)
    assert sorted(entry["entry"] for entry in told["timeline"]) == [entry["entry"] for entry in told["timeline"]]


def test_a_flood_that_no_forecast_announced_is_a_miss_and_a_silent_point_is_not_judged(flooded: Site) -> None:
    told = asked(flooded.person(), f"/api/storms/{to_text(us(0))}/{to_text(us(3600))}")["verification"]
    assert ["P1"] == [one["low_point"] for one in told["not_judged"]]
    third, fourth = told["levels"]
    assert (3, 1, 1, 0, 0, 1, 0) == tuple(
        third[name] for name in ("level", "points", "crossings", "warned", "late", "missed", "false_alarms")
    )
    assert {"of": 0, "among": 1, "value": 0.0} == {name: third["pod"][name] for name in ("of", "among", "value")}
    assert ([("P0", "missed")], []) == ([(one["low_point"], one["outcome"]) for one in third["cases"]], fourth["cases"])


def test_the_timeline_is_a_table_and_the_whole_a_file(flooded: Site) -> None:
    li = flooded.person()
    li.ask("POST", "/api/duty", json={"text": "=1+1"})
    flooded.pass_minutes(1)
    table, whole = li.get(f"{around(flooded)}?format=csv"), li.get(f"{around(flooded)}?format=json")
    assert 'attachment; filename="storm_20260714T075000Z.csv"' == table.headers["content-disposition"]
    assert 'attachment; filename="storm_20260714T075000Z.json"' == whole.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(table.content.decode("utf-8-sig"))))
    assert [entry["at"] for entry in whole.json()["timeline"]] == [row["at"] for row in rows]
    assert "'=1+1" in {row["text"] for row in rows}
    assert "content-disposition" not in li.get(around(flooded)).headers


EIGHT = "2026-07-14T08:00:00Z"


@pytest.mark.parametrize("stretch", ["x/y", f"{EIGHT}/{EIGHT}", f"{EIGHT}/2026-07-16T08:00:01Z", f"{EIGHT}/2026-13-15T08:00:00Z"])
def test_what_is_no_stretch_of_two_days_at_most_is_refused(site: Site, stretch: str) -> None:
    assert 422 == site.person().get(f"/api/storms/{stretch}").status_code


def test_who_is_not_known_learns_nothing(flooded: Site) -> None:
    assert {401} == {flooded.nobody().get(address).status_code for address in ("/api/storms", around(flooded), "/api/duty")}
