"""One low point in full: what is told of it is what was kept, and what is not known is null."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import update

from models.forecaster import CoreOnly
from streams.desk.points_wire import PointNowView
from streams.observation.moments import MINUTE_US
from streams.officers.roles import Role
from streams.rules.outputs import LEAD_MIN, QUANTILES, Forecast, OutputMessage, PointState, Standing
from streams.store.history_schema import FORECASTS_KEPT
from streams.store.projection import save_outputs
from tests.streams.desk.town import Client, Site
from tests.streams.towns import START_US, depths, rain, us


def told(client: Client, point: str = "P0", hours: int = 6) -> dict[str, Any]:
    answer = client.get(f"/api/points/{point}?hours={hours}")
    assert 200 == answer.status_code, answer.text
    return dict(answer.json())


@pytest.fixture
def flooded(site: Site) -> Site:
    """P0 rises to 0.44 m within eight minutes in rain, after four dry ones; P1 never spoke."""
    site.log.model, site.now_us = CoreOnly(), us(785)
    values = [0.0] * 4 + [0.0, 0.05, 0.1, 0.15, 0.2, 0.26, 0.32, 0.38, 0.44]
    site.log.hear([*rain(0, 13), *depths("S0", values, start_s=1)], until_s=0)
    site.log.hear([], until_s=785)
    return site


def test_what_was_seen_is_told_minute_by_minute_and_rain_with_it(flooded: Site) -> None:
    view = told(flooded.person())
    seen = {row["at"]: row["depth_m"] for row in view["observed"]}
    assert (0.0, 0.05, 0.44) == tuple(seen[f"2026-07-14T08:{minute:02d}:00Z"] for minute in (3, 6, 13))
    assert [row["at"] for row in view["observed"]] == sorted(seen)
    assert 13.0 == max(row["rain_mm_30min"] for row in view["rain"])


def test_levels_by_forecast_are_not_told_as_water_that_was_seen(flooded: Site) -> None:
    view = told(flooded.person())
    foreseen = [row for row in view["warnings"] if row["basis"] == "forecast"]
    assert foreseen
    assert not {row["issued_at"] for row in foreseen} & {row["at"] for row in view["observed"] if row["at"][-3:] != "00Z"}


def test_now_is_what_the_live_stream_would_tell(flooded: Site) -> None:
    now = told(flooded.person())["now"]
    assert set(PointNowView.model_fields) == set(now)
    assert (0.44, "rising", False) == (now["depth_m"], now["trend"], now["last"])
    assert now["level"] >= 3
    assert list(LEAD_MIN) == now["forecast"]["lead_min"]


def test_the_fan_has_all_quantiles_and_the_moments_they_are_for(flooded: Site) -> None:
    fan = told(flooded.person())["fan"]
    assert "2026-07-14T08:13:00Z" == fan["issued_at"]
    assert ["2026-07-14T08:18:00Z", "2026-07-14T10:13:00Z"] == [fan["valid_at"][0], fan["valid_at"][-1]]
    assert all(len(fan[name]) == len(LEAD_MIN) for name in QUANTILES)
    assert [1, 2, 3, 4] == [one["level"] for one in fan["p_exceed"]]
    assert ["1", "2", "3", "4"] == list(fan["minutes_to"])


def test_a_forecast_that_is_too_old_is_none(flooded: Site) -> None:
    client = flooded.person()
    flooded.pass_minutes(11)
    view = told(client)
    assert (None, None) == (view["fan"], view["now"]["forecast"])


def test_a_point_that_never_spoke_is_unknown_not_dry(site: Site) -> None:
    site.log.hear(depths("S0", [0.0] * 3, start_s=1), until_s=140)
    view = told(site.person(), "P1")
    assert (None, None, None) == (view["now"]["level"], view["now"]["depth_m"], view["now"]["observed_at"])
    assert {(None, None)} == {(row["level"], row["depth_m"]) for row in view["observed"]}
    assert ["never"] == [one["state"] for one in view["stations"] if one["station"] == "S1"]


def test_its_own_stations_are_told_and_the_gauges_of_its_district(flooded: Site) -> None:
    stations = {one["station"]: one for one in told(flooded.person())["stations"]}
    assert {"S0", "Q0", "R"} == set(stations)
    assert ("level", "ok", 0.44) == tuple(stations["S0"][name] for name in ("kind", "state", "value"))


def test_verdicts_on_its_stations_are_told_and_those_on_others_are_not(site: Site) -> None:
    site.log.hear([*depths("S0", [0.0, 12.0], start_s=1), *depths("S1", [0.0, 0.0, -3.0], start_s=1)], until_s=130)
    verdicts = told(site.person())["verdicts"]
    assert [("S0", ["range"])] == [(one["station"], one["flags"]) for one in verdicts]
    assert "12 m is outside" in verdicts[0]["reason"]


def test_zones_that_its_water_reaches_come_with_their_people(flooded: Site) -> None:
    assert [{"zone": "Z0", "from_level": 1, "people": 3}] == told(flooded.person())["zones"]


def test_hours_bound_what_is_told(site: Site) -> None:
    for hour in range(4):
        site.log.hear(depths("S0", [0.02] * 2, start_s=3600 * hour + 1), until_s=3600 * hour + 130)
    site.now_us = us(3 * 3600 + 150)
    client = site.person()
    assert len(told(client, hours=1)["observed"]) < len(told(client, hours=2)["observed"]) < len(told(client, hours=6)["observed"])


@pytest.mark.parametrize("hours", ["0", "73", "x", "1.5"])
def test_nonsense_is_refused(site: Site, hours: str) -> None:
    assert 422 == site.person().get(f"/api/points/P0?hours={hours}").status_code


def test_a_point_that_is_not_there_is_not_there(site: Site) -> None:
    assert 404 == site.person().get("/api/points/P9").status_code


def test_who_may_look_may_look_and_nobody_else(site: Site) -> None:
    assert 200 == site.machine(Role.VIEWER).get("/api/points/P0").status_code
    assert 401 == site.nobody().get("/api/points/P0").status_code


def test_pictures_are_none_yet(site: Site) -> None:
    assert [] == told(site.person())["pictures"]


def judged(site: Site) -> None:
    """Two hours in which the water rises 1 cm in ten minutes, and forecasts that say 2 cm more than what came."""

    def water_m(minute: int) -> float:
        return round(0.1 + 0.001 * minute, 3)

    outputs: list[Any] = []
    for minute in range(121):
        moment = f"2026-07-14T{8 + minute // 60:02d}:{minute % 60:02d}:00Z"
        held = site_point(water_m(minute), moment)
        outputs.append(Standing("D1", moment, 0.0, [held], []))
        if minute % 5 == 0:
            said = [round(water_m(minute + lead) + 0.02, 3) for lead in LEAD_MIN]
            spread = {name: [depth + 0.1 * (float(name) - 0.5) for depth in said] for name in QUANTILES}
            outputs.append(Forecast("P0", moment, "core", "core-1", list(LEAD_MIN), spread, [], {"0.1": 0.1, "0.5": 0.2, "0.9": 0.3}, []))
    save_outputs(site.engine, OutputMessage("D1", START_US + 120 * MINUTE_US, [], outputs))
    site.now_us = START_US + 121 * MINUTE_US


def site_point(depth_m: float, moment: str) -> Any:
    return PointState("P0", 0, 0, "measured", False, depth_m, moment, moving=True)


def test_skill_is_that_of_the_forecasts_that_were_kept_against_what_came(site: Site) -> None:
    judged(site)
    skill = told(site.person())["skill"]
    assert {"15": 2.0, "30": 2.0, "60": 2.0} == skill["mae_cm"]
    assert {"15": 1.5, "30": 3.0, "60": 6.0} == skill["persistence_mae_cm"]
    assert {"15": 1.0, "30": 1.0, "60": 1.0} == skill["coverage_80"]
    assert 22 == skill["cases"]


def test_where_nothing_was_kept_there_is_no_skill_rather_than_a_perfect_one(site: Site) -> None:
    skill = told(site.person())["skill"]
    none = {"15": None, "30": None, "60": None}
    assert {"cases": 0, "mae_cm": none, "persistence_mae_cm": none, "coverage_80": none} == skill


def test_a_kept_line_that_cannot_be_read_spoils_nothing(site: Site) -> None:
    judged(site)
    with site.engine.begin() as connection:
        connection.execute(update(FORECASTS_KEPT).where(FORECASTS_KEPT.c.issued_us == START_US).values(line=b"{"))
    assert 21 == told(site.person())["skill"]["cases"]


def test_a_district_that_is_silent_lets_no_point_look_calm(flooded: Site) -> None:
    client = flooded.person()
    flooded.pass_minutes(5)
    view = told(client)
    assert (True, None) == (view["now"]["last"], view["now"]["trend"])
    assert "silent" == next(one["state"] for one in view["stations"] if one["station"] == "S0")
