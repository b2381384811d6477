"""A swap of the model is a message in the log (law 4), and a model that does worse than the one before is sent back."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.forecaster import Model
from models.situation import Outlook, Situation
from streams.observation.moments import MINUTE_US
from streams.rules import limits
from streams.rules.models import Models
from streams.rules.state import decode_state, encode_state
from tests.streams.rules.test_same_log_same_result import readings
from tests.streams.towns import START_US, Reading, Run, depths, rain, seconds, town


@dataclass
class Says:
    """The water will be so many times what it is; it adds that up in what it remembers, minute by minute, and says it as the peak."""

    name: str
    times: float
    fails: bool = False
    calls: int = 0

    def __call__(self, now: Situation) -> Outlook:
        self.calls += 1
        if self.fails:
            raise ZeroDivisionError("made to fail")
        points, _ = now.thresholds_m.shape
        asked = now.memory if now.memory.shape[1] == 1 else np.zeros((points, 1))
        depth = np.tile((self.times * now.depth_m)[:, None, None], (1, 7, 6))
        reached = self.times * now.depth_m[:, None] >= now.thresholds_m
        p = np.repeat(reached[:, :, None].astype(float), 6, axis=2)
        return Outlook(
            depth,
            p,
            np.tile(asked, (1, 3)),
            np.where(reached, 1.0, np.nan),
            self.times * now.depth_m,
            reached,
            reached,
            (self.name,) * points,
            asked + self.times,
        )


@dataclass
class Shelf(Models):
    """Models on a shelf; the first forecasts where nobody has said otherwise."""

    models: list[Model] = field(default_factory=list)

    @property
    def default(self) -> Model:
        return self.models[0]

    def named(self, name: str) -> Model | None:
        return next((model for model in self.models if model.name == name), None)


def shelf(**more: Any) -> Shelf:
    return Shelf([Says("right", 1.0), Says("wrong", 3.0), Says("half", 0.5), *more.values()])


def flood(minutes: int, points: int = 2, start_min: int = 0) -> list[Reading]:
    """Water that stands, a centimetre up and down."""
    values = [0.30 + 0.01 * (n % 2) for n in range(minutes)]
    return [reading for n in range(points) for reading in depths(f"S{n}", values, start_s=60.0 * start_min + n + 1)]


def swapped(name: str, minutes: int, models: Models | None = None, points: int = 2) -> Run:
    """Ten minutes by the default, then by another one."""
    run = Run(town(points=points), models or shelf()).hear(flood(10, points), until_s=600)
    return run.swap(name).hear(flood(minutes, points, 10), until_s=600 + 60 * minutes)


def test_what_comes_after_it_in_the_log_is_forecast_by_the_new_model_and_nothing_before() -> None:
    run = swapped("half", 20)
    used = {(seconds(line.issued_at) > 600, line.model) for line in run.forecasts}
    assert {(False, "right"), (True, "half")} == used
    change = run.model_changes[0]
    assert ("used", "half", "right", "D1", 600.0) == (change.what, change.model, change.other, change.district, seconds(change.issued_at))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(readings(), st.integers(0, 40), st.sampled_from(["wrong", "half", "nobody", "right"]), st.lists(st.integers(1, 9), min_size=1))
def test_outputs_and_state_do_not_depend_on_how_the_log_around_it_is_batched(
    drawn: list[Reading], place: int, name: str, sizes: list[int]
) -> None:
    ordered = sorted(drawn, key=lambda reading: reading.arrival_s)

    def run(*sizes: int) -> Run:
        town_run = (
            Run(town(points=3, apart_m=1500.0), shelf()).hear(ordered[:place], sizes=sizes).swap(name).hear(ordered[place:], sizes=sizes)
        )
        return town_run.swap("right").hear(depths("S0", [0.4, 0.5], start_s=ordered[-1].arrival_s + 60), sizes=sizes)

    whole, one_by_one, mixed = run(1000), run(1), run(*sizes)
    assert whole.outputs == one_by_one.outputs == mixed.outputs
    assert encode_state(whole.state, whole.plan) == encode_state(one_by_one.state, one_by_one.plan) == encode_state(mixed.state, mixed.plan)


@pytest.mark.parametrize("name", ["wrong", "half"])
def test_a_trial_goes_through_snapshots_and_any_batching_unchanged(name: str) -> None:
    straight = swapped(name, 240)
    broken = Run(town(points=2), shelf()).hear(flood(10), until_s=600).swap(name)
    for minute in range(10, 250):
        restored = decode_state(encode_state(broken.state, broken.plan), broken.plan)
        assert restored is not None
        broken.state = restored
        broken.hear(flood(1, 2, minute) if minute % 2 == 0 else flood(2, 2, minute - 1)[1::2], until_s=60.0 * minute + 60)
    assert {"used", "returned"} == {change.what for change in broken.model_changes}
    assert [(c.what, c.issued_at, c.reason) for c in straight.model_changes] == [
        (c.what, c.issued_at, c.reason) for c in broken.model_changes
    ]
    assert straight.outputs == broken.outputs


def test_a_name_that_nobody_knows_changes_nothing_and_is_said() -> None:
    run = swapped("nobody", 20)
    plain = Run(town(points=2), shelf()).hear(flood(10), until_s=600).hear(flood(20, 2, 10), until_s=1800)
    assert [("refused", "right", "nobody")] == [(change.what, change.model, change.other) for change in run.model_changes]
    assert plain.outputs == [output for output in run.outputs if output not in run.model_changes]
    assert run.state.trial is None


def test_a_swap_may_be_the_first_message_of_all() -> None:
    run = Run(town(points=2), shelf()).swap("half").hear(flood(5), until_s=300)
    assert {"half"} == {line.model for line in run.forecasts}
    assert ["1970-01-01T00:00:00Z"] == [change.issued_at for change in run.model_changes]


def test_asked_for_twice_it_goes_on_with_its_trial() -> None:
    run = swapped("half", 20)
    trial = run.state.trial
    run.swap("half")
    assert trial == run.state.trial
    assert ["used", "refused"] == [change.what for change in run.model_changes]
    assert len(run.outputs) == len({output.key for output in run.outputs})


def test_a_worse_model_is_sent_back_as_soon_as_enough_is_judged() -> None:
    run = swapped("wrong", 240)
    back = run.model_changes[1]
    assert ("returned", "right", "wrong") == (back.what, back.model, back.other)
    # from 12:15 on two points every five minutes, the first judged a quarter of an hour later: the sixtieth case in the thirtieth round
    assert 60.0 * (15 + 15 + 5 * 29) == seconds(back.issued_at)
    assert "60 cases" in back.reason
    assert {"right"} == {line.model for line in run.forecasts if seconds(line.issued_at) >= seconds(back.issued_at)}
    assert run.state.trial is None and run.state.model == "" and not run.state.shadow.size


def test_the_model_that_takes_over_again_remembers_what_it_saw_in_the_shadow() -> None:
    run = swapped("wrong", 240)
    straight = Run(town(points=2), shelf()).hear(flood(250), until_s=15000)
    assert straight.forecasts[-1].peak_m == run.forecasts[-1].peak_m
    assert np.array_equal(straight.state.memory, run.state.memory)


def test_a_better_model_stays_and_the_shadow_ends_after_six_hours_with_water() -> None:
    run = Run(town(points=2), Shelf([Says("wrong", 3.0), Says("right", 1.0)])).hear(flood(10), until_s=600).swap("right")
    run.hear(flood(400, 2, 10), until_s=600 + 400 * 60)
    kept = run.model_changes[1]
    assert ("kept", "right", "wrong") == (kept.what, kept.model, kept.other)
    assert 600 + limits.TRIAL_WET_MIN * 60 <= seconds(kept.issued_at) <= 600 + limits.TRIAL_WET_MIN * 60 + 60
    assert "right" == run.state.model
    assert run.state.trial is None and not run.state.shadow.size and not run.state.aside_m.size


def test_an_equal_model_stays() -> None:
    run = swapped("twin", 400, shelf(twin=Says("twin", 1.0)))
    assert ["used", "kept"] == [change.what for change in run.model_changes]


def test_dry_weather_judges_nobody_and_ends_no_trial() -> None:
    run = Run(town(points=1), shelf()).swap("wrong").hear([*rain(0, 60), *depths("S0", [0.0] * 600, start_s=1)], until_s=36000)
    assert {"wrong"} == {line.method for line in run.forecasts if seconds(line.issued_at) <= 3600}, "asked on dry roads"
    assert run.state.trial is not None
    assert (0, 0) == (run.state.trial.wet_min, run.state.trial.cases)
    run.hear([*rain(36000 - 60, 2), *flood(330, 1, 600)], until_s=36000 + 330 * 60)
    assert ["used", "returned"] == [change.what for change in run.model_changes]


def test_what_arrives_too_late_to_be_the_newest_word_judges_nobody() -> None:
    slow = [Reading(reading.station, reading.observed_s, reading.value, reading.observed_s + 400) for reading in flood(60)]
    run = Run(town(points=2), shelf()).swap("wrong").hear(slow, until_s=4000)
    assert run.state.trial is not None and 0 == run.state.trial.cases
    prompt = Run(town(points=2), shelf()).swap("wrong").hear(flood(60), until_s=4000)
    assert prompt.state.trial is not None and prompt.state.trial.cases > 0


def test_water_that_nobody_has_read_since_judges_nobody() -> None:
    dry = depths("S1", [0.0] * 60, start_s=2)
    run = Run(town(points=2), shelf()).swap("wrong").hear([*rain(0, 1), *flood(12, 1), *dry], until_s=3600)
    assert run.state.trial is not None
    # put aside at 5, 10 and 15 min; last read at 11 min, which is too old at 20, 25 and 30 min
    assert (16, 0) == (run.state.trial.wet_min, run.state.trial.cases)


@pytest.mark.parametrize("cut_min", [40, 100, 174, 175, 176, 200])
def test_nothing_changes_when_the_future_is_cut_off(cut_min: int) -> None:
    whole, cut = swapped("wrong", 240), swapped("wrong", cut_min - 10)
    until = [output for output in whole.outputs if seconds(output.issued_at) <= 60 * cut_min]
    assert until == [output for output in cut.outputs if seconds(output.issued_at) <= 60 * cut_min]


def test_who_judges_sees_what_was_said_a_quarter_of_an_hour_before() -> None:
    """Water that triples every fifteen minutes is what the model of three times foresaw; the one of no change is sent back."""
    values = [0.01 * 3 ** (minute / 15) for minute in range(61)]
    run = Run(town(points=1), Shelf([Says("right", 3.0), Says("still", 1.0)])).swap("still").hear(depths("S0", values), until_s=3600)
    trial = run.state.trial
    assert trial is not None and trial.cases == 10
    foreseen = sum(abs(values[at] - 3 * values[at - 15]) for at in range(15, 61, 5))
    assert foreseen < 1e-9 and trial.loss_before < 0.02 * trial.loss
    # the quantiles are all equal, so each case costs (.1 + .5 + .9) of how far it was too low
    assert trial.loss == pytest.approx(1.5 * sum(values[at] - values[at - 15] for at in range(15, 61, 5)), abs=0.02)


def test_back_to_the_model_before_by_order_it_remembers_its_shadow() -> None:
    run = swapped("wrong", 20).swap("right").hear(flood(5, 2, 30), until_s=2100)
    straight = Run(town(points=2), shelf()).hear(flood(35), until_s=2100)
    assert straight.forecasts[-1].peak_m == run.forecasts[-1].peak_m
    assert run.state.trial is not None and "wrong" == run.state.trial.before


def test_a_new_model_that_fails_is_sent_back_at_once_and_the_minute_is_forecast() -> None:
    run = swapped("broken", 20, shelf(broken=Says("broken", 1.0, fails=True)))
    back = run.model_changes[1]
    assert ("returned", "right") == (back.what, back.model)
    assert "made to fail" in back.reason
    straight = Run(town(points=2), shelf()).hear(flood(10), until_s=600).hear(flood(20, 2, 10), until_s=1800)
    assert straight.forecasts == run.forecasts


def test_a_model_before_that_fails_in_the_shadow_troubles_nobody() -> None:
    frail = Says("frail", 1.0)
    run = Run(town(points=2), Shelf([frail, Says("right", 1.0)])).hear(flood(10), until_s=600).swap("right")
    frail.fails = True
    run.hear(flood(20, 2, 10), until_s=1800)
    assert ["used", "kept"] == [change.what for change in run.model_changes]
    assert {"right"} == {line.model for line in run.forecasts if seconds(line.issued_at) > 600}


def test_without_a_trial_one_model_is_asked_and_that_once_a_minute() -> None:
    models = [Says("right", 1.0), Says("half", 1.0)]
    run = Run(town(points=2), Shelf([*models])).hear(flood(10), until_s=600).swap("half").hear(flood(400, 2, 10), until_s=24600)
    assert ["used", "kept"] == [change.what for change in run.model_changes]
    before = Counter({model.name: model.calls for model in models})
    run.hear(flood(30, 2, 410), until_s=26400)
    assert {"half": 30} == dict(Counter({model.name: model.calls for model in models}) - before)


def test_a_model_that_is_no_longer_there_gives_way_to_the_default_and_that_is_said() -> None:
    run = swapped("half", 20)
    run.model = Shelf([Says("right", 1.0)])
    run.hear(flood(5, 2, 30), until_s=2100)
    assert ("lost", "right", "half") == (run.model_changes[-1].what, run.model_changes[-1].model, run.model_changes[-1].other)
    assert 2 == len(run.model_changes)
    assert {"right"} == {line.model for line in run.forecasts if seconds(line.issued_at) > 1800}


def test_a_snapshot_from_before_there_were_swaps_is_read() -> None:
    run = Run(town(points=2), shelf()).hear(flood(10), until_s=600)
    snapshot = msgspec.msgpack.decode(encode_state(run.state, run.plan), strict=False)
    for name in ("model", "trial"):
        del snapshot[name]
    for name in ("shadow", "aside_us", "aside_m"):
        del snapshot["columns"][name]
    read = decode_state(msgspec.msgpack.encode(snapshot), run.plan)
    assert read is not None
    assert encode_state(run.state, run.plan) == encode_state(read, run.plan)
    assert START_US + 10 * MINUTE_US == read.heard_until_us
