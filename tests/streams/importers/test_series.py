"""Zeros around and between the floods of one sensor."""

from streams.importers.floods import Flood
from streams.importers.profile import Profile
from streams.importers.series import readings_of
from streams.importers.storms import Storm


def flood(*time_s: int) -> Flood:
    return Flood("A", Profile(time_s, tuple(0.1 for _ in time_s)))


def told(*floods: Flood, cadence_s: int = 60) -> list[tuple[int, float]]:
    return readings_of("A", floods, Storm("2023-01-01", 0, 10_000, floods), cadence_s)


def zeros(points: list[tuple[int, float]], from_s: int, to_s: int) -> list[int]:
    return [time_s for time_s, depth_m in points if depth_m == 0 and from_s <= time_s <= to_s]


def test_zeros_count_back_from_the_first_reading_of_a_flood() -> None:
    assert [23, 83, 143] == zeros(told(flood(203, 266)), 0, 203)


def test_between_two_floods_zeros_keep_the_rhythm_of_the_second_and_half_a_cadence_from_the_first() -> None:
    points = told(flood(203, 266), flood(501, 561))
    assert [321, 381, 441] == zeros(points, 203, 501)


def test_after_the_last_flood_zeros_start_half_to_one_and_a_half_cadences_later() -> None:
    first = zeros(told(flood(203, 266)), 266, 10_000)[0]
    assert 266 + 30 <= first < 266 + 90


def test_readings_rise_strictly_in_time_even_where_floods_overlap() -> None:
    times = [time_s for time_s, _ in told(flood(203, 266, 329), flood(266, 300, 400))]
    assert sorted(set(times)) == times


def test_a_slower_cadence_gives_a_part_of_the_same_zeros_before_a_flood() -> None:
    fast, slow = zeros(told(flood(5000)), 0, 5000), zeros(told(flood(5000), cadence_s=300), 0, 5000)
    assert set(slow) < set(fast)


def test_a_sensor_that_stays_dry_reads_zero_from_end_to_end() -> None:
    times = zeros(told(), 0, 10_000)
    assert times[0] < 60
    assert times[-1] > 10_000 - 60
