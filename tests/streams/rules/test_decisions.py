"""Law 8: nothing goes out but with the signatures its policy asks for, or by the policy's written rule."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from streams.city import defaults
from streams.city.model import ReleaseRule, Zone
from streams.city.reach import Reach
from streams.observation.decision import Decision
from streams.rules.outputs import Decided, Order
from streams.rules.plan import plan_district
from tests.streams.towns import Run, depths, rain, seconds, square, town, us

SIGNED: dict[str, Any] = {"approval": dict(defaults.APPROVAL)}


def deep(depth_m: float = 0.7, until_s: float = 130, **changes: Any) -> Run:
    """A town whose point stands under water, in rain, with an order that waits for officers."""
    return Run(town(**{**SIGNED, **changes})).hear([*rain(0, 2), *depths("S0", [0.0, depth_m, depth_m], start_s=1)], until_s=until_s)


def last(run: Run) -> Order:
    return run.orders[-1]


def test_a_level_4_goes_out_with_the_second_of_two_officers() -> None:
    run = deep()
    first = run.decide("sign", orders=(last(run).identifier,))
    assert ("counted", "draft") == (first[0].outcome, last(run).state)
    second = run.decide("sign", officer="wang", orders=(last(run).identifier,))
    assert ("done", "released", ("li", "wang")) == (second[0].outcome, last(run).state, last(run).signed_by)
    assert 1 == len({order.identifier for order in run.orders})
    assert last(run).texts == run.orders[0].texts != {}


def test_one_officer_cannot_be_two() -> None:
    run = deep()
    for _ in range(3):
        run.decide("sign", orders=(last(run).identifier,))
    assert {"draft"} == {order.state for order in run.orders}


def test_level_3_goes_out_with_one_officer() -> None:
    run = deep(0.45)
    assert "done" == run.decide("sign", orders=(last(run).identifier,))[0].outcome
    assert "released" == last(run).state


@pytest.mark.parametrize("role", ["viewer", "forecaster", "administrator"])
def test_only_an_officer_signs(role: str) -> None:
    run = deep(0.45)
    answer = run.decide("sign", orders=(last(run).identifier,), role=role)
    assert ("refused", f"a {role} may not sign") == (answer[0].outcome, answer[0].words)
    assert "draft" == last(run).state


def test_an_act_that_comes_twice_is_heard_once() -> None:
    run = deep()
    run.decide("sign", orders=(last(run).identifier,), id="a")
    assert [] == run.decide("sign", orders=(last(run).identifier,), id="a")
    assert "done" == run.decide("sign", officer="wang", orders=(last(run).identifier,), id="a")[0].outcome, (
        "another's act of the same id is another"
    )


def test_edited_text_voids_the_signatures() -> None:
    run = deep()
    run.decide("sign", orders=(last(run).identifier,))
    run.decide("edit", officer="wang", orders=(last(run).identifier,), texts={"en": "Town: Leave Corner 0 now."})
    assert ((), "Town: Leave Corner 0 now.") == (last(run).signed_by, last(run).texts["en"])
    assert "counted" == run.decide("sign", officer="wang", orders=(last(run).identifier,))[0].outcome
    assert "draft" == last(run).state


def test_a_text_that_does_not_say_who_speaks_is_refused() -> None:
    run = deep()
    answer = run.decide("edit", orders=(last(run).identifier,), texts={"zh": "快跑"})
    assert "refused" == answer[0].outcome and "【Town】" in answer[0].words


def test_who_saw_another_text_has_signed_nothing() -> None:
    run = deep(0.45)
    seen = dict(last(run).texts)
    run.decide("edit", orders=(last(run).identifier,), texts={"en": "Town: Leave."})
    assert "refused" == run.decide("sign", orders=(last(run).identifier,), texts=seen)[0].outcome
    assert "draft" == last(run).state


def test_a_rejected_order_stays_rejected_until_the_water_goes_higher() -> None:
    run = deep(0.45)
    run.decide("reject", orders=(last(run).identifier,), reason="a bus under the sensor")
    assert "rejected" == last(run).state
    assert "refused" == run.decide("sign", officer="wang", orders=(last(run).identifier,))[0].outcome
    run.hear(depths("S0", [0.45, 0.7], start_s=181), until_s=300)
    assert ("Update", 4, "draft") == (last(run).msg_type, last(run).level, last(run).state)


def test_an_order_whose_place_was_taken_is_not_signed() -> None:
    run = deep(0.45)
    old = last(run).identifier
    run.hear(depths("S0", [0.7], start_s=181), until_s=200)
    answer = run.decide("sign", orders=(old,))
    assert "refused" == answer[0].outcome and last(run).identifier in answer[0].words


def test_several_drafts_are_signed_in_one_act_and_each_is_answered() -> None:
    run = Run(town(points=2, **SIGNED))
    run.hear([*rain(0, 2), *depths("S0", [0.0, 0.45], start_s=1), *depths("S1", [0.0, 0.45], start_s=1)], until_s=100)
    answers = run.decide("sign", orders=tuple(order.identifier for order in run.orders))
    assert ["done", "done"] == [answer.outcome for answer in answers]


def rule(**changes: Any) -> Run:
    return deep(release_rules={"4": ReleaseRule(180.0)}, **changes)


def test_what_nobody_answers_is_released_by_the_written_rule_at_its_instant() -> None:
    run = rule(until_s=240)
    assert "draft" == last(run).state
    run.hear([], until_s=300)
    assert ("released", 241.0) == (last(run).state, seconds(last(run).decided_at))
    assert "unanswered for 180 s" in last(run).decision


def test_a_no_or_an_edit_is_an_answer_and_a_first_signature_is_no_objection() -> None:
    rejected, edited, signed = rule(), rule(), rule()
    rejected.decide("reject", orders=(last(rejected).identifier,), reason="a bus")
    edited.decide("edit", orders=(last(edited).identifier,), texts={"en": "Town: Leave."})
    signed.decide("sign", orders=(last(signed).identifier,))
    states = [last(run.hear(depths("S0", [0.7] * 4, start_s=181), until_s=400)).state for run in (rejected, edited, signed)]
    assert ["rejected", "draft", "released"] == states


def test_the_rule_covers_what_rests_on_its_basis_only() -> None:
    run = deep(0.0, release_rules={"4": ReleaseRule(180.0, ("measured",))})
    run.decide("raise", points=("P0",), level=4, until_us=us(3000), reason="a call from the pump station")
    assert ("draft", "officer") == (last(run.hear([], until_s=900)).state, last(run).basis)


def test_what_nothing_confirms_is_never_released_by_a_rule() -> None:
    run = Run(town(release_rules={"4": ReleaseRule(60.0)}, **SIGNED)).hear(depths("S0", [0.0, 0.7, 0.7, 0.7]), until_s=900)
    assert {"draft"} == {order.state for order in run.orders}


def test_what_is_confirmed_later_asks_by_its_level_and_the_rule_s_time_runs_from_then_on() -> None:
    run = Run(town(release_rules={"4": ReleaseRule(60.0)}, **SIGNED)).hear(depths("S0", [0.0, 0.7, 0.7], start_s=1), until_s=200)
    assert (True, "draft") == (last(run).unconfirmed, last(run).state)
    run.hear([*rain(240, 1)], until_s=290)
    assert (False, "draft") == (last(run).unconfirmed, last(run).state)
    run.hear([], until_s=310)
    assert ("released", 300.0) == (last(run).state, seconds(last(run).decided_at))


def test_a_signature_that_was_not_enough_for_what_nobody_confirmed_is_enough_once_it_is() -> None:
    policy = {**defaults.APPROVAL, "unconfirmed": "two"}
    run = Run(town(approval=policy)).hear(depths("S0", [0.0, 0.45, 0.45], start_s=1), until_s=200)
    assert "counted" == run.decide("sign", orders=(last(run).identifier,))[0].outcome
    run.hear(rain(240, 1), until_s=250)
    assert ("released", ("li",)) == (last(run).state, last(run).signed_by)
    assert 1 == len({order.identifier for order in run.orders})


def test_a_silence_stops_the_rule_s_time_and_its_end_begins_it_anew() -> None:
    run = deep(0.45, release_rules={"3": ReleaseRule(180.0)})
    run.decide("silence", at_s=131, zones=("Z0",), level=3, until_us=us(400), reason="works")
    run.hear([], until_s=570)
    assert "draft" == last(run).state
    run.hear([], until_s=590)
    assert ("released", 580.0) == (last(run).state, seconds(last(run).decided_at))


def test_an_edit_is_an_answer_also_after_a_silence() -> None:
    run = deep(0.45, release_rules={"3": ReleaseRule(180.0)})
    run.decide("edit", at_s=131, orders=(last(run).identifier,), texts={"en": "Town: Leave."})
    run.decide("silence", at_s=132, zones=("Z0",), level=3, until_us=us(200), reason="works")
    assert "draft" == last(run.hear([], until_s=900)).state


def test_a_rule_that_is_no_longer_in_the_city_file_releases_nothing() -> None:
    run = rule()
    run.plan = plan_district(town(**SIGNED), "D1", Reach(run.city))
    assert "draft" == last(run.hear([], until_s=400)).state


def test_what_was_foreseen_and_is_measured_now_is_covered_by_the_rule_from_then_on() -> None:
    run = deep(0.0, release_rules={"4": ReleaseRule(180.0)})
    run.decide("raise", at_s=135, zones=("Z0",), level=4, until_us=us(3000), reason="a call")
    run.hear(depths("S0", [0.7], start_s=181), until_s=190)
    assert ("draft", "measured", 1) == (last(run).state, last(run).basis, len({order.identifier for order in run.orders}))
    assert "to the thigh" in last(run).texts["en"]
    run.hear([], until_s=370)
    assert ("released", 361.0) == (last(run).state, seconds(last(run).decided_at))


def test_a_rule_that_covers_hands_alone_does_not_release_what_is_measured_by_then() -> None:
    run = deep(0.0, release_rules={"4": ReleaseRule(180.0, ("officer",))})
    run.decide("raise", at_s=135, zones=("Z0",), level=4, until_us=us(3000), reason="a call")
    run.hear(depths("S0", [0.7], start_s=181), until_s=900)
    assert ("draft", "measured") == (last(run).state, last(run).basis)


def test_the_rule_does_not_release_as_measured_what_is_measured_no_longer() -> None:
    zones = (Zone("Z0", "D1", square(113.6, 34.7)),)
    run = deep(release_rules={"4": ReleaseRule(1200.0)}, zones=zones)
    run.decide("raise", at_s=140, zones=("Z0",), level=4, until_us=us(5000), reason="a call")
    run.hear(depths("S0", [0.02] * 20, start_s=181), until_s=1400)
    assert "draft" == last(run).state


def test_the_draft_that_one_has_signed_keeps_its_text() -> None:
    run = deep(0.0)
    run.decide("raise", at_s=135, zones=("Z0",), level=4, until_us=us(3000), reason="a call")
    run.decide("sign", at_s=140, orders=(last(run).identifier,))
    texts = dict(last(run).texts)
    run.hear(depths("S0", [0.7], start_s=181), until_s=190)
    assert ("measured", texts, ("li",), "") == (last(run).basis, last(run).texts, last(run).signed_by, last(run).low_point)


def test_who_brought_a_change_about_is_told() -> None:
    run = deep()
    run.decide("sign", orders=(last(run).identifier,))
    assert "li" == last(run).decided_by
    run.decide("reject", officer="wang", orders=(last(run).identifier,), reason="a bus")
    assert "wang" == last(run).decided_by
    by_rule = rule(until_s=300)
    assert ("released", "") == (last(by_rule).state, last(by_rule).decided_by)


def test_what_happens_by_hand_does_not_put_the_rule_off() -> None:
    run = rule()
    for at_s in (140, 150):
        run.decide("raise", at_s=at_s, zones=("Z0",), level=1, until_us=us(3000), reason="a call")
        run.decide("end", at_s=at_s + 1, zones=("Z0",), reason="over")
    run.hear([], until_s=250)
    assert ("released", 241.0) == (last(run).state, seconds(last(run).decided_at))


def test_a_rejected_order_is_not_released_by_what_confirms_it() -> None:
    policy = {**dict.fromkeys(defaults.APPROVAL, "automatic"), "unconfirmed": "one"}
    run = Run(town(approval=policy)).hear(depths("S0", [0.0, 0.45, 0.45], start_s=1), until_s=200)
    run.decide("reject", orders=(last(run).identifier,), reason="a bus")
    run.hear(rain(240, 1), until_s=250)
    assert "rejected" == last(run).state


def test_a_machine_decides_nothing() -> None:
    run = deep(0.45)
    for act, more in (("sign", {}), ("edit", {"texts": {"en": "Town: Leave."}})):
        assert "refused" == run.decide(act, officer="key:ab12", orders=(last(run).identifier,), **more)[0].outcome  # type: ignore[arg-type]


def test_what_is_called_off_is_the_version_that_was_looked_at() -> None:
    run = deep(0.45)
    run.decide("sign", orders=(last(run).identifier,))
    old = last(run).identifier
    run.hear(depths("S0", [0.7], start_s=181), until_s=190)
    for officer in ("li", "wang"):
        assert "refused" == run.decide("call_off", officer=officer, orders=(old,), reason="over")[0].outcome
    assert "Update" == last(run).msg_type


def test_an_incident_from_before_officers_could_decide_is_said_anew() -> None:
    run = deep(0.45)
    run.state.incidents = {zone: structs.replace(incident, order=None) for zone, incident in run.state.incidents.items()}
    run.hear([], until_s=190)
    assert ("Update", "draft") == (last(run).msg_type, last(run).state)
    assert "done" == run.decide("sign", orders=(last(run).identifier,))[0].outcome


def released() -> Run:
    run = deep()
    for officer in ("li", "wang"):
        run.decide("sign", officer=officer, orders=(last(run).identifier,))
    return run


def test_a_correction_goes_out_on_two_signatures_to_those_who_were_warned() -> None:
    run = released()
    identifier = last(run).identifier
    assert "counted" == run.decide("correct", orders=(identifier,), reason="a bus")[0].outcome
    run.decide("correct", officer="wang", orders=(identifier,), reason="a bus")
    assert ("Cancel", "released", [identifier]) == (last(run).msg_type, last(run).state, last(run).references)
    assert "CORRECTION" in last(run).texts["en"]
    run.hear(depths("S0", [0.7] * 4, start_s=181), until_s=420)
    assert "Cancel" == last(run).msg_type, "what officers called an error does not come again by itself"


def test_a_signature_to_call_off_is_none_to_correct() -> None:
    run = released()
    run.decide("call_off", orders=(last(run).identifier,), reason="over")
    assert "counted" == run.decide("correct", officer="wang", orders=(last(run).identifier,), reason="a bus")[0].outcome
    assert "Cancel" != last(run).msg_type


def test_after_a_call_off_deeper_water_and_a_new_flood_warn_again() -> None:
    run = deep(0.45)
    run.decide("sign", orders=(last(run).identifier,))
    for officer in ("li", "wang"):
        run.decide("call_off", officer=officer, orders=(last(run).identifier,), reason="over")
    count = len(run.orders)
    run.hear(depths("S0", [0.45, 0.7], start_s=181), until_s=300)
    assert [("Alert", 4)] == [(order.msg_type, order.level) for order in run.orders[count:]]


def test_a_draft_is_not_called_off_but_rejected() -> None:
    run = deep()
    assert "refused" == run.decide("call_off", orders=(last(run).identifier,), reason="over")[0].outcome


ACTS = st.sampled_from(["sign", "sign", "sign", "reject", "edit", "call_off", "correct"])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("depth"), st.sampled_from([0.0, 0.0, 0.2, 0.3, 0.45, 0.7])),
        st.tuples(ACTS, st.sampled_from(["li", "wang", "zhao"]), st.sampled_from(["officer", "officer", "forecaster"]), st.integers(0, 3)),
    ),
    max_size=40,
)


@settings(max_examples=60, deadline=None)
@given(STEPS)
def test_no_sequence_of_acts_releases_what_the_policy_forbids(steps: list[tuple[Any, ...]]) -> None:
    run = Run(town(**SIGNED)).hear([*rain(0, 2), *depths("S0", [0.0], start_s=1)], until_s=10)
    signed: dict[str, set[str]] = {}
    for number, step_ in enumerate(steps):
        at_s = 70.0 + 60 * number
        if step_[0] == "depth":
            run.hear([*rain(at_s, 1), *depths("S0", [step_[1]], start_s=at_s + 1)], until_s=at_s + 10)
            continue
        act, officer, role, back = step_
        if not run.orders:
            continue
        identifier = run.orders[-min(1 + back, len(run.orders))].identifier
        texts = {"texts": {"en": f"Town: Leave. {number}"}} if act == "edit" else {}
        answer = run.decide(act, at_s=at_s, officer=officer, role=role, orders=(identifier,), reason="because", **texts)[0]
        if act == "edit" and answer.outcome == "done":
            signed[identifier] = set()
        if act == "sign" and answer.outcome != "refused":
            assert "officer" == role
            signed.setdefault(identifier, set()).add(officer)
    highest: dict[str, int] = {}
    for order in run.orders:
        if order.state == "released" and order.msg_type != "Cancel":
            needed = {"one": 1, "two": 2}[defaults.APPROVAL[str(order.level)]]
            covered = order.level <= highest.get(order.incident, 0)
            assert covered or (len(signed.get(order.identifier, set()) | set(order.signed_by)) >= needed and len(order.signed_by) >= needed)
            highest[order.incident] = max(highest.get(order.incident, 0), order.level)


def test_a_decision_is_heard_at_its_moment_however_the_log_is_cut() -> None:
    readings = sorted([*rain(0, 2), *depths("S0", [0.0, 0.45, 0.45, 0.45, 0.2], start_s=1)], key=lambda reading: reading.arrival_s)
    ticks = np.array([us(10.0 * n) for n in range(1, 71)], np.int64)
    act = Decision("a", us(121), "li", "raise", points=("P0",), level=4, until_us=us(600), reason="a call")
    late = Decision("b", us(300), "wang", "sign", orders=("town_20260714160201_Z0-20260714T080101Z_2",))
    whole, cut = Run(town(**SIGNED)), Run(town(**SIGNED))
    whole.take(structs.replace(whole.batch(readings, ticks), decisions=(act, late)))
    before = [reading for reading in readings if reading.arrival_s <= 121]
    cut.take(cut.batch(before, ticks[:12]))
    cut.take(structs.replace(cut.batch([], ticks[:0]), decisions=(act,)))
    for reading in readings[len(before) :]:
        cut.take(cut.batch([reading], np.zeros(0, np.int64)))
    cut.take(cut.batch([], ticks[12:29]))
    cut.take(structs.replace(cut.batch([], ticks[29:]), decisions=(late,)))
    assert whole.outputs == cut.outputs
    assert [(61.0, 3, "measured"), (121.0, 4, "officer")] == whole.changes()[:2]
    assert ["done", "counted"] == [output.outcome for output in whole.outputs if isinstance(output, Decided)]


def test_every_text_of_a_drill_says_so_and_an_edit_cannot_take_it_away() -> None:
    run = deep(drill=True)
    assert all(text.startswith("【演练】") for order in run.orders for text in order.texts.values()) and last(run).texts
    answer = run.decide("edit", orders=(last(run).identifier,), texts={"en": "Town: Leave."})
    assert "refused" == answer[0].outcome and "【演练】" in answer[0].words
    assert "done" == run.decide("edit", orders=(last(run).identifier,), texts={"en": "【演练】Town: Leave."})[0].outcome


def test_a_real_warning_cannot_be_edited_into_a_drill() -> None:
    run = deep()
    answer = run.decide("edit", orders=(last(run).identifier,), texts={"en": "【演练】Town: Leave."})
    assert "refused" == answer[0].outcome and "this is no drill" in answer[0].words
