"""The web application: the pages, what machines and other departments follow, and its own health."""

from __future__ import annotations

import functools
from collections.abc import Callable

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from streams.alerts.atom import ATOM_TYPE, CAP_TYPE
from streams.alerts.cap import UNNAMEABLE, to_cap
from streams.alerts.words import languages_of
from streams.city.model import City
from streams.pictures.public import PublicCopies
from streams.reports.reports import Reports
from streams.subscribers.subscribers import Subscribers
from streams.web.answer import CHECKED, FRESH, Body, answer, beside
from streams.web.board import Board
from streams.web.danger import DangerMap
from streams.web.drawing import draw
from streams.web.editions import Editions
from streams.web.exports import closures_json, health, points_geojson
from streams.web.feeds import alerts_atom, alerts_table, points_of_zones, zones_now
from streams.web.headers import STRICT, StrictHeaders, with_forms
from streams.web.page import REFRESH_S, render_away, render_lost, render_page, render_road
from streams.web.pictures import pictures_route
from streams.web.published import Published
from streams.web.reader import Asked
from streams.web.report import report_routes
from streams.web.source import Boards, Inquiry, Shelf, StoreAway
from streams.web.style import make_style
from streams.web.subscribe import SubscribePages
from streams.words.catalogue import choose, load_words

HTML = "text/html; charset=utf-8"
GEOJSON = "application/geo+json"
JSON = "application/json"
CSV = "text/csv; charset=utf-8; header=present"
LONGEST_IDENTIFIER = 1000
KEPT = "public, max-age=604800, immutable"


class Site:
    """Answers requests for one city."""

    def __init__(self, city: City, boards: Boards, subscribe: bool = False, reports: bool = False, pictures: bool = False):
        self.city = city
        self._archive = Inquiry(boards.find_alert)
        # apart from the editions: after a week of storms the alerts take seconds the first time, and the page must not wait for them
        self._papers = Shelf(boards.make_published)
        self._danger = DangerMap(city)
        # takes seconds where there is terrain, and the page must not wait for it
        self._watched_by = functools.cache(lambda: points_of_zones(city))
        self._words = load_words()
        self.drawing = draw(city)
        self._roads = {point.low_point_id: point for point in city.low_points}
        self.style = make_style(city.levels)
        self._sheet = Body(self.style.body)
        self.editions = Editions(boards, tuple(self._roads))
        self._subscribe, self._reports, self._pictures = subscribe, reports, pictures

    async def page(self, request: Request) -> Response:
        """Answer `GET /`."""
        asked = self.asked(request)
        try:
            edition = await self.editions.latest()
        except StoreAway:
            return self._away(request, asked, "/")
        name = ("page", asked.words.code, str(asked.refresh))
        body = await edition.written(name, lambda board: render_page(board, self.drawing, asked, self.style.address))
        return answer(request, body, HTML, headers=_refreshes(asked))

    async def road(self, request: Request) -> Response:
        """Answer `GET /road/LOW_POINT`: 404 in words for what is no road of the city's."""
        asked = self.asked(request)
        point = self._roads.get(request.path_params["low_point"])
        if point is None:
            return answer(request, Body(render_lost(self.city, asked, self.style.address)), HTML, 404)
        name = point.low_point_id
        try:
            edition = await self.editions.latest()
        except StoreAway:
            return self._away(request, asked, "/")
        past = await self.editions.past(name)
        make = functools.partial(render_road, point=point, past=past, asked=asked, style=self.style.address, pictures=self._pictures)
        body = await edition.written(("road", name, asked.words.code, str(asked.refresh)), make)
        return answer(request, body, HTML, headers=_refreshes(asked))

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
        return answer(request, await beside(lambda: Body(to_cap(alert))), CAP_TYPE, cache=CHECKED)

    async def health(self, request: Request) -> Response:
        """Answer `GET /health`: 200 if the store answers, however old what it says."""
        papers = self._papers.peek()
        withheld = papers.withheld if papers is not None else None
        return await self._export(request, f"health {withheld}", lambda board: health(board, withheld), JSON)

    async def sheet(self, request: Request) -> Response:
        """Answer `GET /page.css`."""
        return answer(request, self._sheet, "text/css; charset=utf-8", cache=KEPT)

    def asked(self, request: Request) -> Asked:
        """What a reader of a page asks for."""
        accepted = request.headers.get("accept-language", "")
        code = choose(tuple(self._words), request.query_params.get("lang"), accepted, self.city.languages)
        others = tuple(words for words in self._words.values() if words.code != code)
        return Asked(self._words[code], request.query_params.get("refresh") != "0", others, self._subscribe, self._reports)

    def _away(self, request: Request, asked: Asked, path: str) -> Response:
        body = Body(render_away(self.city, asked, self.style.address, path))
        return answer(request, body, HTML, 503, headers=_refreshes(asked))

    async def _feed(self, request: Request, name: str, make: Callable[[Board, Published], bytes], kind: str) -> Response:
        try:
            published = await self._papers.latest()
        except StoreAway as away:
            return _no_store(request, away)
        return await self._export(request, name, lambda board: make(board, published), kind)

    async def _export(self, request: Request, name: str, make: Callable[[Board], bytes], kind: str) -> Response:
        try:
            edition = await self.editions.fresh()
        except StoreAway as away:
            return _no_store(request, away)
        return answer(request, await edition.written((name,), make), kind)

    def _spoken(self, request: Request) -> str:
        """For machines: what their library accepts by default is no wish."""
        asked = request.query_params.get("lang", "")
        return languages_of((asked, *self.city.languages))[0]


def make_app(
    city: City,
    boards: Boards,
    subscribers: Subscribers | None = None,
    reports: Reports | None = None,
    copies: PublicCopies | None = None,
) -> Starlette:
    """The web application of a city.

    Parameters
    ----------
    subscribers
        Who want texts of a road or a zone; None where this office takes no subscriptions, and then nothing is offered.
    reports
        Takes citizens' reports; None where this office takes none on its page, which says so.
    copies
        Copies of their pictures for the public; None where none are shown.

    Raises
    ------
    CityError
        Where its addresses cannot be read.
    """
    site = Site(city, boards, subscribers is not None, reports is not None, reports is not None and copies is not None)
    routes = public_routes(site, subscribers, reports, copies)
    headers = STRICT if subscribers is None else with_forms(STRICT)
    return Starlette(routes=routes, middleware=[Middleware(StrictHeaders, headers=headers)])


def public_routes(
    site: Site, subscribers: Subscribers | None = None, reports: Reports | None = None, copies: PublicCopies | None = None
) -> list[Route]:
    """The addresses of the public page, for an application that has others too; its headers are the application's business."""
    pages = SubscribePages(site, site.city, subscribers)
    pictures = [pictures_route(reports.engine, copies)] if reports is not None and copies is not None else []
    return [
        Route("/", site.page),
        Route("/road/{low_point:path}", site.road),
        Route("/points.geojson", site.points),
        Route("/zones.geojson", site.zones),
        Route("/danger.geojson", site.danger),
        Route("/closures.json", site.closures),
        Route("/alerts.atom", site.atom),
        Route("/alerts.csv", site.table),
        Route("/cap/{identifier:path}.xml", site.cap),
        Route("/health", site.health),
        Route("/page.css", site.sheet),
        *pages.routes,
        *report_routes(site, site.city, site.drawing, reports),
        *pictures,
    ]


def _refreshes(asked: Asked) -> dict[str, str]:
    """As a header, so that a reader who asks for none gets a page without any."""
    return {"Refresh": str(REFRESH_S)} if asked.refresh else {}


def _no_store(request: Request, away: StoreAway) -> Response:
    return answer(request, Body(b'{"status":"away","store":"away","error":"%s"}' % str(away).encode()), JSON, 503, FRESH)


def _never(request: Request) -> Response:
    return answer(request, Body(b"no such alert was released\n"), "text/plain; charset=utf-8", 404)
