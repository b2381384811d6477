"""`GET /api/live`: the feed as server-sent events, for whoever may look, as long as their session lasts."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Message, Receive, Scope, Send

from streams import clock
from streams.console.live.feed import Feed
from streams.desk.caller import HOW_TO, Caller
from streams.officers.roles import Act
from streams.web.source import Inquiry, StoreAway

Who = Callable[[Request], Caller | None]

MOST_CLIENTS = 500
RETRY_AFTER_S = 5
BEAT_S = 4.0
"""A client hears something this often at least: five seconds are promised."""
CHECK_S = 30.0
"""How soon it ends after its session."""
SEND_S = 30.0
"""A client that takes nothing for so long is gone, whatever its connection says."""
CALLERS_AT_ONCE = 64
TYPE = "text/event-stream; charset=utf-8"
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


def live_route(feed: Feed, who: Who, path: str = "/api/live", most_clients: int = MOST_CLIENTS) -> Route:
    """The address of the stream.

    Parameters
    ----------
    who
        Who asks, None for nobody. It may ask the store: it is called in a thread. What a page does by itself must not keep a session
        alive, so it asks with `active=False`. Called again every half minute; raises the store's error where it is away.
    most_clients
        So many at once; more are told to come again.
    """
    return Route(path, LiveStream(feed, who, most_clients).answer, methods=["GET"], name="live")


class LiveStream:
    """Answers those who follow the feed."""

    def __init__(self, feed: Feed, who: Who, most_clients: int = MOST_CLIENTS):
        self.feed, self._most = feed, most_clients
        self.clients = 0
        self._who: Inquiry[Request, Caller | None] = Inquiry(who, CALLERS_AT_ONCE)

    async def answer(self, request: Request) -> Response:
        """Answer `GET`; a `HEAD` tells whether one would be let in."""
        try:
            caller = await self._who.answer(request)
        except (StoreAway, SQLAlchemyError, OSError):
            return _problem(503, "the store does not answer: try again", {"Retry-After": str(RETRY_AFTER_S)})
        if caller is None:
            return _problem(401, HOW_TO, {"WWW-Authenticate": "Bearer"})
        if not caller.may(Act.LOOK):
            return _problem(403, f"{caller.words} may not look: ask an administrator for another role")
        if self.clients >= self._most:
            again_s = RETRY_AFTER_S + random.randrange(RETRY_AFTER_S)  # not all of them at once
            return _problem(503, f"{self._most} follow already: try again", {"Retry-After": str(again_s)})
        if request.method == "HEAD":
            return Response(headers=HEADERS, media_type=TYPE)
        return _Following(self, request)

    async def lasts(self, request: Request) -> bool:
        """Whether somebody may still follow; while the store is away nobody can tell, and nothing new is told."""
        try:
            caller = await self._who.answer(request)
        except HTTPException:
            return False
        except (StoreAway, SQLAlchemyError, OSError):
            return True
        return caller is not None and caller.may(Act.LOOK)

    @contextmanager
    def place(self) -> Iterator[None]:
        """Count one more while it follows."""
        self.clients += 1
        try:
            yield
        finally:
            self.clients -= 1


class _Following(Response):
    """One client, from its first event to its last."""

    def __init__(self, house: LiveStream, request: Request):
        super().__init__(headers=HEADERS, media_type=TYPE)
        del self.headers["content-length"]
        self._house, self._feed, self._request = house, house.feed, request
        last = request.headers.get("last-event-id") or request.query_params.get("last")
        self._version = self._feed.versions.known(last)
        self._mood: tuple[object, ...] | None = None
        self._beaten_s = 0.0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Tell the client what it lacks until it leaves, its session ends or the server stops."""
        with self._house.place(), self._feed.bell.ear() as ear:
            leaving = asyncio.ensure_future(_left(receive))
            leaving.add_done_callback(lambda _: ear.set())
            try:
                await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
                await self._follow(send, ear, leaving)
            except TimeoutError:
                return
            finally:
                leaving.cancel()

    async def _follow(self, send: Send, ear: asyncio.Event, leaving: asyncio.Future[None]) -> None:
        # each its own time: after a restart they come back one by one
        await _send(send, b"retry: %d\n\n" % random.randrange(500, 2000))
        check_s = clock.monotonic_s() + CHECK_S * random.uniform(0.5, 1.0)
        while not (self._feed.ended or leaving.done()):
            ear.clear()
            await self._tell(send)
            if clock.monotonic_s() >= check_s:
                if not await self._house.lasts(self._request):
                    break
                check_s = clock.monotonic_s() + CHECK_S
            with suppress(TimeoutError):
                await asyncio.wait_for(ear.wait(), max(0.0, self._beaten_s + BEAT_S - clock.monotonic_s()))
        await _send(send, b"", more=False)

    async def _tell(self, send: Send) -> None:
        beat = self._feed.beat()
        if beat.mood != self._mood or clock.monotonic_s() - self._beaten_s >= BEAT_S:
            self._mood, self._beaten_s = beat.mood, clock.monotonic_s()
            await _send(send, beat.frame(self._beaten_s))
        # one by one: who takes them slowly finds the next one gone, and gets the whole state in its place
        while not self._feed.ended and (frame := self._feed.versions.after(self._version)) is not None:
            await _send(send, frame.data)
            self._version = frame.version


async def _send(send: Send, data: bytes, more: bool = True) -> None:
    message: Message = {"type": "http.response.body", "body": data, "more_body": more}
    await asyncio.wait_for(send(message), SEND_S)


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _problem(status: int, detail: str, headers: dict[str, str] | None = None) -> Response:
    return JSONResponse({"detail": detail}, status, {"Cache-Control": "no-store", **(headers or {})})
