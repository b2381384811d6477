"""Answers requests for pictures of accepted reports: copies that were searched for faces and plates, and nothing else of the shelf."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from hashlib import sha256

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from streams import clock
from streams.pictures.apart import TooBusy
from streams.pictures.public import PublicCopies, is_public
from streams.pictures.shelf import is_name
from streams.store.engine import StoreError, reading
from streams.web.source import Inquiry, StoreAway

log = logging.getLogger(__name__)

KEPT_S = 300
"""How long a browser may keep a copy: so long after an operator has taken it back it may still be seen."""
WAIT_S = 12.0
"""How long a first reader waits for the search: browsers do not ask again by themselves, and three may be searched in turn."""
RETRY_S = 5
KNOWN_S = 5.0
MOST_KNOWN = 32
MOST_AT_ONCE = 32
"""Questions to the store; the other pages have threads of their own."""
CLOSED = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
}
"""Whatever a browser takes an answer for, it runs nothing of it and loads nothing for it."""


def pictures_route(engine: Callable[[], Engine], copies: PublicCopies, wait_s: float = WAIT_S, known_s: float = KNOWN_S) -> Route:
    """The route of public copies, by the names of their pictures.

    Parameters
    ----------
    engine
        Gives the store, which need not be there yet: then the answer is 503.
    wait_s
        How long a reader waits for a search before he is told to come again (503). No thread waits with him.
    known_s
        How long a copy that was shown is shown to others without asking the store.
    """
    pictures = _Pictures(engine, copies, wait_s, known_s)

    async def answer(request: Request) -> Response:
        try:
            return _shown(request, await pictures.find(str(request.path_params["name"])))
        except (StoreAway, StoreError, SQLAlchemyError, TooBusy, OSError) as error:  # also TimeoutError
            log.warning("a public picture could not be looked up (%s)", type(error).__name__)
            return _later()

    return Route("/pictures/{name}.jpg", answer, methods=["GET"])


class _Pictures:
    """Finds public copies, and keeps the last few: many people look at one road at a time."""

    def __init__(self, engine: Callable[[], Engine], copies: PublicCopies, wait_s: float, known_s: float):
        self._engine, self._copies, self._wait_s, self._known_s = engine, copies, wait_s, known_s
        self._inquiry = Inquiry(self._look, MOST_AT_ONCE)
        self._known: dict[str, tuple[float, bytes]] = {}

    async def find(self, name: str) -> bytes | None:
        """A copy that the public may see; None where there is none of that name."""
        if not is_name(name):
            return None
        at_s, jpeg = self._known.get(name, (0.0, b""))
        if jpeg and clock.monotonic_s() - at_s < self._known_s:
            return jpeg
        asked_s = clock.monotonic_s()
        copy = await self._inquiry.answer(name)
        found = None if copy is None else await asyncio.wait_for(asyncio.wrap_future(copy), self._wait_s)
        self._known.pop(name, None)
        if found is not None:
            self._known[name] = asked_s, found
        if len(self._known) > MOST_KNOWN:
            del self._known[next(iter(self._known))]
        return found

    def _look(self, name: str) -> Future[bytes | None] | None:
        with reading(self._engine()) as connection:
            if not is_public(connection, name):
                return None
        return self._copies.find(name)


def _shown(request: Request, jpeg: bytes | None) -> Response:
    """The answer with a picture: 404 where there is none, 304 where the asker has it."""
    if jpeg is None:
        return Response("there is no such picture\n", 404, _headers("no-store"), "text/plain; charset=utf-8")
    mark = f'"{sha256(jpeg).hexdigest()[:20]}"'
    headers = {**_headers(f"public, max-age={KEPT_S}"), "ETag": mark}
    if mark in [asked.strip().removeprefix("W/") for asked in request.headers.get("if-none-match", "").split(",")]:
        return Response(status_code=304, headers=headers)
    return Response(jpeg, 200, headers, "image/jpeg")


def _later() -> Response:
    text = "the picture cannot be shown at this moment: ask again\n"
    return Response(text, 503, {**_headers("no-store"), "Retry-After": str(RETRY_S)}, "text/plain; charset=utf-8")


def _headers(cache: str) -> Mapping[str, str]:
    return {**CLOSED, "Cache-Control": cache}
