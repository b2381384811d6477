"""The live what-if from a recording: it starts from what had arrived by then, point by point, and from nothing else."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from models.core.hydraulics import depth_m
from models.forecaster import CoreOnly
from streams.city.load import load_city
from streams.city.model import City
from streams.cli.what_if import what_if
from streams.evaluate import offline
from streams.evaluate.evaluation import Source
from streams.observation.moments import MINUTE_US, to_text
from streams.replay.recording import Recording, RecordingError, read_recording
from streams.scenarios.now import Now, now_of
from streams.scenarios.now_export import from_csv, from_json, to_csv, to_json
from streams.scenarios.question import Question, Row, answer, rows_of
from tests.streams.evaluate.made_up import write_storm
from tests.streams.towns import START_US

FLOODED_US = START_US + 60 * MINUTE_US
AMOUNTS = Question((0.0, 50.0, 150.0))


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Source:
    return write_storm(tmp_path_factory.mktemp("storms"), "2026-07-14")


@pytest.fixture(scope="module")
def city(source: Source) -> City:
    return load_city(source.city)


@pytest.fixture(scope="module")
def recording(source: Source, city: City) -> Recording:
    return read_recording(city, source.inputs)


@pytest.fixture(scope="module")
def flooded(city: City, recording: Recording) -> Now:
    return now_of(city, recording, CoreOnly(), FLOODED_US)


def asked(now: Now, question: Question = AMOUNTS) -> tuple[Row, ...]:
    return tuple(rows_of(now, question, answer(now, question, None)))


def newest_m(city: City, recording: Recording, at_us: int) -> list[float]:
    """The last reading of each point's sensor, in the order of the city's points."""
    found = []
    for point in city.low_points:
        own = next(no for no, station in enumerate(city.stations) if station.kind == "level" and station.low_point_id == point.low_point_id)
        found.append(float(recording.value[(recording.station_no == own) & (recording.received_us <= at_us)][-1]))
    return found


def test_every_point_starts_from_its_own_water(city: City, recording: Recording, flooded: Now) -> None:
    measured_m = newest_m(city, recording, FLOODED_US)
    assert len(set(measured_m)) > 3
    np.testing.assert_allclose(flooded.depth_m, measured_m, atol=1e-6)
    weight = flooded.ensemble.weight()
    stands_m = (weight * depth_m(flooded.bank, flooded.ensemble.water.pond_mm)).sum(axis=1)
    np.testing.assert_allclose(stands_m, measured_m, atol=0.05)


def test_the_same_storm_an_hour_before_answers_otherwise(city: City, recording: Recording, flooded: Now) -> None:
    before = now_of(city, recording, CoreOnly(), START_US + 5 * MINUTE_US)
    assert 0.0 == before.depth_m.max()
    wet, dry = asked(flooded, Question((0.0,))), asked(before, Question((0.0,)))
    assert 0.0 == max(row.peak_m_q50 for row in dry)
    assert 0.1 < max(row.peak_m_q50 for row in wet)


def test_nothing_that_arrived_later_counts(city: City, recording: Recording, flooded: Now) -> None:
    later = recording.received_us > FLOODED_US
    changed = Recording(
        recording.station_no, recording.observed_us, recording.received_us, np.where(later, 0.9, recording.value), recording.extras, []
    )
    assert asked(flooded) == asked(now_of(city, changed, CoreOnly(), FLOODED_US))


def test_a_level_that_stands_needs_no_minutes_and_one_that_is_not_reached_has_none(flooded: Now) -> None:
    for row in asked(flooded):
        limits = flooded.thresholds_m[[point.low_point_id for point in flooded.city.low_points].index(row.low_point)]
        for minutes, limit_m in zip(row.minutes_to, limits.tolist(), strict=True):
            if abs(row.peak_m_q50 - limit_m) > 0.03:  # nearer than that, a quantile between two members may lie on the other side
                assert (minutes is not None) == (row.peak_m_q50 > limit_m)
            assert minutes is None or 0 <= minutes <= 120
            assert minutes == 0 or row.depth_now_m < limit_m + 0.03


@pytest.mark.parametrize("worse", [Question(AMOUNTS.amounts_mm, drains="half"), Question(AMOUNTS.amounts_mm, pumps="off")])
def test_half_the_inlets_or_no_pumps_never_give_less_water(flooded: Now, worse: Question) -> None:
    pairs = list(zip(asked(flooded), asked(flooded, worse), strict=True))
    assert all(bad.peak_m_q50 >= good.peak_m_q50 - 0.005 for good, bad in pairs)
    assert any(bad.peak_m_q50 > good.peak_m_q50 for good, bad in pairs) or worse.pumps == "off"


def test_more_rain_is_deeper_at_every_point(flooded: Now) -> None:
    rows = asked(flooded)
    assert 3 * len(flooded.city.low_points) == len(rows)
    for less, more in pairwise(rows):
        assert less.low_point != more.low_point or less.peak_m_q50 <= more.peak_m_q50
    assert all(rows[at].peak_m_q50 < rows[at + 2].peak_m_q50 for at in range(0, len(rows), 3))


def test_csv_and_json_come_back_as_they_were(flooded: Now) -> None:
    rows = asked(flooded)
    assert rows == from_csv(to_csv(rows))
    document = from_json(to_json(flooded, "core-1", rows))
    assert rows == document.rows
    assert ["core-1", flooded.city.name] == [document.about["model"], document.about["city"]]


def test_a_moment_before_anything_arrived_is_refused(city: City, recording: Recording) -> None:
    with pytest.raises(RecordingError, match="no observation had arrived"):
        now_of(city, recording, CoreOnly(), START_US - 1)


# the command


@pytest.fixture
def run(source: Source, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Result]:
    monkeypatch.setattr(offline, "chosen_model", lambda _: CoreOnly())

    def call(*more: str) -> Result:
        told = ["--city", str(source.city), "--input", str(source.inputs[0]), "--out", str(tmp_path / "out")]
        return CliRunner().invoke(what_if, [*told, *more])

    return call


def test_the_command_prints_and_writes_what_was_asked(run: Callable[..., Result], tmp_path: Path) -> None:
    done = run("--at", to_text(FLOODED_US), "--amount", "50", "--amount", "0", "--duration", "30", "--drains", "half", "--pumps", "off")
    assert 0 == done.exit_code, done.output
    assert "drains half, pumps all off" in done.output
    rows = from_csv((tmp_path / "out" / "what-if.csv").read_text("utf-8"))
    assert rows == from_json((tmp_path / "out" / "what-if.json").read_text("utf-8")).rows
    assert {(0.0, 30.0, "half", "off"), (50.0, 30.0, "half", "off")} == {(r.amount_mm, r.duration_min, r.drains, r.pumps) for r in rows}


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (["--at", "noon"], "write a time with a zone"),
        (["--at", "2001-01-01T00:00:00Z"], "no observation had arrived"),
        (["--point", "nowhere"], "there is no low point 'nowhere'"),
    ],
)
def test_what_cannot_be_answered_is_told_in_a_line(run: Callable[..., Result], wrong: list[str], told: str) -> None:
    done = run(*wrong)
    assert 0 != done.exit_code
    assert told in done.output
    assert "Traceback" not in done.output
