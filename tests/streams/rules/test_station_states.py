"""How each station stands is said every minute, with its reason; nothing that is wrong with one is told as well."""

from __future__ import annotations

import pytest

from streams.city.model import City, Station
from streams.observation.moments import to_text
from streams.rules.outputs import Standing, StationState
from streams.rules.station_states import MOST_STATIONS
from tests.streams.towns import Reading, Run, depths, rain, town, us


def told(run: Run) -> dict[str, StationState]:
    standing = [output for output in run.outputs if isinstance(output, Standing)][-1]
    return {one.station: one for one in standing.stations}


def test_a_station_that_speaks_is_well_and_tells_its_newest_reading() -> None:
    found = told(Run(town()).hear([*rain(0, 3, 0.2), *depths("S0", [0.0, 0.02, 0.05], start_s=1)], until_s=185))
    assert StationState("S0", "ok", "", to_text(us(121)), 0.05) == found["S0"]
    assert StationState("R", "ok", "", to_text(us(120)), 0.2) == found["R"]


def test_who_never_spoke_is_told_as_that_but_nobody_waits_for_reports() -> None:
    found = told(Run(town()).hear(rain(0, 3, 0.0), until_s=130))
    assert ("never", None, None) == (found["S0"].state, found["S0"].observed_at, found["S0"].value)
    assert "ok" == found["Q0"].state


def test_a_sensor_that_falls_silent_is_silent_and_keeps_its_last_word() -> None:
    found = told(Run(town()).hear(depths("S0", [0.0, 0.07], start_s=1), until_s=600))
    assert ("silent", "nothing for over 3 min", 0.07) == (found["S0"].state, found["S0"].why, found["S0"].value)


def test_a_gauge_that_falls_silent_is_silent_and_one_that_is_late_is_not() -> None:
    for until_s, state in ((420, "ok"), (480, "silent")):  # three minutes, and two more in which it may be on its way
        assert state == told(Run(town()).hear(rain(0, 3, 0.1), until_s=until_s))["R"].state


def test_a_rise_that_is_held_makes_its_sensor_suspect() -> None:
    found = told(Run(town()).hear([*depths("S0", [0.0], start_s=1), *depths("S0", [0.5], start_s=110)], until_s=125))
    assert "suspect" == found["S0"].state
    assert found["S0"].why.startswith("a sudden rise to 0.50 m waits until 2026-07-14T08:02:50Z")


@pytest.mark.parametrize(("value", "why"), [(12.0, "12.00 m is outside -0.05 to 10 m"), (-1.0, "-1.00 m is outside")])
def test_a_reading_that_cannot_be_makes_its_sensor_suspect_not_silent(value: float, why: str) -> None:
    readings = depths("S0", [0.0, 0.0, *[value] * 8], start_s=1)
    for until_s in (190, 540):  # at first, and when nothing trusted has come for long
        found = told(Run(town()).hear(readings, until_s=until_s))["S0"]
        assert ("suspect", value) == (found.state, found.value)
        assert why in found.why


def test_a_value_that_does_not_move_for_an_hour_is_told_as_stuck() -> None:
    run = Run(town()).hear([*rain(0, 80), *depths("S0", [0.0, 0.2, *[0.2] * 75], start_s=1)], until_s=76 * 60)
    found = told(run)["S0"]
    assert ("suspect", True) == (found.state, found.why.endswith("stuck")), found


def test_a_station_set_aside_says_by_whom_until_when_and_why() -> None:
    run = Run(town()).hear([*rain(0, 2), *depths("S0", [0.0, 0.0], start_s=1)], until_s=70)
    run.decide("set_aside", stations=("S0",), until_us=us(3600), reason="a bus stands there")
    run.hear(depths("S0", [0.9] * 3, start_s=100), until_s=250)
    found = told(run)["S0"]
    assert ("aside", "set aside by li until 2026-07-14T09:00:00Z: a bus stands there", 0.0) == (found.state, found.why, found.value)


def large() -> City:
    """A district of more stations than are told of one by one."""
    base = town()
    gauges = tuple(Station(f"R{n:03d}", "rain", 60.0, district_ids=("D1",)) for n in range(MOST_STATIONS))
    return town(stations=tuple(sorted([*base.stations, *gauges], key=lambda station: station.station_id)))


def test_a_large_district_tells_only_of_those_that_are_not_well() -> None:
    city = large()
    wells = [Reading(f"R{n:03d}", 1.0, 0.0) for n in range(1, MOST_STATIONS)]
    found = told(Run(city).hear([*wells, Reading("R", 1.0, 0.0), *depths("S0", [0.0, 20.0], start_s=1)], until_s=125))
    assert {"R000": "never", "S0": "suspect"} == {name: one.state for name, one in found.items()}


def test_in_a_large_district_nothing_is_passed_over_that_a_small_one_would_tell() -> None:
    readings = [*depths("S0", [0.0, 0.0], start_s=1), *depths("S0", [0.6], start_s=110)]
    small, many = Run(town()).hear(readings, until_s=125), Run(large()).hear(readings, until_s=125)
    for run in (small, many):
        run.decide("set_aside", stations=("R",), until_us=us(3600), reason="broken")
        run.hear([], until_s=185)
    unwell = {name: one for name, one in told(small).items() if one.state != "ok"}
    assert {"R", "S0"} == set(unwell)
    assert unwell == {name: one for name, one in told(many).items() if name in unwell}


def test_stations_are_told_alike_however_batched() -> None:
    readings = [*depths("S0", [0.0, 0.5, 0.01, 20.0, 0.0]), *rain(0, 2), Reading("S0", 30.0, 0.3, received_s=170.0)]
    whole, single = Run(town()).hear(readings, until_s=700), Run(town()).hear(readings, until_s=700, sizes=(1,))
    assert told(whole) == told(single)
