"""Citizens' reports at the desk: what waits, what it is worth and why, and where a low point is missing."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Response

from streams.desk.caller import Looks
from streams.desk.desk import AtDesk, Desk
from streams.desk.problems import documented, problem
from streams.desk.reports_views import deed_view, group_view, report_views
from streams.desk.reports_wire import CoverageView, GroupView, GroupWhole, NearestView, ProposalView, ReportsPage
from streams.desk.wire import IDENTIFIER
from streams.observation.moments import parse_us, to_text
from streams.reports.around import Surroundings
from streams.reports.audit import coverage_of
from streams.reports.coverage import DAYS, collection, features
from streams.reports.weighed import weighed
from streams.store.engine import one_moment
from streams.store.reports_groups import GroupHead, Place, count_waiting, group_heads, reports_of, waiting_in
from streams.store.reports_history import deeds_about
from streams.store.reports_readings import readings_of

MOST_GROUPS = 100
PICTURE = r"^[0-9a-f]{64}$"

router = APIRouter(prefix="/api", tags=["reports"])

GroupId = Annotated[str, Path(pattern=IDENTIFIER)]


@router.get("/reports", responses=documented(401, 403, 422, 503))
def reports(
    desk: AtDesk,
    _: Looks,
    state: Annotated[Literal["waiting", "decided", "all"], Query(description="of groups")] = "waiting",
    low_point: Annotated[str | None, Query(max_length=100, description='only those about it; "" for those about none')] = None,
    training: Annotated[bool | None, Query(description="only those of exercises, or only the others")] = None,
    order: Annotated[Literal["score", "newest"], Query(description="within the page; pages follow by time")] = "score",
    before: Annotated[str | None, Query(max_length=400, description="the `next` of the page before")] = None,
    limit: Annotated[int, Query(ge=1, le=MOST_GROUPS)] = 50,
) -> ReportsPage:
    """List groups of reports, each with what it is worth and why: of the newest those first that are worth most.

    Groups in which reports of several addresses wait go before all others: one address must not bury them.
    """
    cursor = _cursor(before)
    with one_moment(desk.engine):
        now_us = desk.fresh().now_us
        heads = group_heads(desk.engine, state=state, low_point=low_point, training=training, before=cursor, limit=limit + 1)
        views = _views(desk, heads[:limit], now_us)
        waiting = count_waiting(desk.engine)
    newest_us = {head.group_id: head.newest_us for head in heads}
    if order == "score":
        views.sort(key=lambda view: (-view.score, view.group))
    else:
        views.sort(key=lambda view: newest_us[view.group], reverse=True)
    last = heads[limit - 1] if len(heads) > limit else None
    return ReportsPage(as_of=to_text(now_us), waiting=waiting, groups=views, next=_told(last))


@router.get("/reports/coverage", responses=documented(401, 403, 503))
def coverage(desk: AtDesk, _: Looks) -> CoverageView:
    """Propose low points where citizens report water and the city has none."""
    now_us = desk.fresh().now_us
    found = coverage_of(desk.city, desk.engine, now_us, desk.ground)
    views = []
    for one in found:
        point, station = features(desk.city, one)
        views.append(
            ProposalView(
                lon=one.lon,
                lat=one.lat,
                reports=one.reports,
                sources=one.sources,
                accepted=one.accepted,
                storms=one.storms,
                depth_m=one.depth_m,
                score=one.score,
                hollow=desk.ground.is_hollow(one.lon, one.lat),
                nearest=NearestView(low_point=one.nearest[0], distance_m=one.nearest[1]) if one.nearest else None,
                last_at=to_text(one.last_us),
                low_point=point,
                station=station,
            )
        )
    return CoverageView(as_of=to_text(now_us), days=DAYS, proposals=views, geojson=collection(desk.city, found))


@router.get("/reports/{group}", responses=documented(401, 403, 404, 422, 503))
def group(desk: AtDesk, _: Looks, group: GroupId) -> GroupWhole:
    """Tell all of one group: its reports, which of them are of one source, and what was done to it."""
    with one_moment(desk.engine):
        own = reports_of(desk.engine, [group]).get(group, [])
        if not own:
            raise problem(404, f"there is no group {group}: GET /api/reports lists those that wait")
        known = Surroundings(desk.city, desk.engine, desk.fresh().now_us, desk.ground)
        sent = readings_of(desk.engine, [report.report for report in own])
        history = deeds_about(desk.engine, group)
        wait = waiting_in(desk.engine, [group]).get(group, 0)
        found = weighed(known, own)  # in this moment too: what is around it is asked for as it is needed
    return GroupWhole(
        group=group_view(known, desk.report_stations, own, found, wait),
        reports=report_views(own, sent, found.weight.apart),
        history=[deed_view(row) for row in history],
    )


@router.get(
    "/pictures/{picture}",
    responses={**documented(401, 403, 404, 422, 503), 200: {"content": {"image/jpeg": {}}, "description": "The picture"}},
    response_class=Response,
)
def picture(desk: AtDesk, _: Looks, picture: Annotated[str, Path(pattern=PICTURE)]) -> Response:
    """Show a picture as it is, faces and plates included; no cache keeps it."""
    found = desk.pictures.get(picture) if desk.pictures is not None else None
    if found is None:
        away = "" if desk.pictures is not None else ": this process was started without --pictures DIR"
        raise problem(404, f"there is no such picture{away}")
    return Response(found, media_type="image/jpeg", headers={"Content-Disposition": f'inline; filename="{picture}.jpg"'})


def _views(desk: Desk, heads: list[GroupHead], now_us: int) -> list[GroupView]:
    if not heads:
        return []
    known = Surroundings(desk.city, desk.engine, now_us, desk.ground)
    found = reports_of(desk.engine, [head.group_id for head in heads])
    wait = waiting_in(desk.engine, list(found))
    groups = [(head.group_id, found[head.group_id]) for head in heads if head.group_id in found]
    return [group_view(known, desk.report_stations, own, weighed(known, own), wait.get(group, 0)) for group, own in groups]


def _told(last: GroupHead | None) -> str | None:
    if last is None:
        return None
    several, newest_us, group_id = last.place
    return f"{several:d}|{to_text(newest_us)}|{group_id}"


def _cursor(before: str | None) -> Place | None:
    if before is None:
        return None
    several, _, rest = before.partition("|")
    moment, _, group_id = rest.partition("|")
    newest_us = parse_us(moment)
    if several not in ("0", "1") or newest_us is None or not group_id:
        raise problem(422, "before: not a place in the list: send `next` as GET /api/reports gave it")
    return several == "1", newest_us, group_id
