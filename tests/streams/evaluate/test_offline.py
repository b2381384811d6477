from __future__ import annotations

from pathlib import Path

import pytest

from streams.city.load import load_city
from streams.evaluate.evaluation import Source
from streams.evaluate.offline import EvaluationError, chosen_model, run_offline
from streams.observation.batch import decode
from streams.replay.recording import read_recording
from streams.replay.schedule import schedule
from streams.rules.outputs import Forecast, Standing, Warning
from tests.streams.towns import Run, calm


def test_a_recording_gives_what_the_live_step_gives_batch_by_batch(source: Source) -> None:
    city = load_city(source.city)
    recording = read_recording(city, source.inputs)
    run = Run(city, calm)  # its first district, in small batches
    for message in schedule(city, recording, 7, 60_000_000):
        if message.district == city.districts[0]:
            run.take(decode(message.data, run.plan.station_no))
    own = {point.low_point_id for point in run.plan.points}
    whole = [one for one in run_offline(city, recording, calm, (Forecast, Warning)) if one.low_point in own]  # type: ignore[union-attr]
    assert [one for one in run.outputs if isinstance(one, Forecast | Warning)] == whole
    assert whole


def test_only_the_kinds_asked_for_are_kept(source: Source) -> None:
    city = load_city(source.city)
    recording = read_recording(city, source.inputs)
    assert {Warning} == {type(one) for one in run_offline(city, recording, calm, (Warning,))}
    assert Standing in {type(one) for one in run_offline(city, recording, calm)}


def test_without_a_folder_the_shipped_model_is_chosen() -> None:
    assert callable(chosen_model(None))


def test_a_folder_that_holds_no_model_is_refused_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError) as told:
        chosen_model(tmp_path)
    assert "\n" not in str(told.value)
