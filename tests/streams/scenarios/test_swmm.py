"""The table agrees with EPA SWMM 5 on the demo city's drains: points rank alike, and peaks are centimetres apart."""

from __future__ import annotations

from pathlib import Path

import pytest

from streams.bench.swmm_table import compare

DEMO = Path(__file__).resolve().parents[3] / "config" / "cities" / "demo"


@pytest.mark.parametrize(("recorded", "mae_cm"), [(True, 2.5), (False, 3.5)])
def test_a_hundred_millimetres_in_an_hour_rank_the_points_as_swmm_does(recorded: bool, mae_cm: float) -> None:
    for found in compare(DEMO, (100.0,), (1.0,), ("free", "pumps-off"), recorded):
        assert found.rank > 0.95
        assert found.mae_cm < mae_cm
        assert abs(found.bias_cm) < 2
        assert found.within > 0.85
