"""What-if out of what the districts gave out answers as the step itself would; what is not known is named, and never dry."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from msgspec import structs

from models.forecaster import CoreOnly
from streams.city.load import load_city
from streams.city.model import City, CityError
from streams.evaluate.offline import run_offline
from streams.observation.moments import HOUR_US, MINUTE_US, parse_us, to_text
from streams.replay.recording import Recording, read_recording
from streams.rules.outputs import Water
from streams.scenarios.now import now_of
from streams.scenarios.question import Question, Row, answer, rows_of
from streams.scenarios.stored import OLD_US, Stored, Waters
from tests.streams.evaluate.made_up import write_storm
from tests.streams.towns import START_US, town

FLOODED_US = START_US + 60 * MINUTE_US
QUESTION = Question((0.0, 50.0, 150.0))


@pytest.fixture(scope="module")
def city_and_recording(tmp_path_factory: pytest.TempPathFactory) -> tuple[City, Recording]:
    source = write_storm(tmp_path_factory.mktemp("storms"), "2026-07-14")
    city = load_city(source.city)
    return city, read_recording(city, source.inputs)


@pytest.fixture(scope="module")
def city(city_and_recording: tuple[City, Recording]) -> City:
    return city_and_recording[0]


@pytest.fixture(scope="module")
def told(city_and_recording: tuple[City, Recording]) -> list[Water]:
    """All the water that was given out in the storm."""
    city, recording = city_and_recording
    return [one for one in run_offline(city, recording, CoreOnly(), (Water,)) if isinstance(one, Water)]


def until(told: Sequence[Water], moment_us: int) -> list[Water]:
    """What a store holds at a moment: the newest of each part."""
    known = [one for one in told if (parse_us(one.issued_at) or 0) <= moment_us]
    return list({(one.district, one.part): one for one in sorted(known, key=lambda one: parse_us(one.issued_at) or 0)}.values())


def asked(stored: Stored, question: Question = QUESTION) -> tuple[Row, ...]:
    assert stored.now is not None
    return tuple(rows_of(stored.now, question, answer(stored.now, question, None)))


def test_the_answer_is_the_one_that_the_step_itself_would_give(city_and_recording: tuple[City, Recording], told: list[Water]) -> None:
    city, recording = city_and_recording
    ours = now_of(city, recording, CoreOnly(), FLOODED_US)
    depths = {point.low_point_id: float(depth) for point, depth in zip(city.low_points, ours.depth_m, strict=True)}
    stored = Waters(city).now(until(told, FLOODED_US), depths, FLOODED_US)
    assert (FLOODED_US, ()) == (stored.now and stored.now.at_us, stored.missing)
    expected, found = rows_of(ours, QUESTION, answer(ours, QUESTION, None)), asked(stored)
    for one, other in zip(expected, found, strict=True):
        assert (one.low_point, one.amount_mm, one.depth_now_m) == (other.low_point, other.amount_mm, other.depth_now_m)
        assert one.peak_m_q50 == pytest.approx(other.peak_m_q50, abs=0.002)
        assert one.peak_m_q90 == pytest.approx(other.peak_m_q90, abs=0.002)
    assert max(row.peak_m_q50 for row in found) > 0.2


def test_before_the_storm_all_is_dry_and_rain_still_floods(city: City, told: list[Water]) -> None:
    dry = Waters(city).now(until(told, START_US + MINUTE_US), {}, START_US + MINUTE_US)
    rows = asked(dry)
    assert 0.0 == max(row.peak_m_q50 for row in rows if row.amount_mm == 0)
    assert 0.1 < max(row.peak_m_q50 for row in rows if row.amount_mm == 150)


def test_an_ensemble_that_was_kept_while_all_dried_up_is_carried_on_to_its_moment(city: City, told: list[Water]) -> None:
    flooded = max((one for one in told if one.memory), key=lambda one: np.frombuffer(one.memory, "<f4").sum())
    moment_us = (parse_us(flooded.issued_at) or 0) + HOUR_US
    later = structs.replace(flooded, issued_at=to_text(moment_us))  # told an hour later, of an hour before
    then, now = Waters(city).now([flooded], {}, moment_us - HOUR_US), Waters(city).now([later], {}, moment_us)
    assert then.now is not None and now.now is not None
    assert now.now.ensemble.water.pond_mm.sum() < 0.9 * then.now.ensemble.water.pond_mm.sum()
    assert now.now.at_us == moment_us


@pytest.mark.parametrize(("age_us", "missing"), [(OLD_US, ()), (OLD_US + MINUTE_US, ("D1",))])
def test_water_that_is_too_old_is_not_how_things_stand(age_us: int, missing: tuple[str, ...]) -> None:
    found = Waters(town(2)).now([dry_water(town(2))], {}, START_US + age_us)
    assert (missing, bool(missing)) == (found.missing, found.now is None)


def dry_water(city: City, district: str = "D1", **changes: Any) -> Water:
    points = [point.low_point_id for point in city.low_points if point.district_id == district]
    told = Water(district, to_text(START_US), 0, START_US // MINUTE_US, points, [None] * len(points), b"")
    return structs.replace(told, **changes)


def two_districts() -> City:
    base = town(3)
    points = tuple(structs.replace(point, district_id="D2" if n == 1 else "D1") for n, point in enumerate(base.low_points))
    return town(3, districts=("D1", "D2"), low_points=points)


def test_a_district_of_which_nothing_is_known_is_named_and_its_points_are_not_answered() -> None:
    city = two_districts()
    found = Waters(city).now([dry_water(city)], {}, START_US)
    assert ("D2",) == found.missing
    assert ["P0", "P2"] == list(dict.fromkeys(row.low_point for row in asked(found)))


def test_a_silent_district_is_not_known_however_fresh_its_last_word() -> None:
    city = two_districts()
    both = [dry_water(city), dry_water(city, "D2")]
    assert () == Waters(city).now(both, {}, START_US).missing
    found = Waters(city).now(both, {}, START_US, silent=("D1",))
    assert ("D1",) == found.missing
    assert {"P1"} == {row.low_point for row in asked(found)}


def test_a_point_that_was_added_since_makes_its_district_missing_and_no_other_point_takes_its_place() -> None:
    found = Waters(town(3)).now([dry_water(town(2))], {}, START_US)
    assert ("D1",) == found.missing
    assert {"P0", "P1"} == {row.low_point for row in asked(found)}


def test_a_point_that_the_city_does_not_have_any_more_is_passed_over() -> None:
    found = Waters(town(1)).now([dry_water(town(2))], {}, START_US)
    assert ((), {"P0"}) == (found.missing, {row.low_point for row in asked(found)})


@pytest.mark.parametrize("changes", [{"memory": b"abcd"}, {"pump_on": []}, {"issued_at": "yesterday"}])
def test_water_of_another_version_of_the_workers_is_none(changes: dict[str, Any]) -> None:
    assert ("D1",) == Waters(town(2)).now([dry_water(town(2), **changes)], {}, START_US).missing


def test_pumps_are_as_they_were_told() -> None:
    found = Waters(town(3)).now([dry_water(town(3), pump_on=[0.0, 1.0, None])], {}, START_US)
    assert found.now is not None
    assert [0.0, 1.0, 1.0] == found.now.pump_on.tolist()


def test_what_is_asked_again_is_not_laid_out_again_and_news_is() -> None:
    waters, told = Waters(town(2)), dry_water(town(2))
    first = waters.now([told], {}, START_US)
    assert waters.now([told], {}, START_US + 1) is first
    assert waters.now([told], {"P0": 0.4}, START_US) is not first
    assert waters.now([structs.replace(told, issued_at=to_text(START_US + MINUTE_US))], {"P0": 0.4}, START_US + MINUTE_US) is not first


def test_a_city_without_points_has_nothing_to_answer() -> None:
    assert Stored(None, ()) == Waters(town(low_points=(), zones=())).now([], {}, START_US)


def test_a_storm_file_that_cannot_be_used_is_told_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "storm.toml").write_text("a1 = 'x'", encoding="utf-8")
    with pytest.raises(CityError, match=r"storm\.toml"):
        Waters(town(1, folder=str(tmp_path)))
