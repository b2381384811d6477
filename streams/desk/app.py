"""The web application of the desk."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.types import ASGIApp

from streams.desk import (
    account,
    acts,
    duty,
    not_reached,
    orders,
    points,
    reports,
    reports_acts,
    review,
    sign_in,
    state,
    storms,
    system,
    what_if,
)
from streams.desk.bodies import LARGEST_BODY_BYTES, SmallBodies
from streams.desk.desk import Desk
from streams.desk.headers import STRICT
from streams.desk.problems import answer_problems
from streams.web.headers import StrictHeaders

ABOUT = """The desk of the command centre: who signs in here sees what waits for a signature, and decides.

An act goes into the log that the districts read, and what each made of it comes back under the act's id: sent again, it is done once.
Times are RFC 3339 in UTC. What is wrong is told as {"detail": "..."}.
"""


def make_app(desk: Desk) -> ASGIApp:
    """The whole application, with the headers that every answer carries."""
    return StrictHeaders(SmallBodies(make_api(desk)), STRICT)


def make_api(desk: Desk) -> FastAPI:
    """The API alone. There are no pages that explain it: they would load scripts from elsewhere; /openapi.json is there."""
    api = FastAPI(
        title="Lowpoint desk",
        version="1",
        description=ABOUT,
        docs_url=None,
        redoc_url=None,
        max_body_size=LARGEST_BODY_BYTES,
    )
    api.state.desk = desk
    answer_problems(api)
    for part in (sign_in, orders, acts, state, account, review, duty, not_reached, storms, points, what_if, system, reports, reports_acts):
        api.include_router(part.router)
    return api
