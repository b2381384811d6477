from __future__ import annotations

from models.verify.alarms import Alarm, Outcome, match, merged, trend_alarm
from models.verify.record import MINUTE_US, Spell
from tests.models.verify.made_up import hump, record


def alarm(start_min: float, end_min: float) -> Alarm:
    return Alarm(round(start_min * MINUTE_US), round(end_min * MINUTE_US))


def spell(start_min: float, end_min: float, crossed: bool = True) -> Spell:
    return Spell(round(start_min * MINUTE_US), round(end_min * MINUTE_US), crossed)


def outcomes(spells: list[Spell], alarms: list[Alarm]) -> list[Outcome]:
    return match("s", "P", spells, alarms)


def test_an_alarm_before_a_crossing_has_its_lead() -> None:
    found = outcomes([spell(60, 90)], [alarm(48, 60)])
    assert [12.0] == [one.lead_min for one in found]
    assert found[0].in_time


def test_an_alarm_less_than_five_minutes_ahead_is_no_alarm_in_time_and_no_false_one() -> None:
    (found,) = outcomes([spell(60, 90)], [alarm(56, 60)])
    assert 4.0 == found.lead_min
    assert not found.in_time


def test_a_crossing_without_an_alarm_is_missed() -> None:
    assert [None] == [one.alarm_us for one in outcomes([spell(60, 90)], [])]


def test_an_alarm_without_water_is_false() -> None:
    assert [(None, 10 * MINUTE_US)] == [(one.crossed_us, one.alarm_us) for one in outcomes([], [alarm(10, 20)])]


def test_an_alarm_that_ended_over_half_an_hour_before_the_water_came_is_false() -> None:
    assert [True, False] == [one.crossed_us is not None for one in outcomes([spell(60, 90)], [alarm(10, 29)])]
    assert [30 * MINUTE_US] == [one.alarm_us for one in outcomes([spell(60, 90)], [alarm(30, 31)])]


def test_no_alarm_earns_more_lead_than_two_hours() -> None:
    assert [120.0] == [one.lead_min for one in outcomes([spell(300, 330)], [alarm(10, 300)])]


def test_the_lead_of_a_second_flood_starts_when_the_first_ended() -> None:
    found = outcomes([spell(60, 90), spell(110, 130)], [alarm(50, 130)])
    assert [10.0, 20.0] == [one.lead_min for one in found]


def test_water_that_stood_there_at_the_start_is_neither_hit_nor_miss_and_its_alarm_not_false() -> None:
    assert [] == outcomes([spell(0, 30, crossed=False)], [alarm(5, 10)])


def test_pauses_of_half_an_hour_do_not_part_an_alarm() -> None:
    assert [alarm(0, 50)] == merged([alarm(0, 10), alarm(40, 50)])
    assert 2 == len(merged([alarm(0, 10), alarm(40.1, 50)]))


def test_the_trend_rule_warns_of_steady_water_before_it_is_there() -> None:
    measured = record(hump(0.6, rise_min=30))  # 2 cm a minute: 60 cm in half an hour
    found = match("s", "P", measured.spells(0.40), trend_alarm(measured, 0.40))
    assert [True] == [one.in_time for one in found]


def test_the_trend_rule_is_silent_where_the_water_stands() -> None:
    assert [] == trend_alarm(record([0.1] * 60), 0.15)
