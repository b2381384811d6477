"""The console's web application: pages behind a door, their files, and the city's places."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from urllib.parse import quote

from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from streams.city.layers import Layers
from streams.console.assets import Assets, own_files
from streams.console.door import HOME, FormRefused, form_of, inside, let_in, wait_s, who
from streams.console.look import keep_look, look_of
from streams.console.pages import Pages
from streams.console.places import NOTHING_DRAWN, city_json, zones_layer
from streams.console.vendor import vendor_files
from streams.desk.caller import Caller
from streams.desk.desk import Desk
from streams.desk.gate import Crowded
from streams.officers.roles import Act
from streams.officers.session import COOKIE, is_csrf_of
from streams.officers.sign_in import Attempt, Refused
from streams.store.sessions import sign_out as end_session
from streams.web.headers import StrictHeaders
from streams.words.catalogue import load_words

Handler = Callable[[Request], Awaitable[Response]]

HTML = "text/html; charset=utf-8"
PRIVATE = {"Cache-Control": "no-store"}
RETRY_AFTER_S = 5


def policy(tiles: str = "") -> str:
    """What a browser may load: what is ours, and tiles of one origin where the city names it; it runs our scripts alone."""
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; worker-src 'self'; "
        f"img-src 'self' data: blob:{f' {tiles}' if tiles else ''}; connect-src 'self'{f' {tiles}' if tiles else ''}; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


class Console:
    """Answers requests of the console of one city.

    Parameters
    ----------
    vendor
        Folder of the packages of others.
    secure
        Whether people reach it by https: then the cookies travel by nothing else.
    """

    def __init__(self, desk: Desk, vendor: Path, layers: Layers, secure: bool):
        self._desk, self._secure = desk, secure
        self._own = Assets(own_files(desk.city, load_words()))
        self._vendor = Assets(vendor_files(vendor))
        drawn = {"zones": zones_layer(desk.city), "roads": layers.roads, "water": layers.water, "districts": layers.districts}
        self._places = Assets({"city.json": city_json(desk.city), **{f"{name}.geojson": body for name, body in drawn.items()}})
        there = [name for name, body in drawn.items() if body != NOTHING_DRAWN]
        self._pages = Pages(desk.city, self._own, self._vendor, self._places.version, layers.basemap, there)

    def routes(self) -> list[Route]:
        """All addresses."""
        pages = {
            "/console/": "situation",
            "/console/point/{low_point}": "point",
            "/console/what-if": "what-if",
            "/console/orders": "orders",
            "/console/reports": "reports",
            "/console/delivery": "delivery",
            "/console/duty": "duty",
            "/console/system": "system",
            "/console/storms": "storms",
            "/console/drill": "drill",
            "/console/briefing": "briefing",
        }
        return [
            Route("/console", _to_home),
            Route("/console/sign-in", self.sign_in, methods=["GET", "POST"]),
            Route("/console/sign-out", self.sign_out, methods=["POST"]),
            Route("/console/look", self.look, methods=["POST"]),
            Route("/console/static/{version}/{name:path}", self._file(self._own)),
            Route("/console/vendor/{version}/{name:path}", self._file(self._vendor)),
            Route("/console/places/{version}/{name:path}", self.place),
            *(Route(address, self._page(name), name=name) for address, name in pages.items()),
        ]

    async def sign_in(self, request: Request) -> Response:
        """Answer the page to sign in at, and its form."""
        look = look_of(self._desk.city, request)
        if request.method != "POST":
            response = _html(self._pages.sign_in(look, inside(request.query_params.get("next"))))
            keep_look(response, request.query_params.get("lang"), None, self._secure)
            return response
        form = await form_of(request)
        goes_to, name, t = inside(form.get("next")), form.get("name", "")[:200], look.words.say
        attempt = Attempt(name, form.get("password", "")[:1000], form.get("code", "").replace(" ", "")[:50])
        try:
            done = await let_in(self._desk, attempt, goes_to, self._secure)
        except Crowded:
            told = t("Too many sign in at once: try again.")
            return _html(self._pages.sign_in(look, goes_to, told, name), 503, {"Retry-After": str(RETRY_AFTER_S)})
        if not isinstance(done, Refused):
            # one session for one browser: the one before would stay open until it is idle for half an hour
            if COOKIE in request.cookies:
                await run_in_threadpool(end_session, self._desk.engine, request.cookies[COOKIE])
            return done
        seconds = wait_s(self._desk, done)
        if seconds is not None:
            told = t("Too many tries with this name: wait {n} s and try again.", n=seconds)
            return _html(self._pages.sign_in(look, goes_to, told, name), 429, {"Retry-After": str(seconds)})
        told = t("Name, password or code is wrong, or the code was used before: wait for the next code and try again.")
        return _html(self._pages.sign_in(look, goes_to, told, name), 401)

    async def sign_out(self, request: Request) -> Response:
        """End the session."""
        await self._own_form(request)
        token = request.cookies.get(COOKIE, "")
        await run_in_threadpool(end_session, self._desk.engine, token)
        response = RedirectResponse("/console/sign-in", 303)
        response.delete_cookie(COOKIE, httponly=True, samesite="strict", secure=self._secure)
        return response

    async def look(self, request: Request) -> Response:
        """Keep a choice of language or colours."""
        form = await self._own_form(request)
        response = RedirectResponse(inside(form.get("next")), 303)
        keep_look(response, form.get("lang"), form.get("theme"), self._secure)
        return response

    async def place(self, request: Request) -> Response:
        """Answer `GET /console/places/{version}/{name}`: where every sensor stands is for those who are signed in."""
        if await run_in_threadpool(who, self._desk, request) is None:
            return Response("sign in first\n", 401, PRIVATE, "text/plain")
        response = self._places.answer(request)
        response.headers["Cache-Control"] = response.headers.get("Cache-Control", "no-store").replace("public", "private")
        return response

    async def _own_form(self, request: Request) -> dict[str, str]:
        form = await form_of(request)
        if not is_csrf_of(request.cookies.get(COOKIE, ""), form.get("csrf", "")):
            raise FormRefused
        return form

    def _page(self, name: str) -> Handler:
        async def answer(request: Request) -> Response:
            look = look_of(self._desk.city, request)
            there = await run_in_threadpool(who, self._desk, request)
            if there is None:
                asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
                return RedirectResponse(f"/console/sign-in?next={quote(asked, safe='/')}", 303, PRIVATE)
            person, token = there
            if not person.may(Act.LOOK):
                return _html(self._pages.refused(look, look.words.say("Your account may not look at the console.")), 403)
            return self._shown(name, request, person, token)

        return answer

    def _shown(self, name: str, request: Request, person: Caller, token: str) -> Response:
        look = look_of(self._desk.city, request)
        more: dict[str, object] = {}
        if name == "point":
            wanted = request.path_params["low_point"]
            if all(point.low_point_id != wanted for point in self._desk.city.low_points):
                return _html(self._pages.refused(look, look.words.say("There is no low point {id}.", id=wanted[:100])), 404)
            more["low_point"] = wanted
        return _html(self._pages.page(name, person, token, look, request.url.path, **more))

    @staticmethod
    def _file(assets: Assets) -> Handler:
        async def answer(request: Request) -> Response:
            return assets.answer(request)

        return answer

    async def form_refused(self, request: Request, _: Exception) -> Response:
        """Tell that a form was none of ours."""
        look = look_of(self._desk.city, request)
        told = look.words.say("This form is too old or came from elsewhere: load the page anew. Nothing was done.")
        return _html(self._pages.refused(look, told), 403)

    async def store_away(self, request: Request, _: Exception) -> Response:
        """Tell that the store does not answer: nothing that is shown must look calm."""
        look = look_of(self._desk.city, request)
        told = look.words.say("The database does not answer: watch by eye, and try again.")
        return _html(self._pages.refused(look, told), 503, {"Retry-After": str(RETRY_AFTER_S)})


def make_console(console: Console, tiles: str = "") -> Starlette:
    """The application; `tiles` is the origin of the city's map tiles, "" where it names none."""
    headers = {
        "Content-Security-Policy": policy(tiles),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "X-Frame-Options": "DENY",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    }
    return Starlette(
        routes=console.routes(),
        middleware=[Middleware(StrictHeaders, headers=headers)],
        exception_handlers={FormRefused: console.form_refused, SQLAlchemyError: console.store_away},
    )


async def _to_home(_: Request) -> Response:
    return RedirectResponse(HOME, 307)


def _html(body: bytes, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(body, status, {**PRIVATE, **(headers or {})}, HTML)
