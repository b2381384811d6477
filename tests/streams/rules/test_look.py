"""Looks between two whole minutes: the reading that called for one is in it, and only the points that climbed get a line."""

from __future__ import annotations

import numpy as np

from models.situation import Outlook, Situation
from streams.city.model import Station
from streams.rules import limits
from tests.streams.towns import Calm, Reading, Run, depths, quick, seconds, town


class Listener(Calm):
    """Keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[Situation] = []

    def __call__(self, now: Situation) -> Outlook:
        self.asked.append(now)
        return super().__call__(now)


def test_a_look_sees_the_reading_that_called_for_it() -> None:
    model = Listener()
    Run(town(points=2), model).hear([*depths("S0", [0.0, 0.0, 0.0]), Reading("S0", 150.0, 0.06), *depths("S1", [0.0] * 3)], until_s=170.0)
    look = model.asked[-1]
    assert look.until_minute_min == 0.5
    assert look.history_m[0, -1] == look.depth_m[0] == 0.06
    assert look.history_min[0, -1] == 0.0
    assert 0.0 == look.history_m[0, -2], "the reading of the minute before stays where it was"


def test_what_a_look_saw_is_not_kept_twice() -> None:
    run = Run(town(), Listener()).hear([*depths("S0", [0.0, 0.0, 0.0]), Reading("S0", 150.0, 0.06)], until_s=300.0)
    assert 1 == int(np.isclose(run.state.history_m[0], 0.06).sum())


def test_a_point_that_climbs_gets_a_line_at_once_and_the_others_wait_for_the_minute() -> None:
    run = Run(town(points=2), quick).hear(
        [*depths("S0", [0.0, 0.0, 0.0]), Reading("S0", 150.0, 0.06), *depths("S1", [0.02] * 3, start_s=1)], until_s=180.0
    )
    assert 150.0 in [seconds(line.issued_at) for line in run.forecasts if line.low_point == "P0"]
    assert 150.0 not in [seconds(line.issued_at) for line in run.forecasts if line.low_point == "P1"]
    line = next(line for line in run.forecasts if seconds(line.issued_at) == 150.0)
    assert line.depth_m["0.5"][0] >= 0.06


def test_the_first_centimetre_of_a_second_flood_is_looked_at_like_that_of_the_first() -> None:
    run = Run(town(), quick).hear(
        [*depths("S0", [0.0, 0.0, 0.06, 0.06, 0.0, 0.0, 0.0], start_s=1), *depths("S0", [0.02, 0.02], start_s=450)], until_s=520
    )
    between = [seconds(line.issued_at) for line in run.forecasts if seconds(line.issued_at) % 60]
    assert [121.0, 450.0] == between


def test_standing_water_is_not_looked_at_again_and_looks_keep_their_distance() -> None:
    model = Listener()
    Run(town(cadence_s=1.0), model).hear(depths("S0", [0.02] * 118, start_s=1.0, every_s=1.0), until_s=119.0)
    moments = [now.minute - now.until_minute_min for now in model.asked]
    assert 1 == sum(now.until_minute_min > 0 for now in model.asked)
    model = Listener()
    Run(town(cadence_s=1.0), model).hear(depths("S0", [0.01 * n for n in range(58)], start_s=1.0, every_s=1.0), until_s=59.0)
    moments = [now.minute - now.until_minute_min for now in model.asked]
    assert len(moments) > 3
    looks = np.array([moment for moment in moments if moment % 1])
    assert (np.diff(looks) * 60 >= limits.LOOK_US / 1e6 - 1e-3).all()


def test_no_point_has_two_lines_of_one_instant_however_late_a_message_comes() -> None:
    """A reading that came before a whole minute may be heard after it: it is clamped to that instant, which has had its lines."""
    run = Run(town(), quick).hear(depths("S0", [0.0, 0.0, 0.02], start_s=1), until_s=180)
    run.hear([Reading("S0", 179.0, 0.06, received_s=179.9)], until_s=200)
    moments = [line.issued_at for line in run.forecasts]
    assert len(set(moments)) == len(moments)


def test_two_sensors_that_disagree_do_not_call_for_a_look_each_minute() -> None:
    base = town(cadence_s=10.0)
    both = town(stations=tuple(sorted([*base.stations, Station("T0", "level", 10.0, "P0")], key=lambda s: s.station_id)))
    readings = [*depths("S0", [0.05] * 120, 1.0, 10.0), *depths("T0", [0.2] * 120, 3.0, 10.0)]
    between = [line for line in Run(both, quick).hear(readings).forecasts if seconds(line.issued_at) % 60]
    assert len(between) <= 2
