"""Acts: what an officer decides goes into the log, and what the districts made of it comes back."""

from __future__ import annotations

import asyncio
import secrets
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response
from starlette.concurrency import run_in_threadpool

from streams import clock
from streams.desk.caller import Caller, Calls, Looks
from streams.desk.desk import AtDesk, Desk
from streams.desk.pieces import Cut, cut, digest_of
from streams.desk.problems import RETRY_AFTER_S, documented, problem
from streams.desk.rights import rights_for
from streams.desk.wire import ACT_ID, ActView, AskedFor, OutcomeView
from streams.desk.writer import NotTaken
from streams.observation.moments import to_text
from streams.store.acts import ActSoFar, AskedAct, act_so_far, keep_act
from streams.store.queries import told_order
from streams.store.wall_clock import clock_off_s

LONGEST_WAIT_S = 20.0
LOOK_S = 0.2
"""Between two looks at whether the outcomes are there."""

router = APIRouter(prefix="/api", tags=["acts"])

_PENDING: dict[int | str, dict[str, Any]] = {
    202: {"model": ActView, "description": "Asked for; what some subjects made of it is not known yet"}
}


@router.post("/acts", responses=documented(400, 401, 403, 404, 409, 413, 422, 503) | _PENDING)
async def act(
    desk: AtDesk,
    caller: Calls,
    asked: AskedFor,
    response: Response,
    wait_s: Annotated[float, Query(ge=0, le=LONGEST_WAIT_S, allow_inf_nan=False, description="how long to wait for the outcomes")] = 5.0,
) -> ActView:
    """Carry an act out: what it is about is answered one by one, and one that is refused keeps none of the others back."""
    _check_rights(caller, asked)
    act_id = asked.id or secrets.token_hex(16)
    whole = await run_in_threadpool(_prepare, desk, caller, asked, act_id)
    so_far = await run_in_threadpool(_so_far, desk, act_id)
    if so_far.pending:
        await _write(desk, whole, act_id)
        so_far = await _wait(desk, act_id, wait_s)
    return _answer(so_far, response)


@router.get("/acts/{act_id}", responses=documented(401, 403, 404, 422, 503) | _PENDING)
def look(desk: AtDesk, _: Looks, act_id: Annotated[str, Path(pattern=ACT_ID)], response: Response) -> ActView:
    """Tell what came of an act so far."""
    return _answer(_so_far(desk, act_id), response)


CLOCK_OFF_S = 30.0
"""A decision moves its district's log time: one that is dated by a wrong clock would stop what is due there."""


def _check_rights(caller: Caller, asked: AskedFor) -> None:
    lacking = [right for right in rights_for(asked) if not caller.may(right)]
    if lacking:
        raise problem(403, f"{caller.words} may not {asked.act}: an account of another role must")


def _prepare(desk: Desk, caller: Caller, asked: AskedFor, act_id: str) -> Cut:
    """Cut the act, and write down that it is asked for, before anything is sent."""
    off_s = clock_off_s(desk.engine, desk.now_us())
    if abs(off_s) > CLOCK_OFF_S:
        raise problem(503, f"the clocks of the desk and of the database differ by {off_s:.0f} s: set them; nothing was done", RETRY_AFTER_S)
    fresh = desk.fresh()
    if desk.city.simulated and fresh.data_us is None:
        # only the first word of a storm says what day it plays on: a decision of today would end that day before it began
        raise problem(503, "no district has said anything yet: wait for the storm to begin; nothing was done", RETRY_AFTER_S)
    whole = cut(asked, act_id, caller, fresh.now_us, desk.routes)
    if whole.lost:
        raise problem(404, f"nowhere in the city: {', '.join(whole.lost)}; nothing was done")
    _check_read(desk, asked)
    mine = AskedAct(act_id, caller.name, asked.act, desk.now_us(), digest_of(asked, caller), whole.pieces)
    kept = keep_act(desk.engine, mine)
    if (kept.digest, kept.pieces) != (mine.digest, mine.pieces):
        raise problem(409, f"the id {act_id} was used for another act: choose another; nothing was done")
    return whole


def _check_read(desk: Desk, asked: AskedFor) -> None:
    """Who signs without a text has read that there is none; the districts compare the others."""
    for order in asked.orders if asked.act == "sign" else []:
        if not asked.texts_of(order):
            told = told_order(desk.engine, order.identifier)
            if told is None or told.texts:
                why = "it has texts" if told else "it is not known here"
                raise problem(422, f"{order.identifier}: no text was read, but {why}: read it again and give its texts; nothing was done")


async def _write(desk: Desk, whole: Cut, act_id: str) -> None:
    try:
        await desk.writer.write(whole.decisions)
    except NotTaken:
        words = f"the log has not taken the act {act_id}, or not yet: send the same again under this id, it is done once"
        raise problem(503, words, RETRY_AFTER_S) from None


async def _wait(desk: Desk, act_id: str, wait_s: float) -> ActSoFar:
    until_s = clock.monotonic_s() + wait_s
    while True:
        so_far = await run_in_threadpool(_so_far, desk, act_id)
        left_s = until_s - clock.monotonic_s()
        if not so_far.pending or left_s <= 0:
            return so_far
        await asyncio.sleep(min(LOOK_S, left_s))


def _so_far(desk: Desk, act_id: str) -> ActSoFar:
    found = act_so_far(desk.engine, act_id)
    if found is None:
        raise problem(404, f"nobody has asked for an act {act_id}")
    return found


def _answer(found: ActSoFar, response: Response) -> ActView:
    response.status_code = 202 if found.pending else 200
    outcomes = [
        OutcomeView.model_validate(
            {"subject": one.subject, "district": one.district, "outcome": one.outcome, "words": one.words, "at": to_text(one.issued_us)}
        )
        for one in found.outcomes
    ]
    asked = found.asked
    return ActView(act_id=asked.act_id, act=asked.act, officer=asked.officer, outcomes=outcomes, pending=list(found.pending))
