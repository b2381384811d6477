"""After the storm: which storms there were, their playback and timeline, and what warnings and forecasts were worth."""

from __future__ import annotations

import csv
import io
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Response

from streams.desk.caller import Looks
from streams.desk.desk import AtDesk, Desk
from streams.desk.duty_wire import entry_view
from streams.desk.gate import Crowded
from streams.desk.problems import RETRY_AFTER_S, documented, problem
from streams.desk.storms_wire import (
    Frame,
    NotJudged,
    StormList,
    StormSummary,
    StormView,
    Verification,
    lead_view,
    level_view,
    seen_view,
)
from streams.duty.entry import Entry
from streams.observation.moments import HOUR_US, MINUTE_US, parse_us, to_text
from streams.store.duty import written_between
from streams.store.engine import one_moment
from streams.store.happened import happened_between
from streams.store.not_reached_file import plain
from streams.store.reports_groups import accepted_between
from streams.store.storms import Toll, changes_between, foretold, histories, rain, toll_of, warned
from streams.storms.find import LONGEST_US, Storm, frames_between, spans_of, storms_of
from streams.storms.frames import HOLDS_US, level_frames, rain_frames
from streams.storms.seen import held_against
from streams.storms.skill import lead_scores
from streams.storms.verify import ANSWERED_US, Place, level_scores, not_judged

TIME = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?Z$"
RECENT_US = 30 * 24 * HOUR_US
BEFORE_US = 2 * LONGEST_US
"""How long before a stretch a storm may have begun that reaches into it."""
JUDGED_LEVELS = (3, 4)
TIMELINE_FROM_LEVEL = 1
COLUMNS = ("at", "kind", "what", "outcome", "level", "officer", "refers", "text")

router = APIRouter(prefix="/api/storms", tags=["storms"])

Time = Annotated[str, Path(pattern=TIME, description="RFC 3339 in UTC, as GET /api/storms gives it")]
_TABLE: dict[int | str, dict[str, Any]] = {
    200: {"description": "The storm, or its timeline as a table", "content": {"text/csv": {"schema": {"type": "string"}}}}
}


@router.get("", responses=documented(401, 403, 422, 503))
def storms(
    desk: AtDesk,
    _: Looks,
    begins: Annotated[str | None, Query(alias="from", max_length=40, description="RFC 3339; 30 days before `to` without it")] = None,
    ends: Annotated[str | None, Query(alias="to", max_length=40, description="RFC 3339; now without it")] = None,
) -> StormList:
    """List storms: times at which a point stood at level 1 or above or a rainfall signal was on, with half an hour around."""
    with one_moment(desk.engine):
        now_us = desk.fresh().now_us
        to_us = _moment("to", ends) if ends is not None else now_us
        from_us = _moment("from", begins) if begins is not None else max(to_us - RECENT_US, 0)
        if from_us > to_us:
            raise problem(422, "from: it is later than to")
        changes = changes_between(desk.engine, max(from_us - BEFORE_US, 0), to_us)
        found = [one for one in storms_of(spans_of(changes, min(now_us, to_us)), now_us) if one.end_us >= from_us]
        summaries = [_summary(one, toll_of(desk.engine, one.start_us, one.end_us)) for one in reversed(found)]
    return StormList.model_validate({"as_of": to_text(now_us), "from": to_text(from_us), "to": to_text(to_us), "storms": summaries})


@router.get("/{start}/{end}", response_model=StormView, responses=documented(401, 403, 422, 503) | _TABLE)
async def storm(
    desk: AtDesk,
    _: Looks,
    start: Time,
    end: Time,
    response: Response,
    form: Annotated[Literal["csv", "json"] | None, Query(alias="format", description="as a file: the timeline, or all of it")] = None,
) -> StormView | Response:
    """Play a storm back, and tell what its warnings and forecasts were worth; any stretch of 48 h at most will do."""
    start_us, end_us = _moment("start", start), _moment("end", end)
    if not 0 < end_us - start_us <= LONGEST_US:
        raise problem(422, f"end: it must be later than start, by {LONGEST_US // HOUR_US} h at most: ask for a longer time in parts")
    try:
        return await desk.lookbacks.run(lambda: _storm(desk, start_us, end_us, response, form))
    except Crowded:
        raise problem(503, "too many storms are looked at at once: try again", RETRY_AFTER_S) from None


def _storm(desk: Desk, start_us: int, end_us: int, response: Response, form: str | None) -> StormView | Response:
    with one_moment(desk.engine):
        timeline = _timeline(desk, start_us, end_us)
        if form == "csv":
            return _attached(Response(_table(timeline), media_type="text/csv; charset=utf-8"), start_us, "csv")
        view = _view(desk, start_us, end_us, timeline)
    if form == "json":
        _attached(response, start_us, "json")
    return view


def _moment(name: str, text: str) -> int:
    moment_us = parse_us(text)
    if moment_us is None or moment_us < 0:
        raise problem(422, f"{name}: no time: write RFC 3339 with a zone, such as 2021-07-20T08:31:00Z")
    return moment_us


def _summary(one: Storm, toll: Toll) -> StormSummary:
    return StormSummary(
        start=to_text(one.start_us),
        end=to_text(one.end_us),
        ongoing=one.ongoing,
        worst_level=toll.worst_level,
        points=toll.points,
        peak_rain_mm_30min=toll.peak_rain_mm_30min,
        orders=toll.orders,
        released=toll.released,
    )


def _timeline(desk: Desk, start_us: int, end_us: int) -> list[Entry]:
    happened = happened_between(desk.engine, start_us, end_us, TIMELINE_FROM_LEVEL)
    return sorted([*written_between(desk.engine, start_us, end_us), *happened], key=lambda entry: entry.place)


def _view(desk: Desk, start_us: int, end_us: int, timeline: list[Entry]) -> StormView:
    places = [Place(point.low_point_id, {rung.level: rung.depth_m for rung in point.levels}) for point in desk.city.low_points]
    points, moments = [place.low_point for place in places], frames_between(start_us, end_us)
    # what a last alarm was worth shows within two hours after the end; what has not happened yet is not known
    known_us = max(min(end_us + ANSWERED_US, desk.fresh().now_us), start_us)
    found = histories(desk.engine, points, start_us - HOLDS_US, known_us)
    own = {name: history.since(start_us) for name, history in found.items()}
    fallen = rain(desk.engine, start_us - HOLDS_US, end_us)
    silent = not_judged(places, found, start_us, min(end_us, known_us))
    judged = [place for place in places if place.low_point not in silent]
    warnings = warned(desk.engine, start_us - ANSWERED_US, known_us)
    levels = [level_scores(level, judged, own, warnings, end_us, known_us) for level in JUDGED_LEVELS]
    forecasts = foretold(desk.engine, start_us, end_us)
    drawn = level_frames(points, {name: history.levels for name, history in found.items()}, moments)
    return StormView(
        start=to_text(start_us),
        end=to_text(end_us),
        points=points,
        districts=list(desk.city.districts),
        frames=[Frame(at=to_text(at_us), levels=text) for at_us, text in zip(moments, drawn, strict=True)],
        rain={name: rain_frames(*fallen[name], moments) if name in fallen else [None] * len(moments) for name in desk.city.districts},
        timeline=[entry_view(entry) for entry in timeline],
        verification=Verification(
            not_judged=[NotJudged(low_point=name, silent_min=minutes) for name, minutes in silent.items()],
            levels=[level_view(one) for one in levels],
            reports=[seen_view(one) for one in held_against(accepted_between(desk.engine, start_us, end_us), places, found)],
        ),
        skill=[lead_view(one) for one in lead_scores(forecasts, {name: history.record for name, history in own.items()})],
    )


def _table(timeline: list[Entry]) -> bytes:
    """A table that spreadsheets take for UTF-8 and for no formulas."""
    out = io.StringIO()
    lines = csv.writer(out)
    lines.writerow(COLUMNS)
    for entry in timeline:
        level = "" if entry.level is None else str(entry.level)
        cells = (to_text(entry.place.at_us), entry.kind, entry.what, entry.outcome, level, entry.officer, entry.refers, entry.text)
        lines.writerow([plain(cell) for cell in cells])
    return out.getvalue().encode("utf-8-sig")


def _attached(response: Response, start_us: int, ending: str) -> Response:
    """As a file, named by when it began: a storm's address holds colons, which no file's name may."""
    stamp = to_text(start_us // MINUTE_US * MINUTE_US).replace("-", "").replace(":", "")
    response.headers["Content-Disposition"] = f'attachment; filename="storm_{stamp}.{ending}"'
    return response
