"""What the stream tells is what the store says, never calmer than what is known (laws 3 and 12)."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from msgspec import structs
from sqlalchemy import Engine, insert

from streams.city.model import City
from streams.console.live.entities import Maker
from streams.console.live.look import BesideLook, OrdersLook, WaterLook
from streams.console.live.says import Says
from streams.observation.moments import MINUTE_US, SECOND_US, to_text
from streams.rules.outputs import ModelChange, OutputMessage, Standing, StationState, ZoneState
from streams.store.duty_schema import DUTY_LOG
from streams.store.engine import writing
from streams.store.projection import rows_of, save
from streams.store.senders import beat
from streams.web.freshness import freshness
from tests.streams.web.situations import (
    HEARD_US,
    NOW_US,
    SAID_US,
    SITUATIONS,
    all_dry,
    dry,
    forecast,
    one_red_unconfirmed,
    say,
    stale,
    state,
    storm,
    unknown_points,
)

Told = dict[str, dict[str, Any]]


def says_of(engine: Engine, city: City) -> Says:
    return Says(WaterLook(city)(engine), OrdersLook(city)(engine), BesideLook()(engine))


def told(engine: Engine, city: City, now_us: int = NOW_US) -> Told:
    says = says_of(engine, city)
    state = Maker(city).state(says, freshness(city, says.water.heard, now_us), now_us)
    return {kind: {name: msgspec.json.decode(entity) for name, entity in entities.items()} for kind, entities in state.items()}


def test_every_kind_and_every_point_is_told_even_where_nothing_has_come(engine: Engine, city: City) -> None:
    found = told(engine, city)
    assert {"point", "order", "zone", "district", "account", "warning", "station", "system", "duty"} == set(found)
    assert {point.low_point_id for point in city.low_points} == set(found["point"])
    assert {None} == {point["level"] for point in found["point"].values()}
    assert {None} == {district["level"] for district in found["district"].values()}
    assert {True} == {district["silent"] for district in found["district"].values()}
    assert {station.station_id for station in city.stations} == set(found["station"])
    assert {"never"} == {station["state"] for station in found["station"].values()}


def test_a_red_point_is_told_with_all_that_is_known_of_it(engine: Engine, city: City) -> None:
    one_red_unconfirmed(engine, city)
    found = told(engine, city)
    red = city.low_points[-1]
    thresholds = {str(rung.level): None for rung in red.levels}
    expected = {
        "level": 4,
        "last": False,
        "held": False,
        "was": None,
        "basis": "measured",
        "unconfirmed": True,
        "depth_m": 0.63,
        "observed_at": to_text(NOW_US - 34 * SECOND_US),
        "why": "because",
        "trend": None,
        "forecast": {
            "issued_at": to_text(SAID_US),
            "peak_m": 0.71,
            "lead_min": [5, 15, 30, 60, 90, 120],
            "q10": [0.71] * 6,
            "q50": [0.71] * 6,
            "q90": [0.71] * 6,
            "chance": {"3": 0.4, "4": 0.1},
            "minutes_to": thresholds,
        },
    }
    assert expected == found["point"][red.low_point_id]
    assert {0, 4} == {point["level"] for point in found["point"].values()}
    assert 2 == len(found["warning"])
    newest = found["warning"][f"w|{red.low_point_id}|{to_text(NOW_US - 90 * SECOND_US)}|0"]
    assert (red.low_point_id, 4, 0.63, True) == (newest["low_point"], newest["level"], newest["depth_m"], newest["unconfirmed"])
    assert 3 == found["system"]["letters"]["count"]


def test_unknown_points_look_neither_dry_nor_calmer_than_they_were(engine: Engine, city: City) -> None:
    unknown_points(engine, city)
    found = told(engine, city)["point"]
    never, held, silent, *others = (found[point.low_point_id] for point in city.low_points)
    assert (None, True, None, None) == (never["level"], never["held"], never["was"], never["depth_m"])
    assert (3, True, True) == (held["level"], held["last"], held["held"])
    assert (None, True) == (silent["level"], silent["held"])
    assert {0} == {point["level"] for point in others}


@pytest.mark.parametrize("name", sorted(set(SITUATIONS) - {"noData"}))
def test_with_age_alone_no_point_gets_calmer_and_none_is_dry_when_all_are_silent(engine: Engine, city: City, name: str) -> None:
    SITUATIONS[name](engine, city)
    now, later = told(engine, city)["point"], told(engine, city, NOW_US + 120 * SECOND_US)
    assert 0 not in {point["level"] for point in later["point"].values()}
    lower = [name for name, point in later["point"].items() if now[name]["level"] and point["level"] != now[name]["level"]]
    assert [] == lower
    assert [] == [name for name, point in later["point"].items() if point["level"] is not None and not point["last"]]
    assert {None} == {point["trend"] for point in later["point"].values()}


def test_a_stale_district_tells_no_rain_and_no_calm(engine: Engine, city: City) -> None:
    stale(engine, city)
    districts = told(engine, city)["district"].values()
    assert {(True, None, None)} == {(one["silent"], one["level"], one["rain_mm_30min"]) for one in districts}
    assert {12.25} == {one["rain_mm_30min"] for one in told(engine, city, NOW_US - 170 * SECOND_US)["district"].values()}


def test_unknown_points_of_a_district_are_those_not_known_now(engine: Engine, city: City) -> None:
    unknown_points(engine, city)
    counts = dict.fromkeys(city.districts, 0)
    for point in city.low_points[:3]:
        counts[point.district_id] += 1
    assert counts == {name: one["unknown_points"] for name, one in told(engine, city)["district"].items()}


def test_a_forecast_that_is_too_old_is_told_no_more(engine: Engine, city: City) -> None:
    old, *_ = city.low_points
    states = {point.low_point_id: dry(point) for point in city.low_points}
    say(engine, city, states, {old.district_id: [forecast(old, 0.5, issued_us=NOW_US - 630 * SECOND_US)]})
    assert told(engine, city)["point"][old.low_point_id]["forecast"] is None
    assert told(engine, city, NOW_US - 40 * SECOND_US)["point"][old.low_point_id]["forecast"] is not None


def test_a_forecast_that_cannot_be_read_is_none_and_the_others_are_told(engine: Engine, city: City) -> None:
    short, well, *_ = city.low_points
    states = {point.low_point_id: dry(point) for point in city.low_points}
    good, other = forecast(short, 0.5), forecast(well, 0.4)
    bad = structs.replace(good, depth_m={**good.depth_m, "0.9": [0.5]})
    more: dict[str, list[Any]] = {short.district_id: [bad]}
    more.setdefault(well.district_id, []).append(other)
    say(engine, city, states, more)
    found = told(engine, city)["point"]
    assert found[short.low_point_id]["forecast"] is None
    assert 0.4 == found[well.low_point_id]["forecast"]["peak_m"]


@pytest.mark.parametrize(("before_m", "trend"), [(0.1, "rising"), (0.5, "falling"), (0.3, "steady")])
def test_the_trend_is_told_by_the_water_of_ten_minutes_ago(engine: Engine, city: City, before_m: float, trend: str) -> None:
    wet, *_ = city.low_points
    for depth_m, back_us in ((before_m, 10 * MINUTE_US), (0.3, 0)):
        states = {point.low_point_id: dry(point) for point in city.low_points}
        states[wet.low_point_id] = state(wet, 2, depth_m, 34 + back_us // SECOND_US, moving=True)
        say(engine, city, states, said_us=SAID_US - back_us, heard_us=HEARD_US - back_us)
    assert trend == told(engine, city)["point"][wet.low_point_id]["trend"]


def test_zones_that_are_not_at_rest_are_told_with_their_district(engine: Engine, city: City) -> None:
    district, zone = city.zones[0].district_id, city.zones[0].zone_id
    standing = Standing(district, to_text(SAID_US), 0.0, [], [], zones=[ZoneState(zone, 4, "i", "draft", muted=("LP01",))], level=4)
    save(engine, [rows_of(OutputMessage(district, HEARD_US, [], [standing]))], HEARD_US)
    found = told(engine, city)["zone"]
    told_of = {
        "zone_id": zone,
        "level": 4,
        "level_name": "red",
        "identifier": "i",
        "state": "draft",
        "by_hand": "",
        "silenced": "",
        "muted": ["LP01"],
        "district": district,
    }
    assert {zone: told_of} == found


def test_a_station_is_as_well_as_its_district_says_and_never_well_while_that_is_silent(engine: Engine, city: City) -> None:
    well, ill = [station for station in city.stations if station.kind == "level"][:2]
    district = {point.low_point_id: point.district_id for point in city.low_points}
    at = to_text(SAID_US)
    for station, word in (
        (well, StationState(well.station_id, "ok", "", at, 0.1)),
        (ill, StationState(ill.station_id, "suspect", "stuck")),
    ):
        name = district[station.low_point_id or ""]
        others = [
            w
            for s, w in [(well, StationState(well.station_id, "ok", "", at, 0.1))]
            if s != station and district[s.low_point_id or ""] == name
        ]
        standing = Standing(name, at, 0.0, [], [], stations=[word, *others])
        save(engine, [rows_of(OutputMessage(name, HEARD_US, [], [standing]))], HEARD_US)
    found = told(engine, city)["station"]
    assert {"state": "ok", "why": "", "observed_at": at, "value": 0.1} == found[well.station_id]
    assert ("suspect", "stuck") == (found[ill.station_id]["state"], found[ill.station_id]["why"])
    later = told(engine, city, NOW_US + 120 * SECOND_US)["station"]
    assert "silent" == later[well.station_id]["state"]
    assert "ok" not in {station["state"] for station in later.values()}


def test_a_station_that_its_district_does_not_name_is_not_well(engine: Engine, city: City) -> None:
    """As after an upgrade, while the workers are the old ones, or with a city folder that they do not have yet (law 3)."""
    silent_about = city.stations[0]
    all_dry(engine, city)
    assert "never" == told(engine, city)["station"][silent_about.station_id]["state"]


def test_in_a_large_city_only_stations_that_are_not_well_are_told(engine: Engine, city: City) -> None:
    all_dry(engine, city)
    many = tuple(structs.replace(city.stations[0], station_id=f"S{n:04d}") for n in range(600))
    assert {} == told(engine, structs.replace(city, stations=many))["station"]
    assert 600 == len(told(engine, structs.replace(city, stations=many), NOW_US + 120 * SECOND_US)["station"])


def test_the_system_tells_senders_that_are_alive_models_and_dead_letters(engine: Engine, city: City) -> None:
    storm(engine, city)
    beat(engine, "one", "sms", NOW_US)
    beat(engine, "two", "sms", NOW_US)
    change = ModelChange(city.districts[0], to_text(SAID_US), "used", "new", "old", "asked for")
    save(engine, [rows_of(OutputMessage(city.districts[0], HEARD_US, [], [change]))], HEARD_US)
    found = told(engine, city)["system"]
    assert {"alive": 2, "lines": ["sms"]} == found["senders"]
    assert 5 == found["letters"]["count"]
    assert 5 == sum(found["letters"]["by_reason"].values())
    assert (["1"], "new") == (found["model"]["models"], found["model"]["last_change"]["model"])
    assert {"alive": 0, "lines": []} == told(engine, city, NOW_US + 10 * SECOND_US)["system"]["senders"]


def test_the_newest_entries_of_the_duty_log_are_told(engine: Engine, city: City) -> None:
    with writing(engine) as connection:
        rows = [{"at_us": NOW_US, "officer": "li", "kind": "note", "text": f"{n}", "refers": ""} for n in range(60)]
        connection.execute(insert(DUTY_LOG), rows)
    found = told(engine, city)["duty"]
    assert {str(n) for n in range(11, 61)} == set(found)
    assert {"at": to_text(NOW_US), "officer": "li", "kind": "note", "text": "59", "refers": ""} == found["60"]


def test_nothing_is_made_anew_that_stands_on_the_same_answers(engine: Engine, city: City) -> None:
    storm(engine, city)
    maker, looks, says = Maker(city), WaterLook(city), says_of(engine, city)
    fresh = freshness(city, says.water.heard, NOW_US)
    first = maker.state(says, fresh, NOW_US)
    second = maker.state(says, fresh, NOW_US)
    assert [] == [kind for kind in first if kind != "system" and first[kind] is not second[kind]]
    once, again = looks(engine), looks(engine)
    assert [] == [point for point in once.expected if once.expected[point] is not again.expected[point]]
    third = maker.state(structs.replace(says, water=again), fresh, NOW_US)
    points = [name for name, entity in third["point"].items() if entity != first["point"][name]]
    assert [] == points


def test_only_forecasts_whose_row_changed_are_read_again(engine: Engine, city: City) -> None:
    storm(engine, city)
    look = WaterLook(city)
    before = look(engine).expected
    changed, *_ = city.low_points
    newer = forecast(changed, 0.9, issued_us=SAID_US + 10 * SECOND_US)
    save(engine, [rows_of(OutputMessage(changed.district_id, HEARD_US, [], [newer]))], HEARD_US)
    after = look(engine).expected
    assert [changed.low_point_id] == [point for point in after if after[point] is not before[point]]
    assert 0.9 == msgspec.json.decode(after[changed.low_point_id].told)["peak_m"]
