"""What the briefing says is in force by hand is what the rules act on."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from streams.duty.hands import Done, Hand, hands_in_force
from streams.observation.decision import Act
from streams.observation.moments import MINUTE_US, parse_us
from streams.rules.outputs import Decided
from tests.streams.towns import Run, depths, rain, town, us

SUBJECTS = {"points": ["P0", "P1"], "zones": ["Z0", "Z1"], "stations": ["S0", "R"]}
ACTS: list[Act] = ["raise", "hold", "close", "end", "silence", "set_aside", "call_off"]

DEEDS = st.tuples(
    st.sampled_from(ACTS),
    st.sampled_from(sorted(SUBJECTS)),
    st.integers(0, 1),
    st.integers(1, 4),
    st.integers(1, 90),
    st.sampled_from(["li", "wang"]),
)


def done_of(run: Run) -> list[Done]:
    zones = {order.identifier: order.zones[0] for order in run.orders}
    return [
        Done(
            parse_us(one.issued_at) or 0,
            one.district,
            one.officer,
            one.act,
            one.kind,
            one.subject,
            one.outcome,
            one.words,
            zones.get(one.subject, ""),
        )
        for one in run.outputs
        if isinstance(one, Decided)
    ]


def in_force(run: Run) -> set[tuple[str, str, str, int | None, str, int]]:
    """What the state of the district holds."""
    plan, state = run.plan, run.state
    tables = [
        ("point", state.points_by_hand, [point.low_point_id for point in plan.points]),
        ("zone", state.zones_by_hand, [zone.zone_id for zone in plan.zones]),
        ("silence", state.silences, [zone.zone_id for zone in plan.zones]),
        ("station", state.aside, [station.station_id for station in plan.stations]),
    ]
    found = set()
    for name, table, names in tables:
        for place, entry in table.items():
            what = {"silence": "silence", "station": "set_aside"}.get(name, "level" if entry.level else "close")
            kind = "zone" if name == "silence" else name
            found.add((what, kind, names[place], entry.level or None, entry.officer, entry.until_us))
    return found


def told(hand: Hand) -> tuple[str, str, str, int | None, str, int]:
    return hand.what, hand.kind, hand.subject, hand.level, hand.officer, hand.until_us


@settings(max_examples=60, deadline=None)
@given(st.lists(DEEDS, min_size=1, max_size=12))
def test_what_is_told_to_be_in_force_is_what_the_rules_act_on(deeds: list[tuple[Act, str, int, int, int, str]]) -> None:
    run = Run(town(2)).hear([*rain(0, 3), *depths("S0", [0.0, 0.45, 0.45], start_s=1)], until_s=140)
    at_s = 140.0
    for act, kind, which, high, minutes, officer in deeds:
        at_s += 60 * (minutes % 7) + 1
        fields: dict[str, Any] = {"officer": officer, "reason": "why: a call", "until_us": us(at_s + 60 * minutes)}
        if act == "call_off":
            run.decide("call_off", at_s, orders=(run.orders[-1].identifier,), **fields)
        else:
            level: dict[str, Any] = {"level": high} if act in ("raise", "silence") else {}
            subject: dict[str, Any] = {kind: (SUBJECTS[kind][which],)}
            run.decide(act, at_s, **fields, **level, **subject)
    run.hear([], until_s=at_s + 120)
    assert in_force(run) == {told(hand) for hand in hands_in_force(done_of(run), run.state.heard_until_us)}


def test_a_hand_ends_at_its_very_moment_and_the_soonest_end_comes_first() -> None:
    acts = [
        Done(0, "D1", "li", "raise", "points", name, "done", f"level 3 at least until 2026-07-14T0{hour}:00:00Z")
        for name, hour in (("B", 9), ("A", 8))
    ]
    end_us = parse_us("2026-07-14T08:00:00Z") or 0
    assert ["A", "B"] == [hand.subject for hand in hands_in_force(acts, end_us - 1)]
    assert ["B"] == [hand.subject for hand in hands_in_force(acts, end_us)]


def test_a_station_of_two_districts_is_named_once() -> None:
    acts = [Done(0, name, "li", "set_aside", "stations", "R", "done", "not heard until 2026-07-14T09:00:00Z") for name in ("D1", "D2")]
    assert ["R"] == [hand.subject for hand in hands_in_force(acts, MINUTE_US)]


def test_what_was_refused_or_only_counted_is_not_in_force() -> None:
    words = "level 3 at least until 2026-07-14T09:00:00Z"
    assert [] == hands_in_force([Done(0, "D1", "li", "raise", "points", "A", outcome, words) for outcome in ("refused", "counted")], 0)
