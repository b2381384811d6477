"""Random acts of officers against a district, and a referee that knows the policy but none of the step's code: nothing goes out that the
policy forbids (law 8)."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from models.situation import Outlook, Situation
from streams.city import defaults
from streams.city.model import City, LowPoint, Public, ReleaseRule, Sender, Station, Zone
from streams.city.reach import Reach
from streams.observation.batch import Batch
from streams.observation.decision import Act, Decision, Role
from streams.observation.moments import SECOND_US, parse_us
from streams.observation.observation import Extra
from streams.rules.outputs import Decided, Order, Output
from streams.rules.plan import DistrictPlan, plan_district
from streams.rules.state import empty_state
from streams.rules.step import step

ACTS: tuple[Act, ...] = (
    "sign",
    "sign",
    "sign",
    "sign",
    "sign",
    "reject",
    "edit",
    "call_off",
    "correct",
    "raise",
    "close",
    "silence",
    "end",
)
OFFICERS = ("li", "wang", "zhao")
ROLES: tuple[Role, ...] = (*("officer",) * 12, "forecaster", "viewer", "administrator")
RULES = ("automatic", "one", "two")
NEEDED = {"automatic": 0, "one": 1, "two": 2}
BEGIN_US = 1_784_016_000 * SECOND_US
SCRIPT_ACTS = 20
_D = 0.0005


@dataclass
class SignaturesReport:
    """Acts tried, what came of them, orders that went out and how, and releases that the referee found no right for."""

    acts: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)
    released: dict[str, int] = field(default_factory=dict)
    forbidden: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        """As text."""
        outcomes = ", ".join(f"{name} {count:,}" for name, count in sorted(self.outcomes.items()))
        released = ", ".join(f"{name} {count:,}" for name, count in sorted(self.released.items()))
        first = f"; the first: {self.forbidden[0]}" if self.forbidden else ""
        return [f"{self.acts:,} acts: {outcomes}", f"orders released: {released}", f"forbidden: {len(self.forbidden)}{first}"]


def random_acts(acts: int = 100_000, seed: int = 7) -> SignaturesReport:
    """Play scripts of `SCRIPT_ACTS` acts, each in a town with a policy of its own."""
    report = SignaturesReport()
    script = 0
    while report.acts < acts:
        _play(report, random.Random(f"{seed}/{script}"), min(SCRIPT_ACTS, acts - report.acts))
        script += 1
    return report


class _Guess:
    """A model that raises levels by forecast now and then, quickly and the same each time."""

    name: str = "guess"

    def __call__(self, now: Situation) -> Outlook:
        points, levels = now.thresholds_m.shape
        dice = random.Random(now.minute)
        raises = np.array([[dice.random() < 0.05 for _ in range(levels)] for _ in range(points)], bool)
        nothing = np.zeros((points, levels, 6)), np.zeros((points, 3)), np.full((points, levels), np.nan), np.zeros(points)
        memory = np.zeros((points, 0))
        return Outlook(np.zeros((points, 7, 6)), *nothing, raises=raises, keeps=raises, method=("guess",) * points, memory=memory)


@dataclass
class _Referee:
    """What the policy allows, from the answers to acts alone."""

    city: City
    report: SignaturesReport
    signed: dict[str, set[str]] = field(default_factory=dict)
    ends: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    hands: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    by_hand: set[str] | None = None
    answered: set[str] = field(default_factory=set)
    level_out: dict[str, int] = field(default_factory=dict)
    issued: dict[str, int] = field(default_factory=dict)

    def hear(self, outputs: list[Output], act: Decision | None) -> None:
        """Take in what a message brought, and the act that it carried."""
        self.by_hand = None
        for output in outputs:
            if isinstance(output, Decided) and act is not None:
                self._answer(output, act)
        for output in outputs:
            if isinstance(output, Order):
                self._order(output)

    def _answer(self, answer: Decided, act: Decision) -> None:
        self.report.outcomes[answer.outcome] = self.report.outcomes.get(answer.outcome, 0) + 1
        if answer.outcome == "refused":
            return
        if act.act in ("sign", "call_off", "correct") and act.role != "officer":
            self.report.forbidden.append(f"a {act.role} could {act.act}")
        if act.act in ("close", "end"):
            asked = self.hands.setdefault((act.act, answer.subject), set())
            asked.add(act.officer)
            if answer.outcome == "done":
                self.by_hand = self.hands.pop((act.act, answer.subject))
        if act.act == "sign":
            self.signed.setdefault(answer.subject, set()).add(act.officer)
        if act.act in ("call_off", "correct"):
            incident = answer.subject.split("_", 2)[2].rsplit("_", 1)[0]
            self.ends.setdefault((incident, act.act), set()).add(act.officer)
        if act.act == "edit":
            self.signed[answer.subject] = set()
            self.answered.add(answer.subject)
        if act.act == "reject":
            self.answered.add(answer.subject)

    def _order(self, order: Order) -> None:
        self.issued.setdefault(order.identifier, parse_us(order.issued_at) or 0)
        if order.state != "released":
            return
        how = self._right(order)
        self.report.released[how or "forbidden"] = self.report.released.get(how or "forbidden", 0) + 1
        if not how:
            self.report.forbidden.append(f"{order.identifier}: level {order.level}, {order.decision or 'at once'}")
        if order.msg_type != "Cancel":
            self.level_out[order.incident] = max(self.level_out.get(order.incident, 0), order.level)

    def _right(self, order: Order) -> str:
        """By what right an order is out; "" if by none."""
        if order.msg_type == "Cancel":
            by_hand = any(len(self.ends.get((order.incident, act), ())) >= 2 for act in ("call_off", "correct"))
            if order.decision:
                return "all-clear by two officers" if by_hand else ""
            if self.by_hand is not None:
                return "end by hand of two officers" if len(self.by_hand) >= 2 else ""
            return "all-clear by rule"
        if order.level <= self.level_out.get(order.incident, 0):
            return "asks no more than what is out"
        policy = [self.city.approval[str(order.level)]] + ([self.city.approval["unconfirmed"]] if order.unconfirmed else [])
        needed = max(NEEDED[rule] for rule in policy)
        if len(self.signed.get(order.identifier, ())) >= needed:
            return f"{needed} of {needed} signatures"
        rule = self.city.release_rules.get(str(order.level))
        waited_us = (parse_us(order.decided_at) or 0) - self.issued[order.identifier]
        covered = rule is not None and order.basis in rule.bases and waited_us >= rule.after_s * SECOND_US
        return "the written rule" if covered and not order.unconfirmed and order.identifier not in self.answered else ""


def _play(report: SignaturesReport, script: random.Random, acts: int) -> None:
    city = _town(script)
    plan = plan_district(city, "D1", Reach(city))
    state, model, referee = empty_state(plan), _Guess(), _Referee(city, report)
    now_us, orders, raised = BEGIN_US, list[str](), list[tuple[str, str]]()
    dry = script.random() < 0.4  # where only officers raise, their ends end something
    for number in range(acts):
        now_us += script.choice([1, 2, 5, 20]) * SECOND_US
        act: Decision | None = None
        if script.random() < 0.4:
            batch = _readings(plan, script, now_us, dry)
        else:
            report.acts += 1
            act = _act(script, number, now_us, orders, raised)
            batch = _batch(plan, [], now_us, (act,))
        state, outputs = step(plan, state, batch, model)
        referee.hear(outputs, act)
        orders += [output.identifier for output in outputs if isinstance(output, Order)]


def _act(script: random.Random, number: int, now_us: int, orders: list[str], raised: list[tuple[str, str]]) -> Decision:
    act = script.choice(ACTS)
    on_order = act in ("sign", "reject", "edit", "call_off", "correct")
    back = min(len(orders), 1 + int(script.expovariate(1.0)))
    fields: dict[str, Any] = {"reason": script.choice(["because", "because", ""])}
    if on_order:
        fields["orders"] = (orders[-back],) if orders else ("nothing",)
    else:
        kind, subject = script.choice([("points", "P0"), ("zones", "Z0"), ("points", "P1"), ("zones", "Z1"), ("points", "Z0")])
        if act in ("end", "close") and raised and script.random() < 0.8:
            kind, subject = raised[-1]
        if act == "raise":
            raised.append((kind, subject))
        fields[kind] = (subject,)
        fields |= {"level": script.randint(0, 5), "until_us": now_us + script.choice([0, 60, 600, 7200]) * SECOND_US}
    if act == "edit":
        fields["texts"] = {"en": f"Town: Leave now. {number}"}
    return Decision(f"a{number}", now_us, script.choice(OFFICERS), act, script.choice(ROLES), **fields)


def _readings(plan: DistrictPlan, script: random.Random, now_us: int, dry: bool) -> Batch:
    rows = [(f"S{n}", 0.0 if dry else script.choice([0.0, 0.0, 0.2, 0.3, 0.45, 0.7, 0.7])) for n in range(2) if script.random() < 0.7]
    if script.random() < 0.5:
        rows.insert(0, ("R", 1.0))
    return _batch(plan, rows, now_us, ())


def _batch(plan: DistrictPlan, rows: list[tuple[str, float]], now_us: int, decisions: tuple[Decision, ...]) -> Batch:
    moment = np.full(len(rows), now_us, np.int64)
    station = np.array([plan.station_no[name] for name, _ in rows], np.int64)
    extras = {row: Extra(period_s=60.0) for row, (name, _) in enumerate(rows) if name == "R"}
    ticks = np.array([now_us], np.int64)
    return Batch("D1", station, moment, moment, np.array([value for _, value in rows], float), extras, ticks, "", decisions)


def _town(script: random.Random) -> City:
    """Two points and two zones, with a random policy."""
    places = [(113.6, 34.7), (113.63, 34.7)]
    approval: Any = {key: script.choice(RULES) for key in defaults.APPROVAL}
    rule = ReleaseRule(script.choice([60.0, 180.0]), tuple(script.sample(["measured", "forecast", "officer"], 2)))
    return City(
        name="Town",
        time_zone="Asia/Shanghai",
        districts=("D1",),
        levels=defaults.LEVELS,
        approval=approval,
        release_rules={"4": rule} if script.random() < 0.5 else {},
        sender=Sender(name="Town"),
        public=Public(cap_issuer="town", text_from_level=script.randint(1, 3)),
        low_points=tuple(LowPoint(f"P{n}", "D1", "sag", defaults.LEVELS, f"P{n}", f"P{n}", *place) for n, place in enumerate(places)),
        stations=(
            Station("R", "rain", 60.0, district_ids=("D1",)),
            *(Station(f"S{n}", "level", 60.0, f"P{n}", error_sd_m=0.01) for n in range(2)),
        ),
        zones=tuple(Zone(f"Z{n}", "D1", _square(*place), f"Z{n}", f"Z{n}") for n, place in enumerate(places)),
    )


def _square(lon: float, lat: float) -> dict[str, Any]:
    ring = [(lon - _D, lat - _D), (lon + _D, lat - _D), (lon + _D, lat + _D), (lon - _D, lat + _D), (lon - _D, lat - _D)]
    return {"type": "Polygon", "coordinates": [ring]}
