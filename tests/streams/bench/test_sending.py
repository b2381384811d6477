"""The trials of sending, small: nothing is lost and nobody is texted twice, whatever dies or is away (law 6)."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.bench.city_size import cancel_half, city_size
from streams.bench.kill_matrix import POINTS, kill_matrix
from streams.bench.outages import database_away, outages
from streams.bench.pace_trial import PaceRun, pace_run, pace_trial
from streams.bench.postgres import NoServer, own_server
from streams.bench.trial import fork_server
from streams.fake_twilio.behaviour import Behaviour
from streams.fake_twilio.process import FakeTwilio
from streams.observation.moments import SECOND_US
from streams.senders.sender import AHEAD_S

KILLS, RESIDENTS = 5, 500
UNDER_WAY = 64
"""The most posts that a trial's channel has under way."""
LET_GO_US = [turn * 102_500 for turn in range(30)]

RUNS = 8


@pytest.mark.parametrize("point", POINTS)
def test_killed_at_any_point_nothing_is_lost_and_nobody_is_texted_twice(point: str, tmp_path: Path) -> None:
    report = kill_matrix(tmp_path, KILLS, RESIDENTS, seed=POINTS.index(point), points=(point,))
    found = report.points[point]
    assert report.sound, report.lines()
    assert (KILLS, found.runs * RESIDENTS, 0, 0) == (found.killed, found.targeted, found.lost, found.doubled), report.lines()


def test_whatever_a_provider_does_all_are_delivered_once(tmp_path: Path) -> None:
    found = outages(tmp_path, people=200, down_s=8.0, refused_s=5.0)
    assert [] == [str(one) for one in found if not one.sound]
    assert [] == [str(one) for one in found if one.posts != one.attempts]
    assert found[-1].reds_behind is not None
    assert found[-1].reds_behind <= 3  # what a probe had under way when the provider came back


def test_a_database_that_is_away_loses_nothing() -> None:
    try:
        with own_server() as server:
            found = database_away(server.new_database(), server.stop, server.start, people=400, away_s=6.0)
    except NoServer as why:
        pytest.skip(str(why))
    assert found.sound, str(found)


def test_no_second_has_more_than_the_pace_and_red_waits_for_no_yellow(tmp_path: Path) -> None:
    report = pace_trial(tmp_path, seconds=6, yellow=2_000, red=50, times=1)
    assert [] == [str(run) for run in report.runs if not run.kept]
    # what was claimed before the reds were due, and what was on its way then
    assert report.reds[0].yellow_before <= 100 * AHEAD_S + UNDER_WAY, report.lines()


@pytest.mark.parametrize("senders", [1, 2])
def test_a_pace_that_is_a_fifth_too_quick_is_found_out(senders: int, tmp_path: Path) -> None:
    with FakeTwilio(Behaviour(step_s=(0.0, 0.0))) as fake:
        for number in range(RUNS):
            run = pace_run(tmp_path, fake, fork_server(), number, "too quick", senders, None, seconds=4, told=12.0)
            if run.let_go_most > 10:
                break  # on a crowded machine a run may let go no quicker than it should: there is nothing to find in that
    assert not run.kept, str(run)
    assert run.let_go_most in (11, 12)


@given(st.lists(st.integers(0, 3 * SECOND_US), min_size=30, max_size=30))
def test_no_delay_on_the_way_makes_a_kept_pace_look_broken(under_way_us: list[int]) -> None:
    arrived_us = sorted(let_go_us + late_us for let_go_us, late_us in zip(LET_GO_US, under_way_us, strict=True))
    assert PaceRun("late", 10.0, 1, LET_GO_US, arrived_us).kept


def test_a_post_that_asks_no_pace_is_found_out_by_its_arrival() -> None:
    run = PaceRun("unasked", 10.0, 1, LET_GO_US, sorted([*LET_GO_US, 500_000]))
    assert not run.kept


def test_an_all_clear_stops_what_is_unsent_and_goes_to_who_was_warned(tmp_path: Path) -> None:
    report = cancel_half(tmp_path, residents=400, rate=100.0)
    assert (0, 0, 0) == (report.late, report.strangers, report.forgotten), report.lines()
    assert 0 < report.sent < 400


def test_an_order_for_many_is_written_and_sent(tmp_path: Path) -> None:
    report = city_size(f"sqlite:///{tmp_path / 'store.db'}", residents=2_000, targeted=500, times=2)
    assert (2, 2, 2) == (len(report.rows_s), len(report.first_post_s), len(report.posts_per_s))
    assert report.memory_mb["sender"] > 0
