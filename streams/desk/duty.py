"""The duty log at the desk: notes, handing over, taking over, and what somebody who comes in must know."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from streams.desk.briefing import briefing_of
from streams.desk.caller import Caller, Calls, Looks
from streams.desk.desk import AtDesk, Desk
from streams.desk.duty_wire import Briefing, DutyLog, EntryView, HandOverNote, NewNote, TakeOver, duty_view, entry_view
from streams.desk.problems import documented, problem
from streams.duty.entry import Place, parse_place
from streams.duty.holder import DutyRefused, Written
from streams.observation.moments import to_text
from streams.officers.roles import Act
from streams.store.duty import display_name_of, duty_now, entry_of, hand_over, log_page, take_over, write_note
from streams.store.engine import one_moment
from streams.store.queries import told_order

MOST_ENTRIES = 200

router = APIRouter(prefix="/api/duty", tags=["duty"])


def _writing(caller: Calls) -> Caller:
    """Somebody who may write into the log; else 403."""
    if not caller.may(Act.WRITE_LOG):
        raise problem(403, f"{caller.words} may not write into the duty log: a forecaster or an officer must; nothing was written")
    return caller


Writes = Annotated[Caller, Depends(_writing)]


@router.get("", responses=documented(401, 403, 422, 503))
def log(
    desk: AtDesk,
    _: Looks,
    before: Annotated[str | None, Query(max_length=1100, description="the `entry` of the last one seen: older ones follow")] = None,
    limit: Annotated[int, Query(ge=1, le=MOST_ENTRIES)] = 50,
) -> DutyLog:
    """Tell who has duty, and the log: what was written, and what happened by itself, the newest first."""
    place = _place(before)
    with one_moment(desk.engine):
        now_us, duty = desk.fresh().now_us, duty_now(desk.engine)
        page = log_page(desk.engine, place, limit)
        view = duty_view(duty, display_name_of(desk.engine, duty.officer))
    return DutyLog(as_of=to_text(now_us), duty=view, entries=[entry_view(entry) for entry in page.entries], more=page.more)


@router.get("/briefing", responses=documented(401, 403, 503))
def briefing(desk: AtDesk, _: Looks) -> Briefing:
    """Tell what somebody who comes in must know, all of one moment."""
    return briefing_of(desk)


@router.post("", responses=documented(400, 401, 403, 404, 413, 422, 503))
def note(desk: AtDesk, caller: Writes, asked: NewNote) -> EntryView:
    """Write a note, which stays as it is: what was wrong is said in another one."""
    refers = asked.refers or ""
    if refers and not _is_known(desk, refers):
        raise problem(404, f"there is no order, low point, zone or station {refers}: name one, or none; nothing was written")
    return _told(lambda: write_note(desk.engine, caller.name, asked.text, refers, desk.fresh().now_us))


@router.post("/hand-over", responses=documented(400, 401, 403, 409, 413, 422, 503))
def announce(desk: AtDesk, caller: Writes, asked: HandOverNote) -> EntryView:
    """Hand duty over, in words; until somebody takes it over one still has it."""
    return _told(lambda: hand_over(desk.engine, caller.name, asked.text, desk.fresh().now_us))


@router.post("/take-over", responses=documented(400, 401, 403, 409, 413, 422, 503))
def take(desk: AtDesk, caller: Writes, _: TakeOver) -> EntryView:
    """Take duty over, from now on; without a hand-over it is allowed, and said."""
    return _told(lambda: take_over(desk.engine, caller.name, desk.fresh().now_us))


def _told(write: Callable[[], Written]) -> EntryView:
    try:
        return entry_view(entry_of(write()))
    except DutyRefused as refused:
        raise problem(409, str(refused)) from None


def _place(before: str | None) -> Place | None:
    if before is None:
        return None
    place = parse_place(before)
    if place is None:
        raise problem(422, "before: not an entry of the log: send the `entry` of one as GET /api/duty gave it")
    return place


def _is_known(desk: Desk, name: str) -> bool:
    city = desk.city
    names = (point.low_point_id for point in city.low_points), (zone.zone_id for zone in city.zones)
    stations = (station.station_id for station in city.stations)
    return any(name in some for some in (*names, stations)) or told_order(desk.engine, name) is not None
