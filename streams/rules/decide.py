"""Hears what officers decide, at its moment in the log: one answer for each subject, and nothing without one."""

from __future__ import annotations

from streams.observation.decision import BY_HAND, EDITORS, ON_ORDERS, SIGNERS, Decision
from streams.rules import limits
from streams.rules.by_hand import act_on_point, act_on_station, act_on_zone
from streams.rules.outputs import Decided, Outcome
from streams.rules.signing import act_on_order
from streams.rules.work import Work

MACHINE = "key:"
"""How the names of machines begin; no account's does."""
_NEEDS_END = frozenset({"raise", "hold", "close", "set_aside", "silence"})
_NEEDS_REASON = BY_HAND | {"reject", "call_off", "correct"}
_ON = {
    "points": frozenset({"raise", "hold", "close", "end"}),
    "zones": frozenset({"raise", "hold", "close", "silence", "end"}),
    "stations": frozenset({"set_aside", "end"}),
}


def decide(work: Work, decision: Decision) -> None:
    """Carry out one act, once however often it comes."""
    acts, name = work.state.acts, f"{len(decision.officer)}:{decision.officer}/{decision.id}"
    if name in acts:
        return
    acts[name] = work.now_us
    while len(acts) > limits.ACTS:
        del acts[next(iter(acts))]
    work.due_us = None
    for kind, subject in _subjects(decision):
        outcome, words = _carry_out(work, decision, kind, subject)
        work.outputs.append(
            Decided(decision.id, work.plan.district_id, work.issued_at, decision.officer, decision.act, subject, outcome, words, kind)
        )
        work.due_us = None


def _subjects(decision: Decision) -> list[tuple[str, str]]:
    """What the act is about, each once, in a fixed order."""
    kinds = {"orders": decision.orders, "stations": decision.stations, "points": decision.points, "zones": decision.zones}
    found = [(kind, subject) for kind, subjects in kinds.items() for subject in dict.fromkeys(subjects)]
    return found or [("nothing", "")]


def _carry_out(work: Work, decision: Decision, kind: str, subject: str) -> tuple[Outcome, str]:
    wrong = _refusal(work, decision, kind)
    if wrong:
        return "refused", wrong
    if kind == "orders":
        return act_on_order(work, decision, subject)
    plan = work.plan
    if kind == "stations":
        place = plan.station_no.get(subject, -1)
        return act_on_station(work, decision, place) if place >= 0 else _unknown(kind, subject)
    if kind == "points":
        place = next((n for n, point in enumerate(plan.points) if point.low_point_id == subject), -1)
        return act_on_point(work, decision, place) if place >= 0 else _unknown(kind, subject)
    place = next((n for n, zone in enumerate(plan.zones) if zone.zone_id == subject), -1)
    return act_on_zone(work, decision, place) if place >= 0 else _unknown(kind, subject)


def _unknown(kind: str, subject: str) -> tuple[Outcome, str]:
    return "refused", f"the district has none of the {kind} {subject!r}"


def _refusal(work: Work, decision: Decision, kind: str) -> str:
    """Why the act cannot be done at all; "" if it can."""
    act = decision.act
    allowed = EDITORS if act in ("edit", "set_aside") or (act == "end" and kind == "stations") else SIGNERS
    if decision.officer.startswith(MACHINE):
        return "a machine decides nothing"
    if not decision.officer or decision.role not in allowed:
        return f"a {decision.role} may not {act}"
    if kind == "nothing" or (kind == "orders") != (act in ON_ORDERS) or (kind != "orders" and act not in _ON[kind]):
        return f"{act} is not about {kind}"
    if act in _NEEDS_REASON and not decision.reason.strip():
        return "say why"
    if act in _NEEDS_END and not (decision.until_us and work.now_us < decision.until_us <= work.now_us + limits.BY_HAND_US):
        return "say until when: later than now, within 24 h"
    return ""
