"""What officers do by hand: it ends by itself, says who and why, and hides no measured water (law 1)."""

from __future__ import annotations

from typing import Any

import pytest

from streams.city import defaults
from streams.city.model import Zone
from streams.rules.fusion import fuse
from streams.rules.outputs import Decided, Verdict
from streams.rules.state import decode_state, encode_state
from tests.streams.rules.test_walking import Far
from tests.streams.towns import Run, depths, rain, seconds, square, town, us

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
    assert "counted" == run.decide("end", at_s=2600, points=("P0",), reason="dry again")[0].outcome, (
        "its order is out: another one must too"
    )
    assert "counted" == run.decide("end", at_s=2601, points=("P0",), reason="dry again")[0].outcome
    run.decide("end", at_s=2602, officer="wang", points=("P0",), reason="dry again")
    assert (2602.0, 0, "measured") == run.changes()[-1]


def test_nothing_is_held_at_a_dry_point() -> None:
    assert "refused" == dry().decide("hold", points=("P0",), **UNTIL)[0].outcome


def test_measured_water_is_not_closed_but_its_sensor_can_be_set_aside() -> None:
    run = wet()
    answer = run.decide("close", at_s=80, points=("P0",), **UNTIL)[0]
    assert "refused" == answer.outcome and "S0 measures level 2" in answer.words
    run.decide("set_aside", at_s=90, stations=("S0",), **UNTIL)
    assert "unknown" == run.changes()[-1][1]
    assert "counted" == run.decide("close", at_s=100, points=("P0",), **UNTIL)[0].outcome
    assert ["Alert"] == [order.msg_type for order in run.orders], "one officer alone calls nothing off that is out"
    assert "done" == run.decide("close", at_s=101, officer="wang", points=("P0",), **UNTIL)[0].outcome
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
    for officer in ("li", "wang"):
        assert "Alert" == run.orders[-1].msg_type
        run.decide("close", at_s=90, officer=officer, zones=("Z0",), **UNTIL)
    assert "Cancel" == run.orders[-1].msg_type


@pytest.mark.parametrize("subject", [{"points": ("P0",)}, {"zones": ("Z0",)}])
@pytest.mark.parametrize("act", ["close", "end"])
def test_one_officer_alone_takes_nothing_down_that_is_out(subject: dict[str, Any], act: str) -> None:
    run = dry()
    run.decide("raise", at_s=80, level=4, **subject, **UNTIL)
    for at_s, officer in ((90, "zhao"), (95, "zhao")):
        assert "counted" == run.decide(act, at_s=at_s, officer=officer, **subject, **UNTIL)[0].outcome
    assert ["Alert"] == [order.msg_type for order in run.orders]


def test_the_first_officer_s_word_does_not_wait_for_ever() -> None:
    run = dry()
    run.decide("raise", at_s=80, points=("P0",), level=4, until_us=us(9000), reason="a call")
    run.decide("end", at_s=90, points=("P0",), reason="over")
    run.hear([], until_s=3700)
    assert "counted" == run.decide("end", at_s=3701, officer="wang", points=("P0",), reason="over")[0].outcome


def test_a_draft_is_taken_down_by_one_for_nobody_was_told() -> None:
    run = Run(town(approval=dict(defaults.APPROVAL))).hear([*rain(0, 2), *depths("S0", [0.0, 0.0], start_s=1)], until_s=70)
    run.decide("raise", at_s=80, points=("P0",), level=4, **UNTIL)
    assert "done" == run.decide("end", at_s=90, points=("P0",), reason="a mistake")[0].outcome


def test_a_raise_lowers_nothing_that_another_holds() -> None:
    run = dry()
    run.decide("raise", at_s=80, points=("P0",), level=4, **UNTIL)
    answer = run.decide("raise", at_s=90, officer="wang", points=("P0",), level=1, **UNTIL)[0]
    assert "refused" == answer.outcome and "li holds it at level 4" in answer.words
    assert [4] == [order.level for order in run.orders]


def test_a_low_level_by_hand_hides_no_evacuation_that_is_foreseen() -> None:
    zones = (Zone("Z0", "D1", square(113.6, 34.7), walking_min=45),)
    run = Run(town(zones=zones), Far({2: 0.9, **dict.fromkeys(range(3, 30), 0.9)}))
    run.hear([*rain(0, 1), *depths("S0", [0.0], start_s=1)], until_s=30)
    run.decide("raise", at_s=40, zones=("Z0",), level=1, **UNTIL)
    run.hear(depths("S0", [0.0] * 4, start_s=61), until_s=250)
    assert [1, 4] == [order.level for order in run.orders]


def test_a_closed_point_makes_nobody_walk() -> None:
    zones = (Zone("Z0", "D1", square(113.6, 34.7), walking_min=45),)
    run = Run(town(zones=zones), Far(dict.fromkeys(range(2, 30), 0.9)))
    run.hear([*rain(0, 1), *depths("S0", [0.0], start_s=1)], until_s=30)
    run.decide("close", at_s=40, points=("P0",), **UNTIL)
    run.hear(depths("S0", [0.0] * 4, start_s=61), until_s=250)
    assert [] == run.orders


def test_setting_the_only_sensor_aside_makes_nothing_dry() -> None:
    run = wet(0.7)
    run.decide("set_aside", at_s=80, stations=("S0",), **UNTIL)
    assert 0.7 == fuse(run.plan, run.state, run.state.heard_until_us).depth_m[0], "what is missing is never zero (law 3): it grows old"


def test_a_narrower_silence_lets_go_of_what_it_no_longer_covers() -> None:
    run = dry()
    run.decide("silence", at_s=80, zones=("Z0",), level=3, **UNTIL)
    run.hear(depths("S0", [0.45], start_s=121), until_s=130)
    assert "draft" == run.orders[-1].state
    run.decide("silence", at_s=140, zones=("Z0",), level=1, **UNTIL)
    assert "released" == run.orders[-1].state


def test_two_incidents_of_one_second_have_two_names() -> None:
    run = Run(town(approval=dict(defaults.APPROVAL))).hear([*rain(0, 2), *depths("S0", [0.0], start_s=1)], until_s=70)
    for at_s, act in ((80.0, "raise"), (80.1, "end"), (80.2, "raise"), (80.3, "end"), (80.4, "raise")):
        run.decide(act, at_s=at_s, points=("P0",), **({"level": 3} if act == "raise" else {}), **UNTIL)  # type: ignore[arg-type]
    assert len(run.orders) == len({order.identifier for order in run.orders})


@pytest.mark.parametrize("act", ["raise", "hold"])
@pytest.mark.parametrize("subject", [{"points": ("P0",)}, {"zones": ("Z0",)}])
def test_a_hand_laid_upon_another_s_ends_no_sooner(subject: dict[str, Any], act: str) -> None:
    run = dry()
    run.decide("raise", at_s=80, level=4, **subject, **UNTIL)
    run.decide(act, at_s=90, officer="zhao", level=4, until_us=us(100), reason="for a moment", **subject)
    run.hear([], until_s=200)
    assert ["Alert"] == [order.msg_type for order in run.orders]
    run.hear([], until_s=3100)
    assert "Cancel" == run.orders[-1].msg_type


def test_a_first_word_is_for_the_orders_that_stood_then() -> None:
    run = dry()
    run.decide("raise", at_s=80, points=("P0",), level=1, **UNTIL)
    run.decide("end", at_s=90, points=("P0",), reason="over")
    run.hear(depths("S0", [0.0], start_s=95), until_s=96)
    run.decide("raise", at_s=100, points=("P0",), level=4, officer="chen", **UNTIL)
    assert "counted" == run.decide("end", at_s=110, officer="wang", points=("P0",), reason="over")[0].outcome
    assert "Update" == run.orders[-1].msg_type


def test_a_point_and_a_zone_of_one_name_are_two() -> None:
    zones = (Zone("P0", "D1", square(113.6, 34.7)),)
    run = Run(town(zones=zones)).hear([*rain(0, 2), *depths("S0", [0.0, 0.0], start_s=1)], until_s=70)
    run.decide("raise", at_s=80, points=("P0",), zones=("P0",), level=4, **UNTIL)
    run.decide("end", at_s=90, zones=("P0",), reason="over")
    assert "counted" == run.decide("end", at_s=91, officer="wang", points=("P0",), reason="over")[0].outcome
    keys = [output.key for output in run.outputs if isinstance(output, Decided)]
    assert len(keys) == len(set(keys))


def called_off() -> Run:
    """An evacuation given by hand, let out, and called off by two."""
    run = dry()
    run.decide("raise", at_s=80, zones=("Z0",), level=4, **UNTIL)
    for officer in ("li", "wang"):
        run.decide("call_off", at_s=90, officer=officer, orders=(run.orders[-1].identifier,), reason="an error")
    assert "Cancel" == run.orders[-1].msg_type and {} == run.state.zones_by_hand
    return run


def test_water_that_is_measured_breaks_through_what_was_called_off_without_any() -> None:
    run = called_off().hear(depths("S0", [0.9], start_s=121), until_s=130)
    assert ("Alert", 4, "measured") == (run.orders[-1].msg_type, run.orders[-1].level, run.orders[-1].basis)


def test_an_officer_who_raises_again_means_it() -> None:
    run = called_off()
    assert "done" == run.decide("raise", at_s=100, officer="chen", zones=("Z0",), level=4, **UNTIL)[0].outcome
    assert ("Alert", 4) == (run.orders[-1].msg_type, run.orders[-1].level)


def test_what_nobody_has_ever_measured_is_unknown_when_the_hand_is_gone() -> None:
    stations = tuple(station for station in town().stations if station.station_id != "S0")
    run = Run(town(stations=stations)).hear(rain(0, 2), until_s=70)
    run.decide("raise", at_s=80, points=("P0",), level=1, **UNTIL)
    for officer in ("li", "wang"):
        run.decide("end", at_s=90, officer=officer, points=("P0",), reason="over")
    assert ["unknown"] == [level for _, level, _ in run.changes()[1:]]


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
