"""Which floods make one storm, and how long its window is."""

import pytest

from streams.importers.floods import Flood
from streams.importers.profile import Profile
from streams.importers.storms import Storm, choose, find_storms
from streams.importers.units import utc_s

H = 3600
NOON = utc_s("2023-09-29T12:00:00") or 0


def flood(start_h: float, length_h: float) -> Flood:
    start_s = NOON + round(start_h * H)
    return Flood("A", Profile((start_s, start_s + round(length_h * H)), (0.1, 0.1)))


def window_h(storm: Storm) -> tuple[float, float]:
    return (storm.start_s - NOON) / H, (storm.end_s - NOON) / H


@pytest.mark.parametrize(("length_h", "close_h"), [(0.5, 4), (3, 4), (3.1, 8), (7, 8), (7.1, 12)])
def test_a_window_opens_an_hour_before_and_closes_in_steps_of_four_hours(length_h: float, close_h: float) -> None:
    assert [(-1.0, close_h)] == [window_h(storm) for storm in find_storms([flood(0, length_h)])]


def test_floods_within_five_hours_are_one_storm() -> None:
    assert [2] == [len(storm.floods) for storm in find_storms([flood(0, 1), flood(5, 1)])]


def test_floods_farther_apart_are_two_storms_with_windows_that_do_not_overlap() -> None:
    first, second = find_storms([flood(0, 1), flood(5.1, 1)])
    assert first.end_s < second.start_s


def test_two_storms_of_a_day_have_two_names() -> None:
    assert ["2023-09-29", "2023-09-29-2"] == [storm.name for storm in find_storms([flood(0, 1), flood(6, 1)])]


def test_a_storm_is_named_by_the_utc_date_of_its_first_water_not_of_its_window() -> None:
    assert "2023-09-30" == find_storms([flood(12.5, 1)])[0].name


def test_a_date_chooses_every_storm_of_that_day() -> None:
    storms = find_storms([flood(0, 1), flood(6, 1), flood(48, 1)])
    assert ["2023-09-29", "2023-09-29-2"] == [storm.name for storm in choose(storms, None, None, ["2023-09-29"])]
