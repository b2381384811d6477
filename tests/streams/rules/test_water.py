"""The model's water is given out as it stands, so that what-if can be asked of the present; the model is not asked for it again."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest

from models.core.bank import MEMBERS
from models.core.filter import pack, width
from models.core.hydraulics import depth_m
from models.forecaster import CoreOnly, bank_of
from models.situation import Outlook, Situation
from streams.observation.moments import MINUTE_US, parse_us
from streams.rules import water as water_module
from streams.rules.outputs import Water
from tests.streams.towns import START_US, Run, calm, depths, rain, town


@dataclass
class Counting:
    """The core, with what it said last and how often it was asked."""

    name: str = "counting"
    asked: int = 0
    said: list[Outlook] = field(default_factory=list)
    core: CoreOnly = field(default_factory=CoreOnly)

    def __call__(self, now: Situation) -> Outlook:
        self.asked += 1
        self.said.append(self.core(now))
        return self.said[-1]


def waters(run: Run) -> list[Water]:
    return [output for output in run.outputs if isinstance(output, Water)]


def minutes(run: Run) -> list[int]:
    return [((parse_us(water.issued_at) or 0) - START_US) // MINUTE_US for water in waters(run)]


def columns(water: Water) -> np.ndarray:
    return np.frombuffer(water.memory, "<f4").reshape(len(water.points), width() - 1)


def flood(model: Counting) -> Run:
    return Run(town(2), model).hear([*rain(0, 6), *depths("S0", [0.0, 0.1, 0.2, 0.3, 0.3, 0.3], start_s=1)], until_s=365)


def test_while_it_is_wet_each_minute_has_its_water_and_the_model_is_asked_once_for_all() -> None:
    model = Counting()
    run = flood(model)
    looks = sum(line.issued_at.count(":00Z") == 0 for line in run.forecasts)
    assert [1, 2, 3, 4, 5, 6] == minutes(run)[-6:]
    assert model.asked <= len(waters(run)) + looks


def test_what_is_given_out_is_the_ensemble_as_the_model_had_it() -> None:
    model = Counting()
    run = flood(model)
    last, present = waters(run)[-1], model.said[-1].present
    assert present is not None
    np.testing.assert_array_equal(pack(present)[:, 1:].astype("<f4"), columns(last))
    assert (present.minute, ["P0", "P1"], [None, None], 0) == (last.minute, last.points, last.pump_on, last.part)
    stands_m = (present.weight() * depth_m(bank_of(run.plan.sites), present.water.pond_mm)).sum(axis=1)
    assert stands_m[0] == pytest.approx(0.3, abs=0.05)


def test_while_all_is_dry_it_is_said_every_ten_minutes_and_nothing_is_computed() -> None:
    model = Counting()
    run = Run(town(2), model).hear([*depths("S0", [0.0] * 31, start_s=1), *depths("S1", [0.0] * 31, start_s=1)], until_s=1805)
    assert [0, 10, 20, 30] == minutes(run)[-4:] or [10, 20, 30] == minutes(run)
    assert {b""} == {water.memory for water in waters(run)}
    assert 0 == model.asked


def test_after_a_flood_the_ensemble_that_was_kept_is_told_until_the_model_would_begin_anew() -> None:
    model = Counting()
    readings = [*rain(0, 4), *depths("S0", [0.0, 0.1, 0.1, *[0.0] * 300], start_s=1)]
    run = Run(town(1), model).hear(readings, until_s=300 * 60 + 5)
    kept = [water for water in waters(run) if water.memory and (parse_us(water.issued_at) or 0) // MINUTE_US != water.minute]
    assert 10 < len(kept) < 25
    assert {MEMBERS * 5 * 4} == {len(water.memory) for water in kept}
    assert b"" == waters(run)[-1].memory


def test_a_model_without_members_gives_none_out_while_it_is_wet() -> None:
    run = Run(town(1), calm).hear([*rain(0, 6), *depths("S0", [0.0, *[0.3] * 5], start_s=1)], until_s=365)
    assert set(minutes(run)) <= {0}


def test_a_district_without_points_has_no_water() -> None:
    assert [] == waters(Run(town(low_points=(), zones=(), stations=(town().stations[1],))).hear(rain(0, 5), until_s=400))


def test_a_large_district_says_it_in_parts_and_less_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(water_module, "LARGE_POINTS", 2)
    monkeypatch.setattr(water_module, "PART", 2)
    run = Run(town(3), Counting()).hear([*rain(0, 6), *depths("S0", [0.0] * 6, start_s=1)], until_s=365)
    assert [0, 0, 5, 5] == minutes(run)
    parts = waters(run)[-2:]
    assert [(0, ["P0", "P1"]), (1, ["P2"])] == [(water.part, water.points) for water in parts]
    assert [(2, width() - 1), (1, width() - 1)] == [columns(water).shape for water in parts]
