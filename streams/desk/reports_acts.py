"""Deciding on citizens' reports: accept, hide, merge, ask back; once under an act's id, and told in the audit."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends

from streams.desk.caller import Caller, Calls
from streams.desk.desk import AtDesk, Desk
from streams.desk.problems import documented, problem
from streams.desk.reports import GroupId
from streams.desk.reports_wire import AcceptReports, ActDone, AskBack, Asks, HideReports, MergeReports
from streams.officers.roles import Act
from streams.reports.around import Surroundings
from streams.reports.report import Report
from streams.reports.triage.weigh import Weight
from streams.reports.weighed import weighed
from streams.store.reports_acts import Asked, Done, ReportsRefused, UnknownReports, accept, ask_back, hide, merge
from streams.store.reports_groups import reports_of

TAKEN_BACK = (
    "taken back: the pictures are not shown any more (a page may have them for 5 s, a browser for 5 min); the depth that was sent stays "
    "in the log as it was, and the level by it until its water was seen over 30 min ago; what was not sent yet is not"
)

router = APIRouter(prefix="/api/reports", tags=["reports"])

_PROBLEMS = documented(400, 401, 403, 404, 409, 413, 422, 503)


def _weighing(caller: Calls) -> Caller:
    """Somebody who may decide on reports; else 403."""
    if not caller.may(Act.WEIGH_REPORTS):
        raise problem(403, f"{caller.words} may not decide on reports: a forecaster or an officer must; nothing was done")
    return caller


Weighs = Annotated[Caller, Depends(_weighing)]


@router.post("/{group}/accept", responses=_PROBLEMS)
def accept_reports(desk: AtDesk, caller: Weighs, group: GroupId, asked: AcceptReports) -> ActDone:
    """Believe reports: they are ground truth, and where their low point has a station for reports, observations of it."""
    own = reports_of(desk.engine, [group]).get(group, [])
    low_point = next((report.low_point for report in own if report.low_point is not None), None)
    station = desk.report_stations.of(low_point)
    found = weighed(Surroundings(desk.city, desk.engine, desk.fresh().now_us, desk.ground), own) if own else None
    done = _done(
        asked,
        lambda act_id: accept(
            desk.engine,
            _asked(desk, caller, group, asked, act_id),
            asked.depth_m,
            desk.report_stations.of_group(low_point),
            why_of(found.weight if found is not None else None),
            show_pictures=asked.show_pictures,
        ),
    )
    return done.model_copy(update={"words": accepted_words(own, low_point, station is not None, done)})


@router.post("/{group}/hide", responses=_PROBLEMS)
def hide_reports(desk: AtDesk, caller: Weighs, group: GroupId, asked: HideReports) -> ActDone:
    """Put reports aside, or take back what was accepted; their writers see that they were looked at and not used."""
    done = _done(asked, lambda act_id: hide(desk.engine, _asked(desk, caller, group, asked, act_id), asked.reason, accepted=asked.accepted))
    return done.model_copy(update={"words": TAKEN_BACK if asked.accepted else ""})


@router.post("/{group}/merge", responses=_PROBLEMS)
def merge_reports(desk: AtDesk, caller: Weighs, group: GroupId, asked: MergeReports) -> ActDone:
    """Put reports into another group that waits."""
    return _done(asked, lambda act_id: merge(desk.engine, _asked(desk, caller, group, asked, act_id), asked.into))


@router.post("/{group}/ask", responses=_PROBLEMS)
def ask_writers(desk: AtDesk, caller: Weighs, group: GroupId, asked: AskBack) -> ActDone:
    """Ask the writers something: they see it under their code, and can answer."""
    return _done(asked, lambda act_id: ask_back(desk.engine, _asked(desk, caller, group, asked, act_id), asked.question))


def accepted_words(own: list[Report], low_point: str | None, has_station: bool, done: ActDone) -> str:
    """What follows from accepting."""
    if own and own[0].training:
        return "accepted as part of the exercise: no level follows from it"
    if low_point is None:
        return (
            "accepted as ground truth: it is about no low point, so no level follows from it; GET /api/reports/coverage proposes new ones"
        )
    if not has_station:
        return (
            f"accepted as ground truth: no level follows from it, for {low_point} has no station of kind reports with an owner: add one to "
            f'stations.geojson, {{"station_id": "{low_point}-reports", "kind": "reports", "low_point_id": "{low_point}", '
            '"owner": "...", "cadence_s": 86400}'
        )
    if not done.observations:
        return (
            f"accepted as ground truth: no level follows from it, for none of these reports says anything of {low_point}: their places are "
            "over 150 m away from it, or they name another low point"
        )
    if done.late == done.observations:
        return f"accepted as ground truth: no level follows from it, for its water at {low_point} was seen over 30 min ago"
    on_time = done.observations - done.late
    return f"accepted: observations of {low_point} on their way: {on_time}; it raises a level while its water was seen under 30 min ago"


def why_of(weight: Weight | None) -> dict[str, object]:
    """What the audit keeps of what the operator saw."""
    if weight is None:
        return {}
    return {"score": weight.score, "sources": weight.sources, "photos": weight.photos, "reasons": [one.code for one in weight.reasons]}


def _asked(desk: Desk, caller: Caller, group: str, asked: Asks, act_id: str) -> Asked:
    return Asked(act_id, caller.name, group, desk.fresh().now_us, tuple(asked.reports))


def _done(asked: Asks, do: Callable[[str], Done]) -> ActDone:
    act_id = asked.id or secrets.token_hex(16)
    try:
        done = do(act_id)
    except UnknownReports as unknown:
        raise problem(404, str(unknown)) from None
    except ReportsRefused as refused:
        raise problem(409, str(refused)) from None
    return ActDone.model_validate(
        {
            "act_id": act_id,
            "act": done.act,
            "reports": list(done.reports),
            "observations": done.readings,
            "late": done.late,
            "again": done.again,
            "words": "",
        }
    )
