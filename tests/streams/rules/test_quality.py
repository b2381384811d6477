"""Law 2: quality control flags and never deletes; a flash flood gets through, a spike does not."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from streams.observation.observation import Extra
from tests.streams.towns import Reading, Run, depths, rain, town


def flags(run: Run) -> list[tuple[str, ...]]:
    """What was noticed against readings; what speaks for them is in test_eyes."""
    return [tuple(verdict.flags) for verdict in run.verdicts if verdict.flags != ["confirmed"]]


def test_a_spike_that_the_next_reading_denies_raises_nothing_and_is_told() -> None:
    run = Run(town()).hear(depths("S0", [0.0, 0.0, 0.8, 0.0, 0.0]), until_s=300)
    assert [] == run.changes()
    assert [("suspect",), ("spike",)] == flags(run)
    assert "denies" in run.verdicts[-1].reason


def test_a_suspect_reading_that_no_other_follows_is_believed_after_exactly_60_s() -> None:
    run = Run(town()).hear([*depths("S0", [0.0, 0.0, 0.8])], until_s=185)
    assert [(180.0, 4, "measured")] == run.changes()
    assert run.warnings[0].unconfirmed


def test_the_next_reading_60_s_later_is_heard_before_the_hold_runs_out() -> None:
    run = Run(town()).hear(depths("S0", [0.0, 0.8, 0.0]), until_s=200)
    assert [] == run.changes()


@pytest.mark.parametrize("support", ["rain", "neighbour"])
def test_nothing_is_held_when_it_rains_or_a_neighbour_is_wet(support: str) -> None:
    wet = rain(0, 2) if support == "rain" else depths("S1", [0.0, 0.01])
    run = Run(town(points=2)).hear([*wet, *depths("S0", [0.0, 0.0, 0.8], start_s=1)], until_s=122)
    assert [(121.0, 4, "measured")] == run.changes()
    assert not run.warnings[0].unconfirmed


def test_a_gauge_below_half_a_millimetre_is_no_support() -> None:
    run = Run(town()).hear([*rain(0, 4, 0.12), *depths("S0", [0.0, 0.0, 0.8], start_s=1)], until_s=122)
    assert [] == run.changes()


def test_a_neighbour_further_than_2_km_is_no_support() -> None:
    run = Run(town(points=2, apart_m=2100)).hear([*depths("S1", [0.0, 0.05]), *depths("S0", [0.0, 0.0, 0.8], start_s=1)], until_s=122)
    assert [] == [w for w in run.warnings if w.low_point == "P0"]


def test_a_neighbour_that_was_wet_over_an_hour_ago_is_no_support() -> None:
    dry = depths("S1", [0.0, 0.05, *[0.0] * 62])
    run = Run(town(points=2)).hear([*dry, *depths("S0", [*[0.0] * 64, 0.8])], until_s=3845)
    assert [] == [w for w in run.warnings if w.low_point == "P0"]


def test_support_that_comes_while_a_reading_is_held_frees_it_at_once() -> None:
    run = Run(town(points=2)).hear([*depths("S0", [0.0, 0.0, 0.8]), Reading("S1", 100.0, 0.0), Reading("S1", 140.0, 0.02)], until_s=150)
    assert [(140.0, 4, "measured")] == run.changes()


def test_a_jump_that_stays_is_unconfirmed_until_rain_comes() -> None:
    run = Run(town(cadence_s=30)).hear(depths("S0", [0.0, 0.5, 0.5, 0.5], every_s=30), until_s=95)
    assert run.warnings[0].unconfirmed
    assert bool(run.state.unconfirmed[0])
    run.hear([*rain(100, 1), *depths("S0", [0.5], start_s=120)], until_s=130)
    assert not run.state.unconfirmed[0]


def test_a_parked_car_is_found_out_and_its_readings_are_no_longer_trusted() -> None:
    run = Run(town()).hear([*rain(0, 41, 0.0), *depths("S0", [0.0, 0.0, *[0.5] * 40])], until_s=2500)
    assert ("box",) in flags(run)
    assert "unknown" == run.changes()[-1][1]


def test_while_no_gauge_speaks_what_stands_flat_is_water_that_nothing_confirms() -> None:
    """Nobody knows that it does not rain (law 3); a gauge that speaks again and is dry shows the thing up."""
    flat = depths("S0", [0.0, 0.0, *[0.5] * 60])
    run = Run(town()).hear(flat[:40], until_s=2400)
    assert ("box",) not in flags(run)
    assert 3 == run.changes()[-1][1]
    assert run.state.unconfirmed[0]
    run.hear([*rain(2410, 20, 0.0), *flat[40:]], until_s=3650)
    assert ("box",) in flags(run)


def test_a_thing_that_was_found_out_stays_one_when_the_gauge_falls_silent_later() -> None:
    run = Run(town()).hear([*rain(0, 41, 0.0), *depths("S0", [0.0, 0.0, *[0.5] * 118])], until_s=7200)
    assert 1 == sum(level == 3 for _, level, _ in run.changes())
    assert "unknown" == run.changes()[-1][1]


def test_a_gauge_that_speaks_once_an_hour_is_not_silent_between() -> None:
    hourly = tuple(replace(station, cadence_s=3600.0) if station.station_id == "R" else station for station in town().stations)
    told = [Reading("R", 3600.0 * hour, 0.0, extra=Extra(period_s=3600.0)) for hour in range(1, 6)]
    run = Run(replace(town(), stations=hourly)).hear([*told, *depths("S0", [*[0.0] * 62, *[0.5] * 118], start_s=1)], until_s=10_800)
    assert ("box",) in flags(run)
    assert 1 == sum(level == 3 for _, level, _ in run.changes())


def test_where_there_is_no_gauge_at_all_a_parked_car_is_found_out_as_on_a_dry_day() -> None:
    bare = replace(town(), stations=tuple(station for station in town().stations if station.kind != "rain"))
    run = Run(bare).hear(depths("S0", [0.0, 0.0, *[0.5] * 40]), until_s=2500)
    assert ("box",) in flags(run)


def test_a_stuck_wet_sensor_makes_its_point_unknown() -> None:
    run = Run(town()).hear([*rain(0, 90), *depths("S0", [0.0, *[0.05] * 80], start_s=1)], until_s=4860)
    assert ("flat_line",) in flags(run)
    assert "unknown" in [level for _, level, _ in run.changes()]


def test_dry_is_not_stuck() -> None:
    run = Run(town()).hear(depths("S0", [0.0] * 200), until_s=12_000)
    assert [] == flags(run)
    assert [] == run.changes()


@pytest.mark.parametrize("value", [-0.3, 10.5, 1e9])
def test_values_out_of_range_are_flagged_and_not_believed(value: float) -> None:
    run = Run(town()).hear([*rain(0, 3), *depths("S0", [0.0, value], start_s=1)], until_s=130)
    assert [("range",)] == flags(run)
    assert [] == run.changes()


def test_a_repeat_is_flagged_and_changes_nothing() -> None:
    once = Run(town()).hear([*rain(0, 3), *depths("S0", [0.0, 0.3], start_s=1)], until_s=200)
    twice = Run(town()).hear([*rain(0, 3), *depths("S0", [0.0, 0.3], start_s=1), Reading("S0", 61.0, 0.3, 75.0)], until_s=200)
    assert once.warnings == twice.warnings
    assert [("repeat",)] == flags(twice)


def test_a_repeat_with_another_value_is_a_conflict_and_the_first_stands() -> None:
    run = Run(town()).hear([*rain(0, 3), *depths("S0", [0.0, 0.05], start_s=1), Reading("S0", 61.0, 0.9, 75.0)], until_s=100)
    assert [("conflict",)] == flags(run)
    assert [] == [w for w in run.warnings if w.basis == "measured"]


def test_an_id_of_its_own_is_the_identity() -> None:
    own = [Reading("S0", 61.0, 0.3, extra=Extra(id="x1")), Reading("S0", 62.0, 0.9, extra=Extra(id="x1"))]
    run = Run(town()).hear([*rain(0, 3), Reading("S0", 1.0, 0.0), *own], until_s=70)
    assert [("conflict",)] == flags(run)
    assert ["x1"] == run.warnings[0].readings


def test_a_late_reading_within_ten_minutes_still_raises() -> None:
    late = Reading("S0", 61.0, 0.3, received_s=400.0)
    run = Run(town()).hear([*rain(0, 8), Reading("S0", 1.0, 0.0), *depths("S0", [0.2, 0.21, 0.2, 0.21], start_s=121), late], until_s=420)
    assert (400.0, 2, "measured") in run.changes()
    assert ("late",) in flags(run)


def test_a_late_spike_is_denied_by_the_readings_around_it() -> None:
    late = Reading("S0", 90.0, 0.9, received_s=400.0)
    run = Run(town()).hear([*depths("S0", [0.0] * 6, start_s=1), late], until_s=420)
    assert [] == run.changes()
    assert ("spike",) in flags(run)


def test_a_reading_an_hour_out_of_order_does_not_raise_what_is_over() -> None:
    late = Reading("S0", 61.0, 0.9, received_s=3700.0)
    run = Run(town()).hear([*rain(0, 2), *depths("S0", [0.0] * 61, start_s=1, every_s=60)[0::1], late], until_s=3710)
    assert [] == [w for w in run.warnings if w.level != "unknown"]


def test_an_unsure_camera_is_not_believed_and_a_sure_one_confirms() -> None:
    from streams.city.model import Station

    base = town()
    city = town(stations=tuple(sorted([*base.stations, Station("C0", "camera", 60.0, "P0")], key=lambda s: s.station_id)))
    unsure = Reading("C0", 30.0, 0.9, extra=Extra(confidence=0.2))
    run = Run(city).hear(
        [Reading("C0", 0.0, 0.0, extra=Extra(confidence=0.9)), unsure, *depths("S0", [0.0, 0.5, 0.5], start_s=1)], until_s=125
    )
    assert ("low_confidence",) in flags(run)
    assert bool(run.state.unconfirmed[0])
    run.hear(
        [Reading("C0", 130.0, 0.48, extra=Extra(confidence=0.9)), Reading("C0", 190.0, 0.49, extra=Extra(confidence=0.9))], until_s=250
    )
    assert not run.state.unconfirmed[0]


def test_a_clock_that_ran_ahead_once_does_not_blind_its_station() -> None:
    ahead = Reading("S0", 601.0, 0.0, received_s=61.0)
    rise = depths("S0", [0.09, 0.2, 0.3, 0.42, 0.5, 0.6], start_s=121)
    run = Run(town()).hear([*rain(0, 8), Reading("S0", 1.0, 0.0), ahead, *rise], until_s=430)
    assert [(181.0, 1), (241.0, 2), (301.0, 3), (421.0, 4)] == [(at, level) for at, level, _ in run.changes()]
    assert ("clock",) in flags(run)


def test_a_late_rise_is_believed_when_a_neighbour_is_wet() -> None:
    late = Reading("S0", 310.0, 0.3, received_s=700.0)
    readings = [*depths("S1", [0.05] * 12), Reading("S0", 10.0, 0.0), Reading("S0", 610.0, 0.1), late]
    run = Run(town(points=2, cadence_s=300)).hear(readings, until_s=710)
    assert (700.0, 2, "measured") in run.changes()


def test_late_readings_of_a_stuck_sensor_do_not_bring_it_back() -> None:
    stuck = [Reading("S0", 60.0 * n, 0.3, received_s=60.0 * n + (200.0 if n % 5 == 0 else 0.0)) for n in range(1, 200)]
    run = Run(town()).hear([*rain(0, 200), Reading("S0", 0.0, 0.0), *stuck], until_s=11_900)
    # one late reading from before the run counted as stuck may still come in between
    assert len([level for _, level, _ in run.changes() if level == "unknown"]) <= 2


def test_water_exactly_three_centimetres_below_a_level_keeps_it() -> None:
    run = Run(town()).hear([*rain(0, 2), *depths("S0", [0.0, 0.3, *[0.24, 0.2401] * 15], start_s=1)], until_s=1800)
    assert [(61.0, 2)] == [(at, level) for at, level, _ in run.changes()]


def test_a_return_with_deep_water_is_one_line() -> None:
    run = Run(town()).hear([*rain(0, 10), Reading("S0", 1.0, 0.0), Reading("S0", 601.0, 0.7)], until_s=620)
    assert [(181.0, "unknown"), (601.0, 4)] == [(at, level) for at, level, _ in run.changes()]
