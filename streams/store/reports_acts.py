"""What an operator, or the city's written rule, decides about reports: once under its id, and told in the audit in the same transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

import msgspec
from sqlalchemy import ColumnElement, Connection, Engine, delete, select, update

from streams.audit.row import AuditRow, Deed
from streams.observation.moments import to_text
from streams.reports.observed import Observed, Stations, observations_of
from streams.reports.report import Report
from streams.store.audit import append
from streams.store.audit_schema import AUDIT
from streams.store.engine import writing
from streams.store.reports_groups import PENDING, named_in, reports_in
from streams.store.reports_photographs import named_as_sent
from streams.store.reports_readings import ReportReading, keep_readings
from streams.store.reports_schema import PICTURES, REPORT_READINGS, REPORTS

ACCEPTED = ("accepted",)
ActOnReports = Literal["accepted", "hidden", "merged", "asked"]


class ReportsRefused(ValueError):
    """An act that cannot be done now: why, and what to do."""


class UnknownReports(ValueError):
    """An act about a group, or reports of it, that are not there."""


class Asked(msgspec.Struct, frozen=True):
    """Who does something to a group, under which id, and when; `reports` are the ones of it that are meant: nothing else is touched."""

    act_id: str
    actor: str
    group: str
    at_us: int
    reports: tuple[str, ...]


class Done(msgspec.Struct, frozen=True):
    """What was done, or had been under the same id: which reports it touched, how many observations it made, how many of them too late."""

    act: str
    reports: tuple[str, ...]
    readings: int = 0
    again: bool = False
    late: int = 0


def accept(
    engine: Engine, asked: Asked, depth_m: float, stations: Stations, detail: dict[str, Any], *, show_pictures: bool = False
) -> Done:
    """Believe reports: they are ground truth, and observations where there is a station to give them.

    Parameters
    ----------
    stations
        Which station each report is an observation of; see `streams.reports.observed.ReportStations`.
    detail
        What the audit keeps of why: score, sources, reasons.
    show_pictures
        Whether the public page may show their blurred pictures.
    """

    def do(connection: Connection, meant: Sequence[Report]) -> dict[str, Any]:
        observed = named_as_sent(connection, observations_of(meant, depth_m, stations), meant, asked.at_us)
        names = sorted({station.station_id for report in meant if (station := stations(report)) is not None})
        keep_readings(connection, [_reading(one, asked.at_us) for one in observed])
        pictures = {report.picture for report in meant if report.picture and not report.training} if show_pictures else set()
        connection.execute(update(PICTURES).where(PICTURES.c.picture.in_(pictures)).values(public=1))
        late = sum(one.minutes_left(asked.at_us) == 0 for one in observed)
        told = {"depth_m": depth_m, "station": ", ".join(names), "readings": len(observed), "late": late}
        return {**told, "pictures_shown": len(pictures), **detail}

    return _once(engine, asked, "accepted", do)


def hide(engine: Engine, asked: Asked, reason: str, *, accepted: bool = False) -> Done:
    """Put reports aside: they count for nothing, and their pictures are not shown.

    Parameters
    ----------
    accepted
        Take back what was accepted, instead of deciding on what waits. Their observations that are in the log stay there; their
        pictures are not shown any more, whoever else sent the same.
    """
    states = ACCEPTED if accepted else PENDING

    def do(connection: Connection, meant: Sequence[Report]) -> dict[str, Any]:
        own = _which(meant)
        connection.execute(update(REPORTS).where(own).values(reason=reason))
        gone: ColumnElement[bool] = PICTURES.c.picture.in_(select(REPORTS.c.picture).where(own, REPORTS.c.picture.is_not(None)))
        if accepted:
            unsent = REPORT_READINGS.c.report.in_(select(REPORTS.c.report).where(own)) & REPORT_READINGS.c.sent_us.is_(None)
            connection.execute(delete(REPORT_READINGS).where(unsent))
        else:
            shown = select(REPORTS.c.picture).where(REPORTS.c.state == "accepted", REPORTS.c.picture.is_not(None))
            gone &= PICTURES.c.picture.not_in(shown)
        hidden = connection.execute(update(PICTURES).where(gone, PICTURES.c.public == 1).values(public=0)).rowcount
        return {"reason": reason, "pictures_hidden": hidden, "was": "accepted" if accepted else "waiting"}

    return _once(engine, asked, "hidden", do, states)


def merge(engine: Engine, asked: Asked, into: str) -> Done:
    """Put reports into another group that waits: they are of the same water."""

    def do(connection: Connection, meant: Sequence[Report]) -> dict[str, Any]:
        # nobody decides on the other group meanwhile
        connection.execute(select(REPORTS.c.report).where(REPORTS.c.group_id == into).with_for_update()).all()
        other = [] if into == asked.group else reports_in(connection, [into]).get(into, [])
        if not other:
            raise UnknownReports(f"there is no other group {into}: GET /api/reports lists those that wait")
        if other[0].training != meant[0].training:
            raise ReportsRefused("one of the two groups is of an exercise: what is real and what is not stay apart")
        if not any(report.state in PENDING for report in other):
            raise ReportsRefused(f"the group {into} is decided already: accept or hide this one by itself")
        point = next((report.low_point for report in other if report.low_point), None)
        moved = update(REPORTS).where(_which(meant))
        if point is not None:
            connection.execute(moved.where(REPORTS.c.low_point.is_(None)).values(low_point=point))
        # last: from here on the group is another one
        state = {"state": "merged", "state_us": asked.at_us, "decided_by": asked.actor}
        connection.execute(moved.values(group_id=into, **state))
        return {"into": into}

    return _once(engine, asked, "merged", do)


def ask_back(engine: Engine, asked: Asked, question: str) -> Done:
    """Ask the writers something, which they see under their code."""

    def do(connection: Connection, meant: Sequence[Report]) -> dict[str, Any]:
        connection.execute(update(REPORTS).where(_which(meant)).values(question=question, answer=""))
        return {"question": question}

    return _once(engine, asked, "asked", do)


Do = Callable[[Connection, Sequence[Report]], dict[str, Any]]


def _once(engine: Engine, asked: Asked, act: ActOnReports, do: Do, states: Sequence[str] = PENDING) -> Done:
    """Do something to the reports that are meant, unless it was done under this id.

    Raises
    ------
    UnknownReports
        Where the group or one of the reports is not there.
    ReportsRefused
        Where they are decided already, or the id was used for something else.
    """
    key = f"reports|{asked.act_id}"
    with writing(engine) as connection:
        own = named_in(connection, asked.group, asked.reports)
        told = connection.execute(select(AUDIT).where(AUDIT.c.key == key)).first()
        if told is not None:
            return _again(AuditRow(**told._mapping), act, asked)
        meant = _meant(own, asked, states)
        detail = do(connection, meant)
        state = {"state": act, "state_us": asked.at_us, "decided_by": asked.actor}
        connection.execute(update(REPORTS).where(_which(meant)).values(**state))
        whole = {"reports": _ids(meant), "low_point": meant[0].low_point or "", "training": meant[0].training, **detail}
        append(connection, [Deed(to_text(asked.at_us), asked.actor, f"reports_{act}", asked.group, whole, key)])
        return _done(act, whole)


def _which(meant: Sequence[Report]) -> ColumnElement[bool]:
    """These and no others: what came meanwhile, or was not read for want of room, was seen by nobody."""
    return REPORTS.c.report.in_(_ids(meant))


def _meant(own: Sequence[Report], asked: Asked, states: Sequence[str]) -> Sequence[Report]:
    if not asked.reports:
        raise ReportsRefused("name the reports that are meant: one that nobody was shown is not decided on; nothing was done")
    unknown = sorted(set(asked.reports) - {report.report for report in own})
    if not own:
        raise UnknownReports(f"there is no group {asked.group} with the report {unknown[0]}: GET /api/reports lists those that wait")
    if unknown:
        raise UnknownReports(f"the group {asked.group} has no report {unknown[0]}; nothing was done")
    done = next((report for report in own if report.state not in states), None)
    if done is None:
        return own
    if done.state in PENDING:
        raise ReportsRefused(f"the report {done.report} was not accepted, it waits: hide it as one that waits; nothing was done")
    who = done.decided_by or "somebody"
    raise ReportsRefused(f"{who} has {done.state} this already, at {to_text(done.state_us)}: look again; nothing was done")


def _again(told: AuditRow, act: ActOnReports, asked: Asked) -> Done:
    facts = told.facts
    if (told.act, told.subject, told.actor) != (f"reports_{act}", asked.group, asked.actor):
        raise ReportsRefused(f"the id {asked.act_id} was used for something else: choose another; nothing was done")
    return _done(act, facts, again=True)


def _done(act: ActOnReports, facts: Mapping[str, Any], again: bool = False) -> Done:
    return Done(act, tuple(facts["reports"]), int(facts.get("readings", 0)), again, int(facts.get("late", 0)))


def _reading(observed: Observed, made_us: int) -> ReportReading:
    return ReportReading(observed.reading, observed.report, observed.station, observed.owner, observed.line, made_us)


def _ids(reports: Sequence[Report]) -> list[str]:
    return [report.report for report in reports]
