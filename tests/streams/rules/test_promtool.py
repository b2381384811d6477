"""Raise at once and hold, minute by minute, against Prometheus' own rule engine (`promtool test rules`)."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from streams.observation.batch import Batch
from streams.observation.observation import Extra
from streams.rules import limits
from streams.rules.outputs import Standing
from tests.streams.towns import Run, town, us

SERIES, MINUTES = 1000, 75
THRESHOLD_M = 0.4
KEEP_MIN = 10


def series() -> np.ndarray:
    """Random levels by the minute, shape (SERIES, MINUTES): walks that hover about the threshold, floods, and chatter."""
    rng = np.random.default_rng(20_260_714)
    walk = THRESHOLD_M + np.cumsum(rng.normal(0, 0.05, (SERIES, MINUTES)), axis=1) + rng.uniform(-0.3, 0.3, (SERIES, 1))
    chatter = rng.choice([0.0, 0.1, 0.399, 0.4, 0.401, 0.9], (SERIES, MINUTES), p=[0.5, 0.2, 0.1, 0.05, 0.05, 0.1])
    values = np.where(rng.random((SERIES, 1)) < 0.5, walk, chatter)
    return np.round(np.clip(values, 0.0, 2.0), 3)


def ours(values: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> list[set[int]]:
    """Points at level 3 or above, by minute, as the step asserts them."""
    # one threshold without the band: what lies below the level is low
    monkeypatch.setattr(limits, "DOWN_M", 0.0)
    run = Run(town(points=SERIES, apart_m=2500.0, zones=()))
    found = []
    stations = np.array([run.plan.station_no[f"S{n}"] for n in range(SERIES)] + [run.plan.station_no["R"]], np.int64)
    for minute in range(MINUTES):
        moment = np.full(SERIES + 1, us(60 * minute), np.int64)
        # the rain comes first, so that nothing is held back as a lone jump (law 2)
        order = np.concatenate([[SERIES], np.arange(SERIES)])
        value = np.concatenate([values[:, minute], [1.0]])[order]
        run.take(Batch("D1", stations[order], moment, moment, value, {0: Extra(period_s=60.0)}, moment[:1]))
        standing = [output for output in run.outputs if isinstance(output, Standing)][-1]
        found.append({n for n, point in enumerate(run.plan.points) for _ in [0] if standing.points[n].held_level >= 3})
        run.outputs.clear()
    places = [int(point.low_point_id[1:]) for point in run.plan.points]
    return [{places[n] for n in held} for held in found]


@pytest.mark.skipif(shutil.which("promtool") is None, reason="no promtool: apt-get install prometheus")
def test_a_thousand_random_series_hold_as_prometheus_holds_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert limits.DOWN_US == KEEP_MIN * 60_000_000
    values = series()
    firing = ours(values, monkeypatch)
    # Prometheus counts from the first evaluation that finds the level gone, one minute after the last that found it: we count from that
    rule = {"alert": "level3", "expr": f"depth_m >= {THRESHOLD_M}", "for": "0m", "keep_firing_for": f"{KEEP_MIN - 1}m"}
    (tmp_path / "rules.yml").write_text(json.dumps({"groups": [{"name": "g", "interval": "1m", "rules": [rule]}]}))
    asked = [
        {
            "expr": 'count by (point) (ALERTS{alertstate="firing"})',
            "eval_time": f"{minute}m",
            "exp_samples": [{"labels": f'{{point="{point}"}}', "value": 1} for point in sorted(firing[minute])],
        }
        for minute in range(MINUTES)
    ]
    inputs = [{"series": f'depth_m{{point="{n}"}}', "values": " ".join(f"{value:g}" for value in values[n])} for n in range(SERIES)]
    test = {
        "rule_files": ["rules.yml"],
        "evaluation_interval": "1m",
        "tests": [{"interval": "1m", "input_series": inputs, "promql_expr_test": asked}],
    }
    (tmp_path / "test.yml").write_text(json.dumps(test))
    done = subprocess.run(["promtool", "test", "rules", "test.yml"], cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
    assert sum(map(len, firing)) > SERIES * 5, "there must be something to differ about"
