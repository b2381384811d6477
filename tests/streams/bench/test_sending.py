"""The trials of sending, small: nothing is lost and nobody is texted twice, whatever dies or is away (law 6)."""

from __future__ import annotations

from pathlib import Path

import pytest

from streams.bench.city_size import cancel_half, city_size
from streams.bench.kill_matrix import POINTS, kill_matrix
from streams.bench.outages import database_away, outages
from streams.bench.pace_trial import pace_trial
from streams.bench.postgres import NoServer, own_server

KILLS, RESIDENTS = 5, 500


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
    assert [] == [figure for figure in report.figures if figure[2] > figure[1]], report.lines()
    assert report.red_s[0] <= report.share_s + 2.0, report.lines()


def test_an_all_clear_stops_what_is_unsent_and_goes_to_who_was_warned(tmp_path: Path) -> None:
    report = cancel_half(tmp_path, residents=400, rate=100.0)
    assert (0, 0, 0) == (report.late, report.strangers, report.forgotten), report.lines()
    assert 0 < report.sent < 400


def test_an_order_for_many_is_written_and_sent(tmp_path: Path) -> None:
    report = city_size(f"sqlite:///{tmp_path / 'store.db'}", residents=2_000, targeted=500, times=2)
    assert (2, 2, 2) == (len(report.rows_s), len(report.first_post_s), len(report.posts_per_s))
    assert report.memory_mb["sender"] > 0
