"""HTTP in: `POST /observations` and `POST /pictures` with a key per owner, answered when what was accepted is kept."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from streams.gateway.body import Bodies, BodyTooLarge, BodyTooSlow
from streams.gateway.buffer import Full
from streams.gateway.intake import Intake, Outcome, TooMany
from streams.gateway.keys import Keys
from streams.gateway.pictures import PictureDesk
from streams.gateway.pump import Stopped
from streams.observation.dead_letter import Reason
from streams.pictures.apart import TooBusy

log = logging.getLogger(__name__)

DEADLINE_S = 5.0
RETRY_AFTER_S = 5
SMALL_BYTES = 64 * 1024
"""What is larger is parsed beside the event loop, which others need meanwhile."""

Health = Callable[[], Mapping[str, Any]]


class Late(Exception):
    """Kafka has not answered yet: what was sent may still get through."""

    retriable = True


class Desk:
    """Takes requests in."""

    def __init__(self, intake: Intake, keys: Keys, health: Health, deadline_s: float = DEADLINE_S, pictures: PictureDesk | None = None):
        self._intake, self._keys, self._health, self._deadline_s = intake, keys, health, deadline_s
        self._pictures = pictures
        self._bodies = Bodies()

    async def observations(self, request: Request) -> Response:
        """Answer `POST /observations`."""
        owner = self._owner(request)
        if owner is None:
            return _nobody()
        if request.headers.get("content-encoding", "identity") != "identity":
            return _problem(415, "send the body as it is, without Content-Encoding")
        if self._bodies.full:
            raise Full("too many requests at a time")
        try:
            outcome = await self._taken(await self._bodies.read(request), owner)
        except (BodyTooLarge, TooMany) as error:
            self._keep_trace(error, owner)
            return _problem(413, f"{error}: send fewer observations at a time")
        await self._written(outcome)
        return _accepted(outcome)

    async def pictures(self, request: Request) -> Response:
        """Answer `POST /pictures`."""
        owner = self._owner(request)
        if owner is None:
            return _nobody()
        if self._pictures is None:
            return _problem(404, "this gateway takes no pictures: it was started without --pictures DIR")
        return await self._pictures.answer(request, owner)

    async def health(self, request: Request) -> Response:
        """Answer `GET /health`: 200 as long as the process lives; what it depends on stands in the text."""
        return JSONResponse(dict(self._health()))

    def _owner(self, request: Request) -> str | None:
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        return self._keys.owner_of(key.strip()) if scheme.lower() == "bearer" else None

    async def _taken(self, raw: bytes, owner: str) -> Outcome:
        source = f"http:{owner}"
        if len(raw) <= SMALL_BYTES:
            return self._intake.take(raw, owner, source, lists=True)
        return await run_in_threadpool(self._intake.take, raw, owner, source, lists=True)

    async def _written(self, outcome: Outcome) -> None:
        try:
            await asyncio.wait_for(asyncio.shield(asyncio.wrap_future(outcome.written)), self._deadline_s)
        except TimeoutError:
            raise Late("Kafka did not answer in time") from None

    def _keep_trace(self, error: BodyTooLarge | TooMany, owner: str) -> None:
        """What is not read leaves a dead letter too: nothing vanishes (law 9)."""
        try:
            self._intake.refuse(error.begun, Reason.TOO_LARGE, str(error), f"http:{owner}")
        except Full:
            log.warning("a body over the limit from %s left no dead letter, for Kafka is away", owner)


def make_app(intake: Intake, keys: Keys, health: Health, deadline_s: float = DEADLINE_S, pictures: PictureDesk | None = None) -> Starlette:
    """The web application of the gateway; without a desk for pictures it takes none."""
    desk = Desk(intake, keys, health, deadline_s, pictures)
    routes = [
        Route("/observations", desk.observations, methods=["POST"]),
        Route("/pictures", desk.pictures, methods=["POST"]),
        Route("/health", desk.health, methods=["GET"]),
    ]
    return Starlette(
        routes=routes,
        exception_handlers={
            Full: _later,
            Late: _later,
            Stopped: _later,
            TooBusy: _later,
            BodyTooSlow: lambda request, error: _problem(408, str(error)),
            ClientDisconnect: lambda request, error: _problem(400, "the body did not come to its end"),
        },
    )


def _nobody() -> Response:
    return _problem(401, "send the key of an owner as Authorization: Bearer KEY", {"WWW-Authenticate": "Bearer"})


def _accepted(outcome: Outcome) -> Response:
    refused = [{"line": refusal.line, "reason": str(refusal.reason), "detail": refusal.detail} for refusal in outcome.refused]
    return JSONResponse({"accepted": outcome.accepted, "refused": refused}, 202)


def _later(request: Request, error: Exception) -> Response:
    """Nothing is claimed: what was sent may or may not get through, and sending it again does no harm."""
    return _problem(503, str(error), {"Retry-After": str(RETRY_AFTER_S)})


def _problem(status: int, why: str, headers: Mapping[str, str] | None = None) -> Response:
    return JSONResponse({"error": why}, status, headers)
