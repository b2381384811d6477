"""Law 1 and the levels of DESIGN 8: raised at once, none skipped, taken down with care."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.forecaster import forecast
from tests.streams.towns import Reading, Run, depths, rain, town


def measured(run: Run, point: str = "P0") -> list[tuple[float, object]]:
    return [(at, level) for at, level, basis in run.changes(point) if basis == "measured"]


@pytest.mark.parametrize(
    ("depth_m", "level"), [(0.149, None), (0.15, 1), (0.269, 1), (0.27, 2), (0.40, 3), (0.5999, 3), (0.60, 4), (2.5, 4)]
)
def test_a_trusted_depth_at_a_level_raises_it_in_the_same_step(depth_m: float, level: int | None) -> None:
    run = Run(town()).hear([*rain(0, 2), *depths("S0", [0.0, 0.0, depth_m], start_s=1)], until_s=121)
    assert ([] if level is None else [(121.0, level)]) == measured(run)


def test_zero_to_full_in_two_minutes_raises_every_level_at_the_reading_that_reached_it() -> None:
    values = [0.0] * 6 + [0.06 * n for n in range(1, 13)]  # 0.72 m in two minutes, a reading every 10 s, no rain: the spike filter is on
    run = Run(town(cadence_s=10)).hear(depths("S0", values, every_s=10), until_s=170)
    assert [1, 2, 3, 4] == [level for _, level in measured(run)]
    assert [80.0, 100.0, 120.0, 150.0] == [at for at, _ in measured(run)]


def test_a_jump_from_nothing_to_level_4_is_one_line_and_one_order() -> None:
    run = Run(town()).hear([*rain(0, 2), *depths("S0", [0.0, 0.0, 0.9], start_s=1)], until_s=121)
    assert [(121.0, 4)] == measured(run)
    assert [(1, "Alert", 4)] == [(o.version, o.msg_type, o.level) for o in run.orders]


def test_a_sudden_flood_in_dry_surroundings_is_raised_within_60_s_by_the_next_reading() -> None:
    run = Run(town(cadence_s=30)).hear(depths("S0", [0.0, 0.0, 0.7, 0.72], every_s=30), until_s=95)
    assert [(90.0, 4)] == measured(run)
    assert run.warnings[0].unconfirmed


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(0, 1.2), min_size=2, max_size=25), st.sampled_from([10.0, 30.0, 60.0]))
def test_however_fast_the_water_came_its_level_stands_60_s_later(values: list[float], every_s: float) -> None:
    readings = depths("S0", [0.0, *values, values[-1]], every_s=every_s)
    run = Run(town(cadence_s=every_s)).hear(readings, until_s=readings[-1].observed_s + 61)
    reached = sum(values[-1] >= threshold for threshold in (0.15, 0.27, 0.40, 0.60))
    assert int(run.state.measured[0]) >= reached


def test_a_level_ends_exactly_600_s_after_the_last_reading_within_3_cm_of_it() -> None:
    # 0.12 m is not strictly below 0.15 - 0.03
    run = Run(town()).hear([*rain(0, 2), *depths("S0", [0.0, 0.2, 0.12, *[0.02] * 13], start_s=1)], until_s=900)
    assert [(61.0, 1), (721.0, 0)] == measured(run)


def test_each_level_ends_by_itself_on_the_way_down() -> None:
    values = [0.0, 0.7, *[0.45] * 5, *[0.2] * 5, *[0.0] * 25]
    run = Run(town()).hear([*rain(0, 2), *depths("S0", values, start_s=1)], until_s=2200)
    assert [4, 3, 1, 0] == [level for _, level in measured(run)]


def test_readings_at_the_very_instant_of_a_step_down_are_heard_first() -> None:
    values = [0.0, 0.2, *[0.02] * 9, 0.2]  # the last one arrives 600 s after the first 0.2
    run = Run(town()).hear([*rain(0, 2), *depths("S0", values, start_s=1)], until_s=700)
    assert [(61.0, 1)] == measured(run)


def test_one_low_reading_of_a_slow_sensor_ends_no_level() -> None:
    # a sensor that speaks a little less often than every five minutes: one low reading, then water again
    slow = [Reading("S0", 1.0 + 311 * n, depth_m) for n, depth_m in enumerate([0.0, 0.3, 0.02, 0.3, 0.02, 0.02, 0.02])]
    run = Run(town(cadence_s=300.0)).hear([*rain(0, 2), *slow], until_s=2000)
    assert [(312.0, 2), (1560.0, 0)] == measured(run)


def test_what_was_not_seen_does_not_count_as_low() -> None:
    gap = [Reading("S0", 61.0, 0.3), Reading("S0", 800.0, 0.0), *depths("S0", [0.0] * 12, start_s=860)]
    run = Run(town()).hear([*rain(0, 2), Reading("S0", 1.0, 0.0), *gap], until_s=1500)
    assert [(61.0, 2), (241.0, "unknown"), (800.0, 2), (1400.0, 0)] == measured(run)


def test_rising_water_is_forecast_before_it_is_there() -> None:
    values = [0.0, 0.02, 0.05, 0.08, 0.11, 0.14]
    run = Run(town(), forecast).hear([*rain(0, 6), *depths("S0", values, start_s=1)], until_s=300)
    assert [("forecast", 1)] == [(basis, level) for _, level, basis in run.changes()][:1]


def test_a_level_by_forecast_alone_stands_ten_minutes() -> None:
    rising = depths("S0", [0.0, 0.03, 0.07, 0.11, 0.13], start_s=1)
    run = Run(town(), forecast).hear([*rain(0, 6), *rising, *depths("S0", [0.02] * 30, start_s=301)], until_s=2100)
    stood = [(at, level) for at, level, basis in run.changes() if basis == "forecast" or level == 0]
    raised = next(at for at, level in stood if level)
    ended = next(at for at, level in stood if level == 0)
    assert ended - raised >= 600
