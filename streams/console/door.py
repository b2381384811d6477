"""Signing in and out by a form, and who is there: the token is in a cookie that no script can read and no other site can have sent."""

from __future__ import annotations

import math
from urllib.parse import parse_qs, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from streams.desk.caller import Caller, person_of
from streams.desk.desk import Desk
from streams.observation.moments import SECOND_US
from streams.officers.session import COOKIE, LONGEST_US
from streams.officers.sign_in import Attempt, Refused

LARGEST_FORM_BYTES = 16 * 1024
HOME = "/console/"


class FormRefused(Exception):
    """A form that is none of ours, or cannot be read."""


async def form_of(request: Request) -> dict[str, str]:
    """Fields of a small form that a page of ours sent.

    Raises
    ------
    FormRefused
        Where it came from another site, is too large, or is no form.
    """
    if not from_us(request):
        raise FormRefused
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > LARGEST_FORM_BYTES:
            raise FormRefused
    try:
        fields = parse_qs(body.decode("ascii"), keep_blank_values=True, max_num_fields=50)
    except ValueError as error:
        raise FormRefused from error
    return {name: values[-1] for name, values in fields.items()}


def from_us(request: Request) -> bool:
    """Whether a page of this very site has a request sent: browsers say so with every POST (Fetch Metadata, else Origin).

    Signing in has no session yet that a token could be bound to; without this another site could sign somebody in as somebody else.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host", "")


def inside(address: str | None) -> str:
    """Where to go on: an address of the console, and of nobody else."""
    wanted = address or HOME
    plain = wanted.startswith(HOME) and wanted.isprintable() and "\\" not in wanted and "//" not in wanted.split("?")[0]
    return wanted if plain and not wanted.startswith("/console/sign-") else HOME


def who(desk: Desk, request: Request) -> tuple[Caller, str] | None:
    """Who looks, with their token; None for nobody. It asks the store: call it in a thread."""
    token = request.cookies.get(COOKIE)
    if not token:
        return None
    person = person_of(desk, token)
    return (person, token) if person else None


async def let_in(desk: Desk, attempt: Attempt, goes_to: str, secure: bool) -> Response | Refused:
    """Compare, and begin a session in a cookie.

    Raises
    ------
    Crowded
        Where too many sign in at once.
    """
    done = await desk.passwords.run(lambda: desk.door.sign_in(attempt, desk.now_us()))
    if isinstance(done, Refused):
        return done
    response = RedirectResponse(goes_to, 303)
    response.set_cookie(COOKIE, done.token, LONGEST_US // SECOND_US, httponly=True, samesite="strict", secure=secure)
    return response


def wait_s(desk: Desk, refused: Refused) -> int | None:
    """How long somebody must wait after too many tries; None where something was wrong."""
    if refused.until_us is None:
        return None
    return max(1, math.ceil((refused.until_us - desk.now_us()) / SECOND_US))
