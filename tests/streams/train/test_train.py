"""Training: rows as the live step lays them out, alarms as the step holds them, and what is said where there is too little."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from models.learn.features import NAMES
from models.verify.alarms import Alarm
from models.verify.record import MINUTE_US
from streams.city.load import load_city
from streams.evaluate.evaluation import Source
from streams.evaluate.offline import run_offline
from streams.observation.moments import parse_us
from streams.replay.recording import read_recording
from streams.rules import limits
from streams.rules.outputs import Warning
from streams.train.alarm import Choice, _alarms
from streams.train.collect import Recorder, collect
from tests.streams.evaluate.made_up import write_storm


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Source:
    return write_storm(tmp_path_factory.mktemp("storm"), "2026-07-14")


def test_rows_hold_what_was_known_and_what_then_came(source: Source) -> None:
    rows, truth = collect(source.storm, 3, source.city, source.inputs)
    wet = rows.pick(rows.of("depth_m") >= 0.01)
    assert len(wet)
    assert {3000} == set(wet.storm.tolist()), "one storm of the fourth recording"
    for place in range(0, len(wet), 7):
        record = truth.records[str(wet.low_point[place])]
        assert np.allclose(record.at(wet.issued_us[place] + np.array([15]) * MINUTE_US), wet.measured_m[place, 1], equal_nan=True)
        known = record.time_us <= wet.issued_us[place]
        assert wet.columns[place, NAMES.index("depth_m")] == pytest.approx(record.depth_m[known][-1], abs=1e-9)


def test_what_came_later_changes_no_row_before_it(source: Source, tmp_path: Path) -> None:
    """Law 11, for training: a row is the same when the recording ends at its moment."""
    city = load_city(source.city)
    whole = read_recording(city, source.inputs)
    middle_us = int(np.sort(whole.received_us)[len(whole.received_us) // 2])
    lines = source.inputs[0].read_text("utf-8").splitlines()
    cut = tmp_path / "cut.ndjson"
    cut.write_text("".join(f"{line}\n" for line in lines if (parse_us(json.loads(line)["time"]) or 0) <= middle_us), "utf-8")
    recorders = []
    for recording in (whole, read_recording(city, (cut,))):
        recorder = Recorder()
        run_offline(city, recording, recorder, (Warning,))
        recorders.append(recorder)
    before, same = (np.array(recorder.issued_us) <= middle_us for recorder in recorders)
    assert before.any()
    assert np.array_equal(np.vstack(recorders[0].columns)[before], np.vstack(recorders[1].columns)[same])


def test_alarms_are_held_ten_minutes_and_as_long_as_they_are_kept() -> None:
    minute = [n * MINUTE_US for n in range(30)]
    chance = [0.0, 0.5, *[0.0] * 28]
    assert [Alarm(minute[1], minute[1] + limits.FORECAST_HOLD_US)] == _alarms(minute, chance, 0.4)
    kept = [0.0, 0.5, *[0.3] * 20, *[0.0] * 8]
    assert _alarms(minute, kept, 0.4)[0].end_us >= minute[21]
    assert [] == _alarms(minute, chance, 0.6)


def test_a_level_is_raised_where_most_floods_are_announced_and_no_higher_one_asks_for_less(source: Source) -> None:
    rows, truth = collect(source.storm, 0, source.city, source.inputs)
    wet = rows.pick(rows.of("depth_m") >= 0.01)
    thresholds_m = np.array([0.02, 0.03, 0.05, 0.6])
    with_choice = Choice({0: truth}, thresholds_m)
    told = np.clip(wet.of("depth_m")[:, None] / thresholds_m, 0.0, 1.0) * np.array([1.0, 0.3, 0.1, 0.01])
    raise_p, keep_p, _ = with_choice(wet, told)
    assert list(raise_p) == sorted(raise_p)
    assert all(keep < p for keep, p in zip(keep_p, raise_p, strict=True))


def test_too_few_floods_are_refused_in_one_line(source: Source, tmp_path: Path) -> None:
    from streams.cli.train import train

    result = CliRunner().invoke(
        train, ["--city", str(source.city), "--input", str(source.inputs[0]), "--out", str(tmp_path / "model"), "--alone"]
    )
    assert 1 == result.exit_code
    assert "too few to learn from" in result.output.splitlines()[-1]
    assert not (tmp_path / "model").exists()
