from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from models.verify.announced import alarm_scores
from models.verify.bootstrap import Resampling
from models.verify.chances import chance_scores
from models.verify.depths import depth_scores
from streams.evaluate.compare import LEVELS, judge
from streams.evaluate.evaluation import Evaluation, Source, evaluate, find_sources
from streams.evaluate.offline import EvaluationError
from streams.evaluate.storms import Fan
from streams.observation.moments import SECOND_US
from tests.streams.evaluate.made_up import told_by_a_seer, truth_of, write_storm
from tests.streams.towns import calm

SHARED = Path(__file__).resolve().parents[4] / "shared" / "practice"


def test_a_seer_has_perfect_scores(source: Source) -> None:
    truth = truth_of(source)
    judged = judge(truth, told_by_a_seer(truth))
    resampling = Resampling([truth.storm], sorted(truth.records))
    for row in depth_scores(judged.wet, resampling):
        assert 0 == row.mae_cm["model"].value == row.width_cm.value
        assert 1 == row.coverage.value
    for cases, where in ((judged.wet, "wet"), (judged.grid, "all")):
        for chance in chance_scores(cases, where, resampling):  # type: ignore[arg-type]
            assert 0 == chance.brier["model"].value
    for level in LEVELS:
        row = alarm_scores(level, "model", judged.outcomes[level, "model"], resampling)
        assert row.floods > 0
        assert (1, 0, 1) == (row.pod.value, row.far.value, row.csi.value)
        assert 20 == row.lead_min.p50


def test_a_model_that_expects_nothing_has_no_skill_over_a_dry_road(judged_calm: tuple[Evaluation, list[Fan]]) -> None:
    evaluation, _ = judged_calm
    assert [0.0] * 5 == [row.skill["zero"].value for row in evaluation.depth[:5]]
    assert evaluation.depth[5].skill["zero"].value is None  # after two hours all is dry here: nothing to be better than
    assert all((row.skill["never"].value or 0) <= 0 for row in evaluation.chance)
    model = [row for row in evaluation.alarms if row.rule == "model"]
    assert [0.0] * 4 == [row.pod.value for row in model]


def test_every_flood_has_its_forecasts_in_a_live_run(judged_calm: tuple[Evaluation, list[Fan]]) -> None:
    evaluation, _ = judged_calm
    assert 5 == evaluation.floods
    assert [0.0] * 6 == [row.missing for row in evaluation.depth]
    assert 0 == evaluation.dead_letters == evaluation.readings_left_out


def test_the_worst_storm_stands_first_and_has_a_fan_chart(storms: Path) -> None:
    evaluation, fans = evaluate(find_sources(storms), lambda _: calm)
    assert ["2026-07-14", "2026-07-20"] == [row.storm for row in evaluation.by_storm]
    assert ["2026-07-14", "2026-07-20"] == [fan.storm for fan in fans]
    errors = [row.mae_cm["model"] for row in evaluation.by_point]
    assert sorted(errors, key=lambda error: -(error or 0)) == errors


def test_the_same_recordings_give_the_same_evaluation(storms: Path) -> None:
    sources = find_sources(storms)
    assert evaluate(sources, lambda _: calm)[0] == evaluate(sources, lambda _: calm)[0]


def test_a_folder_without_storms_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="holds no storms"):
        find_sources(tmp_path)


def test_recordings_without_water_are_refused(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="nothing to judge"):
        evaluate([write_storm(tmp_path, "dry", scale=0.0)], lambda _: calm)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the practice storms are not beside this checkout")
@pytest.mark.parametrize("storm", ["2021-08-22", "2021-09-02", "2023-09-29"])
def test_crossings_of_a_practice_storm_are_those_that_its_acceptance_counts(storm: str) -> None:
    folder = SHARED / storm
    truth = truth_of(Source(storm, folder / "city", (folder / "observations.ndjson.gz",)))
    theirs = json.loads(gzip.decompress((folder / "truth.json.gz").read_bytes()))["storms"][0]
    counted = sorted((one["low_point"], one["threshold_m"], one["time_s"]) for one in theirs["crossings"])
    found = [
        (name, threshold_m, spell.start_us // SECOND_US)
        for name, record in truth.records.items()
        for threshold_m in (0.15, 0.27, 0.4, 0.6)
        for spell in record.spells(threshold_m)
        if spell.crossed
    ]
    assert counted == sorted(found)
    assert 0 == truth.left_out
