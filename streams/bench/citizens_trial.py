"""One storm of the demo city played with its citizens, in one process: the live step, a store, the intake's grouping, the triage as it is.

Reports are weighed and accepted each minute, by the written rule or by an operator who does what the score says; what is accepted goes
into the step a minute later, as an observation would that came by Kafka.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import msgspec
import numpy as np
from sqlalchemy import Engine, select

from models.forecaster import Model
from models.situation import Outlook, Situation
from streams.bench.part import part_of
from streams.city.model import DEPTH_STATIONS, City, Reporting
from streams.city.reach import Reach
from streams.demo.citizens import Said
from streams.observation.batch import MOST_READINGS, Batch, decode
from streams.observation.moments import MINUTE_US
from streams.observation.observation import Extra, Observation
from streams.observation.parse import Parser
from streams.replay.recording import Recording
from streams.replay.schedule import schedule
from streams.reports.around import Surroundings
from streams.reports.by_rule import accept_by_rule
from streams.reports.ground import Ground
from streams.reports.observed import ReportStations
from streams.reports.report import Report
from streams.reports.rule import SCORE_FROM
from streams.reports.weighed import weighed
from streams.rules.outputs import OutputMessage, Warning
from streams.rules.plan import DistrictPlan, districts_of, plan_districts
from streams.rules.state import DistrictState, empty_state
from streams.rules.step import step
from streams.store.engine import open_store, reading, writing
from streams.store.projection import rows_of, save
from streams.store.reports import write_report
from streams.store.reports_acts import Asked, accept, hide
from streams.store.reports_groups import group_heads, reports_of
from streams.store.reports_readings import mark_sent, unsent
from streams.store.reports_schema import REPORTS

Policy = Literal["none", "rule", "operator"]
POLICIES: tuple[Policy, ...] = ("none", "rule", "operator")

RULE_FROM = 3
ACTS_A_MINUTE = 5
"""An operator who looks at each group has no time for more."""
HIDE_BELOW = 0.2


class NoForecast:
    """A model that expects nothing: what is raised was measured or reported."""

    name: str = "none"

    def __call__(self, now: Situation) -> Outlook:
        """Nothing, for all points."""
        points, levels = now.thresholds_m.shape
        none = np.zeros((points, levels), bool)
        return Outlook(
            np.zeros((points, 7, 6)),
            np.zeros((points, levels, 6)),
            np.zeros((points, 3)),
            np.full((points, levels), np.nan),
            np.zeros(points),
            raises=none,
            keeps=none,
            method=("none",) * points,
            memory=np.zeros((points, 0)),
        )


@dataclass(frozen=True)
class Played:
    """What a storm came to: changes of points' states, and which reports were accepted together, with the observations made of them."""

    warnings: tuple[Warning, ...]
    accepted: tuple[tuple[str, ...], ...]
    observed: frozenset[str]


@dataclass
class Trial:
    """One storm.

    Parameters
    ----------
    silenced
        Low points whose sensors and cameras never speak.
    said
        What citizens report, in order of receipt.
    """

    city: City
    recording: Recording
    silenced: frozenset[str]
    said: Sequence[Said]
    model: Model
    store: Path
    accepted: list[tuple[str, ...]] = field(default_factory=list)
    observed: set[str] = field(default_factory=set)

    def play(self, policy: Policy) -> Played:
        """Play it."""
        city = msgspec.structs.replace(self.city, reports=Reporting(accept_from=RULE_FROM if policy == "rule" else 0))
        engine = open_store(f"sqlite:///{self.store}")
        try:
            return self._play(city, engine, policy)
        finally:
            engine.dispose()

    def _play(self, city: City, engine: Engine, policy: Policy) -> Played:
        plans = plan_districts(city, Reach(city))
        states = {district: empty_state(plan) for district, plan in plans.items()}
        log = _Log(city, engine, plans, states, self.model)
        waiting = list(self.said)
        moment_us = 0
        for message in schedule(city, _without(city, self.recording, self.silenced), MOST_READINGS, MINUTE_US):
            if message.due_us != moment_us:
                waiting = self._minute(city, engine, log, waiting, moment_us, policy)
                moment_us = message.due_us
            log.take(message.district, decode(message.data, plans[message.district].station_no))
        self._minute(city, engine, log, waiting, moment_us, policy)
        return Played(tuple(log.warnings), tuple(self.accepted), frozenset(self.observed))

    def _minute(self, city: City, engine: Engine, log: _Log, waiting: list[Said], now_us: int, policy: Policy) -> list[Said]:
        log.save(now_us)
        if policy == "none":
            return waiting
        came = [said.report for said in waiting if said.report.made_us <= now_us]
        _take_in(engine, came)
        if policy == "rule":
            accept_by_rule(city, engine, log.ground, lambda: now_us)
        else:
            _operate(city, engine, log.ground, now_us)
        self.accepted += _accepted(engine, now_us)
        some = unsent(engine, 1000)
        self.observed |= {reading.report for reading in some}
        log.inject([reading.line for reading in some], now_us)
        mark_sent(engine, [reading.reading for reading in some], now_us)
        return waiting[len(came) :]


class _Log:
    """The districts, and what they said since the last minute."""

    def __init__(self, city: City, engine: Engine, plans: Mapping[str, DistrictPlan], states: dict[str, DistrictState], model: Model):
        self._city, self._engine, self._plans, self._states, self._model = city, engine, plans, states, model
        self._parser = Parser(city, trusted_arrival=False)
        self._said: list[OutputMessage] = []
        self.ground = Ground(city.folder)
        self.warnings: list[Warning] = []

    def take(self, district: str, batch: Batch) -> None:
        self._states[district], outputs = step(self._plans[district], self._states[district], batch, self._model)
        self.warnings += [output for output in outputs if isinstance(output, Warning)]
        self._said.append(OutputMessage(district, self._states[district].heard_until_us, [], outputs))

    def save(self, now_us: int) -> None:
        save(self._engine, [rows_of(message) for message in self._said], now_us)
        self._said = []

    def inject(self, lines: Sequence[str], now_us: int) -> None:
        of_district: dict[str, list[Observation]] = defaultdict(list)
        for line in lines:
            owner = next(one.owner for one in self._city.stations if one.station_id == msgspec.json.decode(line)["station"])
            observation = self._parser.parse(line.encode(), now_us, owner)
            for district in districts_of(self._city.stations[observation.station_no], self._city):
                of_district[district].append(observation)
        for district, own in of_district.items():
            self.take(district, self._batch(district, own))

    def _batch(self, district: str, own: Sequence[Observation]) -> Batch:
        numbers = self._plans[district].station_no
        extras: dict[int, Extra] = {row: one.extra for row, one in enumerate(own) if one.extra is not None}
        return Batch(
            district,
            np.array([numbers[self._city.stations[one.station_no].station_id] for one in own], np.int64),
            np.array([one.observed_us for one in own], np.int64),
            np.array([one.received_us for one in own], np.int64),
            np.array([one.value for one in own], float),
            extras,
            np.zeros(0, np.int64),
        )


def _without(city: City, recording: Recording, silenced: frozenset[str]) -> Recording:
    """The recording without the sensors, cameras and made-up reports of some points, and without all made-up reports."""
    gone = [station.kind == "reports" or (station.kind in DEPTH_STATIONS and station.low_point_id in silenced) for station in city.stations]
    return part_of(recording, np.flatnonzero(~np.array(gone, bool)[recording.station_no]))


def _take_in(engine: Engine, came: Sequence[Report]) -> None:
    """As the intake does: a card and a code of its own, and the group that it fits."""
    for report in came:
        with writing(engine) as connection:
            write_report(connection, report, f"card {report.report}", f"code {report.report}")


def _operate(city: City, engine: Engine, ground: Ground, now_us: int) -> None:
    """An operator who accepts what is worth `SCORE_FROM`, best first, without what stands apart, and hides what is worth almost nothing."""
    heads = group_heads(engine, limit=100)
    known, found = Surroundings(city, engine, now_us, ground), reports_of(engine, [head.group_id for head in heads])
    every, stations = {group: weighed(known, own) for group, own in found.items()}, ReportStations(city)
    waits = {group: one for group, one in every.items() if one.waiting}
    for group in sorted(waits, key=lambda name: -waits[name].weight.score)[:ACTS_A_MINUTE]:
        own, weight = waits[group], waits[group].weight
        if weight.score >= SCORE_FROM and weight.sources >= 2 and weight.depth is not None:
            point = known.low_point(own.waiting)
            sound = Asked(f"a-{group}-{now_us}", "operator", group, now_us, tuple(report.report for report in own.sound))
            accept(engine, sound, weight.depth.depth_m, stations.of_group(point.low_point_id if point else None), {})
    for group in sorted(waits, key=lambda name: waits[name].weight.score)[:ACTS_A_MINUTE]:
        if waits[group].weight.score < HIDE_BELOW:
            seen = tuple(report.report for report in waits[group].waiting)
            hide(engine, Asked(f"h-{group}-{now_us}", "operator", group, now_us, seen), "not believable")


def _accepted(engine: Engine, at_us: int) -> list[tuple[str, ...]]:
    """Reports that were accepted at a moment, by group."""
    query = select(REPORTS.c.group_id, REPORTS.c.report).where(REPORTS.c.state == "accepted", REPORTS.c.state_us == at_us)
    found: dict[str, list[str]] = defaultdict(list)
    with reading(engine) as connection:
        for group, report in connection.execute(query):
            found[group].append(report)
    return [tuple(reports) for reports in found.values()]
