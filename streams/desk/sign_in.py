"""Signing in and out, and who one is."""

from __future__ import annotations

import math

from fastapi import APIRouter, Response

from streams.desk.caller import Bearer, Calls, Cookie
from streams.desk.desk import AtDesk
from streams.desk.gate import Crowded
from streams.desk.problems import RETRY_AFTER_S, documented, problem
from streams.desk.wire import Me, SignedInAs, SignIn
from streams.observation.moments import SECOND_US, to_text
from streams.officers.roles import Act
from streams.officers.sign_in import Attempt, Refused
from streams.store.sessions import sign_out as end_session

WRONG = "name, password or code is wrong, or the code was used before: wait for the next code and try again"

router = APIRouter(prefix="/api", tags=["sign-in"])


@router.post("/sign-in", responses=documented(400, 401, 413, 422, 429, 503))
async def sign_in(desk: AtDesk, sent: SignIn) -> SignedInAs:
    """Begin a session: it ends after 12 h, or half an hour without a request."""
    attempt = Attempt(sent.name, sent.password, sent.code)
    try:
        done = await desk.passwords.run(lambda: desk.door.sign_in(attempt, desk.now_us()))
    except Crowded:
        raise problem(503, "too many sign in at once: try again", RETRY_AFTER_S) from None
    if not isinstance(done, Refused):
        return SignedInAs(token=done.token, name=done.officer.name, role=str(done.officer.role), ends_at=to_text(done.ends_us))
    if done.until_us is None:
        raise problem(401, WRONG)
    wait_s = max(1, math.ceil((done.until_us - desk.now_us()) / SECOND_US))
    raise problem(429, f"too many tries with this name: wait {wait_s} s and try again", wait_s)


@router.post("/sign-out", status_code=204, responses=documented(401, 403, 503))
def sign_out(desk: AtDesk, caller: Calls, bearer: Bearer, cookie: Cookie) -> Response:
    """End the session."""
    if caller.machine:
        raise problem(403, "a key has no session: to end it, lowpoint officers revoke")
    token = bearer.credentials if bearer is not None else cookie
    end_session(desk.engine, token or "")
    return Response(status_code=204)


@router.get("/me", responses=documented(401, 503))
def me(caller: Calls) -> Me:
    """Tell who calls, and what they may do."""
    may = [str(right) for right in Act if caller.may(right)]
    return Me(name=caller.name, display_name=caller.display_name, role=str(caller.role), machine=caller.machine, may=may)
