"""The simulated truth: the rain is the record hour, the water is varied, and it follows the hollows of the terrain."""

import numpy as np
import pytest

from streams.demo.folder import Folder
from streams.demo.hollow import measure
from streams.demo.hydraulics import Flood
from streams.demo.moment import DRY_S, DURATION_S, rfc3339
from streams.demo.rain import RECORD_HOUR_MM, hourly
from streams.demo.storm import Storm
from streams.demo.truth import crossings


def test_the_worst_hour_anywhere_brings_201_9_mm(storm: Storm) -> None:
    assert 201.9 == RECORD_HOUR_MM
    worst_mm = {place: float(hourly(minutes_mm).max()) for place, minutes_mm in storm.rain.mm.items()}
    assert 201.9 == pytest.approx(max(worst_mm.values()), abs=1e-9)
    place, end_s, mm = storm.rain.worst_hour()
    assert worst_mm[place] == pytest.approx(mm)
    assert mm == pytest.approx(storm.rain.mm[place][end_s // 60 - 60 : end_s // 60].sum())


def test_the_first_half_hour_is_dry_everywhere(storm: Storm) -> None:
    assert 0.0 == max(minutes_mm[: DRY_S // 60].max() for minutes_mm in storm.rain.mm.values())


def test_rain_differs_in_amount_and_timing_between_places(storm: Storm) -> None:
    totals_mm = [minutes_mm.sum() for minutes_mm in storm.rain.mm.values()]
    peaks_min = [int(hourly(minutes_mm).argmax()) for minutes_mm in storm.rain.mm.values()]
    assert min(totals_mm) < 0.6 * max(totals_mm)
    assert max(peaks_min) - min(peaks_min) >= 25


def test_some_points_stay_shallow_half_close_the_road_and_a_dozen_need_evacuation(storm: Storm) -> None:
    peaks_m = np.array([depth_m.max() for depth_m in storm.flood.depth_m.values()])
    assert (peaks_m < 0.15).sum() >= 10
    assert 22 <= (peaks_m >= 0.27).sum() <= 34
    assert 12 <= (peaks_m >= 0.60).sum() <= 20


def test_roads_close_at_different_times(storm: Storm) -> None:
    flood = storm.flood
    closed_s = [int(flood.time_s[(depth_m >= 0.27).argmax()]) for depth_m in flood.depth_m.values() if depth_m.max() >= 0.27]
    assert max(closed_s) - min(closed_s) >= 3600


def test_the_truth_covers_the_whole_storm_in_steps_of_ten_seconds(storm: Storm) -> None:
    assert list(range(0, DURATION_S + 1, 10)) == storm.flood.time_s.tolist()


def test_water_never_stands_higher_than_the_rim_by_more_than_it_takes_to_run_over(storm: Storm, folder: Folder) -> None:
    for point in folder.points:
        assert storm.flood.depth_m[point.low_point_id].max() < measure(folder.terrain, point.x_m, point.y_m).spill_m + 0.1


def test_a_hollow_grows_with_depth_and_spills_above_level_4(folder: Folder) -> None:
    for point in folder.points:
        storage = measure(folder.terrain, point.x_m, point.y_m)
        assert (np.diff(storage.area_m2) >= 0).all()
        assert storage.spill_m > 1.2


def test_a_level_is_crossed_again_only_after_ten_minutes_below_it() -> None:
    time_s = np.arange(0, 3000, 10)
    depth_m = np.zeros(len(time_s))
    depth_m[10:20] = depth_m[40:50] = depth_m[150:160] = 0.2  # 5 min apart, then over 16 min
    flood = Flood(time_s, {"LP": depth_m}, {})
    found = crossings(flood, depth_m, 1, 0.15)
    assert [(rfc3339(100), rfc3339(490)), (rfc3339(1500), rfc3339(1590))] == [(c["time"], c["until"]) for c in found]


def test_two_pumps_run_and_then_fail_for_good_in_the_worst_hour(storm: Storm) -> None:
    last_on_s = {point: int(storm.flood.time_s[on.nonzero()[0][-1]]) for point, on in storm.flood.pump_on.items() if on.any()}
    failed = [point for point, at_s in last_on_s.items() if 8990 <= at_s <= 9910]
    assert 2 == len(failed)
    assert all(storm.flood.depth_m[point][-1] >= 0 and storm.flood.depth_m[point].max() > 0.15 for point in failed)
