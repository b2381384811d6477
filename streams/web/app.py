"""The web application: the page, what machines and other departments follow, and its own health."""

from __future__ import annotations

import functools
import gzip
import threading
from collections.abc import Callable

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from streams.alerts.atom import ATOM_TYPE, CAP_TYPE
from streams.alerts.cap import UNNAMEABLE, to_cap
from streams.alerts.words import languages_of
from streams.city.model import City
from streams.web.board import Board
from streams.web.danger import DangerMap
from streams.web.drawing import draw
from streams.web.exports import closures_json, health, points_geojson
from streams.web.feeds import alerts_atom, alerts_table, points_of_zones, zones_now
from streams.web.headers import StrictHeaders
from streams.web.page import REFRESH_S, Asked, render_away, render_page
from streams.web.published import Published
from streams.web.source import Boards, Inquiry, Shelf, StoreAway
from streams.web.style import make_style
from streams.web.words import choose, load_words

HTML = "text/html; charset=utf-8"
GEOJSON = "application/geo+json"
JSON = "application/json"
CSV = "text/csv; charset=utf-8; header=present"
LONGEST_IDENTIFIER = 1000
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
        self._locks: dict[tuple[str, ...], threading.Lock] = {}

    def body(self, name: tuple[str, ...], make: Callable[[Board], bytes]) -> Body:
        """Make something of the board, or take what was made."""
        # one lock a body: the page does not wait until areas are drawn
        with self._locks.setdefault(name, threading.Lock()):
            if name not in self._bodies:
                self._bodies[name] = Body(make(self.board))
            return self._bodies[name]


class Site:
    """Answers requests for one city."""

    def __init__(self, city: City, boards: Boards):
        self._city = city
        self._archive = Inquiry(boards.find_alert)
        # apart from the editions: after a week of storms the alerts take seconds the first time, and the page must not wait for them
        self._papers = Shelf(boards.make_published)
        self._danger = DangerMap(city)
        # takes seconds where there is terrain, and the page must not wait for it
        self._watched_by = functools.cache(lambda: points_of_zones(city))
        self._words = load_words()
        self._drawing = draw(city)
        self._style = make_style(city.levels)
        self._sheet = Body(self._style.body)
        self._editions = Shelf(lambda: Edition(boards.make()))

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

    async def closures(self, request: Request) -> Response:
        """Answer `GET /closures.json`."""
        return await self._export(request, "closures", closures_json, JSON)

    async def zones(self, request: Request) -> Response:
        """Answer `GET /zones.geojson`."""
        return await self._feed(request, "zones", lambda board, published: zones_now(board, published, self._watched_by()), GEOJSON)

    async def danger(self, request: Request) -> Response:
        """Answer `GET /danger.geojson`."""
        return await self._export(request, "danger", self._danger.geojson, GEOJSON)

    async def atom(self, request: Request) -> Response:
        """Answer `GET /alerts.atom`, in the language that `?lang=` asks for, else the city's first."""
        language = self._spoken(request)
        return await self._feed(request, f"atom {language}", lambda board, published: alerts_atom(board, published, language), ATOM_TYPE)

    async def table(self, request: Request) -> Response:
        """Answer `GET /alerts.csv`, in the language that `?lang=` asks for, else the city's first."""
        language = self._spoken(request)
        return await self._feed(request, f"table {language}", lambda board, published: alerts_table(board, published, language), CSV)

    async def cap(self, request: Request) -> Response:
        """Answer `GET /cap/IDENTIFIER.xml`: 404 for what was never released, a draft too."""
        identifier = request.path_params["identifier"]
        if UNNAMEABLE.search(identifier) or not identifier.isprintable() or len(identifier) > LONGEST_IDENTIFIER:
            return _never(request)
        try:
            listed = next((alert for alert in (await self._papers.latest()).alerts if alert.identifier == identifier), None)
            alert = listed or await self._archive.answer(identifier)
        except StoreAway as away:
            return _no_store(request, away)
        if alert is None:
            return _never(request)
        return _answer(request, await run_in_threadpool(lambda: Body(to_cap(alert))), CAP_TYPE)

    async def health(self, request: Request) -> Response:
        """Answer `GET /health`: 200 if the store answers, however old what it says."""
        papers = self._papers.peek()
        withheld = papers.withheld if papers is not None else None
        return await self._export(request, f"health {withheld}", lambda board: health(board, withheld), JSON)

    async def style(self, request: Request) -> Response:
        """Answer `GET /page.css`."""
        return _answer(request, self._sheet, "text/css; charset=utf-8", cache=KEPT)

    async def _feed(self, request: Request, name: str, make: Callable[[Board, Published], bytes], kind: str) -> Response:
        try:
            published = await self._papers.latest()
        except StoreAway as away:
            return _no_store(request, away)
        return await self._export(request, name, lambda board: make(board, published), kind)

    async def _export(self, request: Request, name: str, make: Callable[[Board], bytes], kind: str) -> Response:
        try:
            edition = await self._editions.latest()
        except StoreAway as away:
            return _no_store(request, away)
        return _answer(request, await run_in_threadpool(edition.body, (name,), make), kind)

    def _spoken(self, request: Request) -> str:
        """For machines: what their library accepts by default is no wish."""
        asked = request.query_params.get("lang", "")
        return languages_of((asked, *self._city.languages))[0]

    def _language(self, request: Request) -> str:
        accepted = request.headers.get("accept-language", "")
        return choose(tuple(self._words), request.query_params.get("lang"), accepted, self._city.languages)


def make_app(city: City, boards: Boards) -> Starlette:
    """The web application of a city.

    Raises
    ------
    CityError
        Where its addresses cannot be read.
    """
    site = Site(city, boards)
    routes = [
        Route("/", site.page),
        Route("/points.geojson", site.points),
        Route("/zones.geojson", site.zones),
        Route("/danger.geojson", site.danger),
        Route("/closures.json", site.closures),
        Route("/alerts.atom", site.atom),
        Route("/alerts.csv", site.table),
        Route("/cap/{identifier:path}.xml", site.cap),
        Route("/health", site.health),
        Route("/page.css", site.style),
    ]
    return Starlette(routes=routes, middleware=[Middleware(StrictHeaders)])


def _no_store(request: Request, away: StoreAway) -> Response:
    return _answer(request, Body(b'{"status":"away","store":"away","error":"%s"}' % str(away).encode()), JSON, 503)


def _never(request: Request) -> Response:
    return _answer(request, Body(b"no such alert was released\n"), "text/plain; charset=utf-8", 404)


def _answer(request: Request, body: Body, kind: str, status: int = 200, cache: str = FRESH) -> Response:
    headers = {"Cache-Control": cache, "Vary": "Accept-Encoding, Accept-Language"}
    if status == 503:
        headers["Retry-After"] = str(REFRESH_S)
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(body.packed, status, headers | {"Content-Encoding": "gzip"}, kind)
    return Response(body.plain, status, headers, kind)
