"""What officers do by hand: it ends by itself, says who and why, and hides no measured water (law 1)."""

from __future__ import annotations

from typing import Any

import pytest

from streams.rules.outputs import Verdict
from streams.rules.state import decode_state, encode_state
from tests.streams.towns import Run, depths, rain, seconds, town, us

UNTIL: dict[str, Any] = {"until_us": us(3000), "reason": "seen by a patrol"}


def dry() -> Run:
    return Run(town()).hear([*rain(0, 2), *depths("S0", [0.0, 0.0], start_s=1)], until_s=70)


def wet(depth_m: float = 0.3) -> Run:
    return Run(town()).hear([*rain(0, 2), *depths("S0", [0.0, depth_m], start_s=1)], until_s=70)


def test_a_point_raised_by_hand_stands_until_its_end_and_texts_its_zone() -> None:
    run = dry()
    assert "done" == run.decide("raise", at_s=80, points=("P0",), level=3, **UNTIL)[0].outcome
    run.hear(depths("S0", [0.0] * 60, start_s=121), until_s=3700)
    assert [(80.0, 3, "officer"), (3000.0, 0, "measured")] == run.changes()
    assert ["Alert", "Cancel"] == [order.msg_type for order in run.orders]
    assert "flood command" in run.orders[0].texts["en"]


def test_measured_water_stands_above_what_was_raised_by_hand() -> None:
    run = dry()
    run.decide("raise", at_s=80, points=("P0",), level=2, **UNTIL)
    run.hear(depths("S0", [0.7], start_s=121), until_s=130)
    assert (121.0, 4, "measured") == run.changes()[-1]


def test_a_held_point_does_not_step_down() -> None:
    run = wet()
    run.decide("hold", at_s=80, points=("P0",), **UNTIL)
    run.hear(depths("S0", [0.0] * 40, start_s=121), until_s=2500)
    assert 2 == run.changes()[-1][1]
    run.decide("end", at_s=2600, points=("P0",), reason="dry again")
    assert (2600.0, 0, "measured") == run.changes()[-1]


def test_nothing_is_held_at_a_dry_point() -> None:
    assert "refused" == dry().decide("hold", points=("P0",), **UNTIL)[0].outcome


def test_measured_water_is_not_closed_but_its_sensor_can_be_set_aside() -> None:
    run = wet()
    answer = run.decide("close", at_s=80, points=("P0",), **UNTIL)[0]
    assert "refused" == answer.outcome and "S0 measures level 2" in answer.words
    run.decide("set_aside", at_s=90, stations=("S0",), **UNTIL)
    assert "unknown" == run.changes()[-1][1]
    assert "done" == run.decide("close", at_s=100, points=("P0",), **UNTIL)[0].outcome
    assert ["Alert", "Cancel"] == [order.msg_type for order in run.orders]


def test_a_station_that_is_set_aside_is_not_heard_until_its_end() -> None:
    run = dry()
    run.decide("set_aside", at_s=80, stations=("S0",), until_us=us(400), reason="a bus")
    run.hear(depths("S0", [0.7] * 10, start_s=121), until_s=700)
    aside = [output for output in run.outputs if isinstance(output, Verdict) and "set_aside" in output.flags]
    assert 5 == len(aside)
    assert [("unknown", 80.0), (4, 421.0)] == [(level, at) for at, level, _ in run.changes()]


def test_plain_rows_of_a_station_set_aside_are_not_taken_at_a_stroke() -> None:
    one, many = dry(), dry()
    for run, sizes in ((one, (1,)), (many, (1000,))):
        run.decide("set_aside", at_s=80, stations=("S0",), until_us=us(400), reason="a bus")
        run.hear(depths("S0", [0.02 + 0.001 * n for n in range(20)], start_s=121, every_s=20), until_s=700, sizes=sizes)
    assert one.outputs == many.outputs
    assert one.state.trusted_us[one.plan.station_no["S0"]] == many.state.trusted_us[many.plan.station_no["S0"]]


def test_a_zone_is_raised_held_and_closed_as_a_whole() -> None:
    run = dry()
    run.decide("raise", at_s=80, zones=("Z0",), level=4, **UNTIL)
    assert ("Alert", 4, "officer") == (run.orders[-1].msg_type, run.orders[-1].level, run.orders[-1].basis)
    run.decide("close", at_s=90, zones=("Z0",), **UNTIL)
    assert "Cancel" == run.orders[-1].msg_type


def test_a_silence_holds_automatic_release_back_up_to_its_level_and_ends_by_itself() -> None:
    run = dry()
    run.decide("silence", at_s=80, zones=("Z0",), level=2, until_us=us(600), reason="works on the road")
    run.hear([*depths("S0", [0.3] * 11, start_s=121)], until_s=650)
    assert ["draft", "released"] == [order.state for order in run.orders]
    assert "silenced by li" in run.orders[0].reason
    assert 600.0 == seconds(run.orders[1].issued_at)


def test_water_above_the_silenced_level_breaks_through() -> None:
    run = dry()
    run.decide("silence", at_s=80, zones=("Z0",), level=2, **UNTIL)
    run.hear(depths("S0", [0.7], start_s=121), until_s=130)
    assert "released" == run.orders[-1].state


def test_nobody_silences_an_evacuation() -> None:
    assert "refused" == dry().decide("silence", zones=("Z0",), level=4, **UNTIL)[0].outcome


@pytest.mark.parametrize(
    "wrong",
    [
        {"reason": " "},
        {"until_us": None},
        {"until_us": us(10)},
        {"until_us": us(26 * 3600)},
        {"level": 5},
        {"level": 0},
        {"role": "forecaster"},
        {"points": ("P9",)},
        {"officer": ""},
    ],
)
def test_what_is_done_by_hand_needs_a_reason_an_end_and_a_right(wrong: dict[str, Any]) -> None:
    run = dry()
    answer = run.decide("raise", at_s=80, **{"points": ("P0",), "level": 3, **UNTIL, **wrong})
    assert ["refused"] == [one.outcome for one in answer]
    assert [] == run.orders


def test_what_was_done_by_hand_outlives_a_restart() -> None:
    run = dry()
    run.decide("raise", at_s=80, points=("P0",), level=3, **UNTIL)
    again = decode_state(encode_state(run.state, run.plan), run.plan)
    assert again is not None
    assert (run.state.points_by_hand, run.state.acts, run.state.incidents) == (again.points_by_hand, again.acts, again.incidents)
