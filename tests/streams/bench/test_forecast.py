from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from models.core.site import CLASSES
from models.learn.expert import REGIMES, regime_of
from models.learn.features import NAMES
from streams.bench.flooded import FloodedDistrict
from streams.bench.forecast import BenchError, Load, Measured, measure_apart
from streams.bench.times import Times, joined, timed
from streams.replay.workers import worker_environment
from streams.settings import Settings


def test_every_point_of_a_flooded_district_stands_under_water_all_the_time() -> None:
    district = FloodedDistrict(7)
    for minute in range(0, 240, 30):
        now = district.at(minute, np.zeros((7, 0)))
        assert (now.history_m >= 0.01).all()
        assert (now.depth_m == now.history_m[:, -1]).all()
        assert not now.doubtful.any()


def test_the_points_are_of_the_regimes_that_were_asked_for() -> None:
    for regimes in (REGIMES, ("street",), ("riverside-rain", "street")):
        now = FloodedDistrict(8, regimes).at(120, np.zeros((8, 0)))
        columns = np.zeros((8, len(NAMES)))
        columns[:, NAMES.index("riverside")] = (now.sites.point_class == CLASSES.index("riverside")) & np.isnan(now.sites.hollow_m3)
        columns[:, NAMES.index("rain_60_mm")] = np.where(np.isfinite(now.rain_mm).all(axis=1), 1.0, -1.0)
        found = Counter(REGIMES[number] for number in regime_of(columns).tolist())
        assert dict.fromkeys(regimes, 8 // len(regimes)) == found


def test_distances_lie_on_a_grid_of_half_a_kilometre() -> None:
    apart_km = FloodedDistrict(9).at(0, np.zeros((9, 0))).apart_km
    assert (apart_km == apart_km.T).all()
    assert [0.0, 0.5, 1.0, 0.5] == apart_km[0, :4].tolist()


def test_turns_timed_one_by_one_are_told_as_one_measurement() -> None:
    parts = [Times("it", (seconds,), memory, (seconds / 2,)) for seconds, memory in ((3.0, 10.0), (1.0, 30.0), (2.0, 20.0))]
    assert Times("it", (3.0, 1.0, 2.0), 30.0, (1.5, 0.5, 1.0)) == joined(parts)
    assert "it: n 3, median 2.000 s (1.000 to 3.000), 1.000 s of the processor, 30 MB at most" == str(joined(parts))


def test_work_is_done_as_often_as_it_is_timed() -> None:
    done: list[int] = []
    assert 4 == len(timed("it", 4, lambda: done.append(1)).seconds)
    assert 4 == len(done)


@pytest.mark.parametrize(("seconds", "verdict"), [(0.029, "met"), (0.031, "MISSED")])
def test_a_target_is_held_against_the_median(seconds: float, verdict: str) -> None:
    times = Times("51 points", (9.0, seconds, 0.001), 100.0, (0.01,))
    told = list(Measured(Load(51), "some", 1.0, times, times, 90.0).lines())
    assert told[0].endswith(f"target 0.03 s: {verdict}")


def test_what_the_process_said_is_told_where_it_failed(tmp_path: Path) -> None:
    with pytest.raises(BenchError) as told:
        measure_apart(Load(2), tmp_path, 1, worker_environment(Settings().inherited))
    assert "model.json" in str(told.value)
    assert "Traceback" not in str(told.value)
