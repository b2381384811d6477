"""The web application: the page, the points for machines, and its own health."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Callable

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from streams.city.model import City
from streams.web.board import Board
from streams.web.drawing import draw
from streams.web.exports import health, points_geojson
from streams.web.headers import StrictHeaders
from streams.web.page import REFRESH_S, Asked, render_away, render_page
from streams.web.source import Shelf, StoreAway
from streams.web.style import make_style
from streams.web.words import choose, load_words

HTML = "text/html; charset=utf-8"
GEOJSON = "application/geo+json"
JSON = "application/json"
FRESH = "no-store"
"""What tells its age must not be kept by anybody: it would look younger than it is (law 12)."""

KEPT = "public, max-age=604800, immutable"


class Body:
    """Bytes of an answer, packed too, once for all readers."""

    def __init__(self, plain: bytes):
        self.plain = plain
        self.packed = gzip.compress(plain, 6, mtime=0)


class Edition:
    """A board and everything that was made of it so far."""

    def __init__(self, board: Board):
        self.board = board
        self._bodies: dict[tuple[str, ...], Body] = {}
        self._lock = threading.Lock()

    def body(self, name: tuple[str, ...], make: Callable[[Board], bytes]) -> Body:
        """Make something of the board, or take what was made."""
        with self._lock:
            if name not in self._bodies:
                self._bodies[name] = Body(make(self.board))
            return self._bodies[name]


class Site:
    """Answers requests for one city."""

    def __init__(self, city: City, make_board: Callable[[], Board]):
        self._city = city
        self._words = load_words()
        self._drawing = draw(city)
        self._style = make_style(city.levels)
        self._sheet = Body(self._style.body)
        self._editions = Shelf(lambda: Edition(make_board()))

    async def page(self, request: Request) -> Response:
        """Answer `GET /`."""
        words = self._words[self._language(request)]
        refresh = request.query_params.get("refresh") != "0"
        others = tuple(code for code in self._words if code != words.code)
        asked = Asked(words, refresh, others)
        try:
            edition = await self._editions.latest()
        except StoreAway:
            return _answer(request, Body(render_away(words, self._style.address)), HTML, 503)
        name = ("page", words.code, str(refresh))
        body = await run_in_threadpool(edition.body, name, lambda board: render_page(board, self._drawing, asked, self._style.address))
        return _answer(request, body, HTML)

    async def points(self, request: Request) -> Response:
        """Answer `GET /points.geojson`."""
        return await self._export(request, "points", points_geojson, GEOJSON)

    async def health(self, request: Request) -> Response:
        """Answer `GET /health`: 200 if the store answers, however old what it says."""
        return await self._export(request, "health", health, JSON)

    async def style(self, request: Request) -> Response:
        """Answer `GET /page.css`."""
        return _answer(request, self._sheet, "text/css; charset=utf-8", cache=KEPT)

    async def _export(self, request: Request, name: str, make: Callable[[Board], bytes], kind: str) -> Response:
        try:
            edition = await self._editions.latest()
        except StoreAway as away:
            return _answer(request, Body(b'{"status":"away","store":"away","error":"%s"}' % str(away).encode()), JSON, 503)
        return _answer(request, await run_in_threadpool(edition.body, (name,), make), kind)

    def _language(self, request: Request) -> str:
        accepted = request.headers.get("accept-language", "")
        return choose(tuple(self._words), request.query_params.get("lang"), accepted, self._city.languages)


def make_app(city: City, make_board: Callable[[], Board]) -> Starlette:
    """The web application of a city; `make_board` asks the store, and raises StoreAway where it does not answer."""
    site = Site(city, make_board)
    routes = [
        Route("/", site.page),
        Route("/points.geojson", site.points),
        Route("/health", site.health),
        Route("/page.css", site.style),
    ]
    return Starlette(routes=routes, middleware=[Middleware(StrictHeaders)])


def _answer(request: Request, body: Body, kind: str, status: int = 200, cache: str = FRESH) -> Response:
    headers = {"Cache-Control": cache, "Vary": "Accept-Encoding, Accept-Language"}
    if status == 503:
        headers["Retry-After"] = str(REFRESH_S)
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(body.packed, status, headers | {"Content-Encoding": "gzip"}, kind)
    return Response(body.plain, status, headers, kind)
