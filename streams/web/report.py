"""The page to report water at: a form that needs no script and no account, on a card that is good for one report (docs/reporting.md)."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Awaitable, Callable

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from streams.city.model import City
from streams.city.near import placed
from streams.reports.card import VALID_US
from streams.reports.depth import DEPTH_WORDS
from streams.reports.grouping import NEAR_M
from streams.reports.reports import CardRefused, Reports
from streams.reports.uploads import NoRoom
from streams.reports.wish import AGES_MIN, BY_PHOTO, ELSEWHERE, HERE, LONGEST_WORDS
from streams.web.answer import Body, answer
from streams.web.drawing import Drawing
from streams.web.forms import is_ours
from streams.web.page import TEMPLATES, render
from streams.web.report_bodies import Bodies
from streams.web.report_follow import FollowPages
from streams.web.report_form import Form, FormRefused, on_disk, read_form
from streams.web.report_intake import AWAY_S, MORE_S, Intake, Outcome
from streams.web.report_pages import COOKIE, HTML, Pages, is_training, mark_of, see
from streams.web.report_pointing import PointingPages
from streams.web.report_room import Room
from streams.web.report_told import Told, find_points
from streams.web.report_upload import Upload
from streams.web.subscribe import Site

COOKIE_S = 30 * 24 * 3600
SCRIPTS = ("report.js", "report-picture.js", "report-place.js", "report-sending.js", "report-waiting.js", "report-words.js")
MOST_LISTED = 200
"""Low points in a list: more are found by a word."""
STATUS = {"wrong": 422, "incomplete": 409, "over": 410, "unknown": 410, "too_many": 429, "away": 503, "unreadable": 400}
_CHOSEN = ("by", "error_m", "lat", "lon", "no_plate", "plate", "point")
"""What an address may have chosen for the form."""
_NOTHING = dict.fromkeys((*_CHOSEN, "ago", "consent", "depth", "words"), "")
_UNREADABLE, _TOO_LARGE = Outcome("unreadable"), Outcome("wrong", wrong="picture too_large")


def report_routes(site: Site, city: City, drawing: Drawing, reports: Reports | None) -> list[Route]:
    """The addresses of reports; where none are taken, each of them says so."""
    if reports is None:

        async def none(request: Request) -> Response:
            asked = site.asked(request)
            told = Told(city, asked, training=False)
            return answer(request, Body(render("report_none.html", city, asked, site.style.address, "/report", told=told)), HTML, 404)

        return [Route(path, none) for path in ("/report", "/report/{rest:path}", "/p/{plate}")]
    pages, following = ReportPages(site, city, reports), FollowPages(site, city, reports)
    pointing = PointingPages(site, city, drawing, reports)
    return [
        Route("/report", pages.report, methods=["GET", "POST"]),
        Route("/report/map", pointing.map),
        Route("/report/map.svg", pointing.drawing),
        Route("/report/sent", following.sent),
        Route("/report/follow", following.follow, methods=["GET", "POST"]),
        Route("/report/upload/{card}", Upload(reports).answer, methods=["HEAD", "PATCH", "DELETE"]),
        Route("/p/{plate}", pages.plate),
        *(Route(f"/{name}", _served(name, "text/javascript; charset=utf-8")) for name in SCRIPTS),
        Route("/report.css", _served("report.css", "text/css; charset=utf-8")),
    ]


class ReportPages(Pages):
    """Answers requests for the form, and takes what it sends."""

    def __init__(self, site: Site, city: City, reports: Reports):
        super().__init__(site, city, reports)
        self._intake, self._room = Intake(reports), Room(reports)
        self._bodies = Bodies()

    async def report(self, request: Request) -> Response:
        """Answer `/report`: the form, and the report that it sends."""
        if request.method == "POST":
            return await self._post(request)
        query = request.query_params
        fields = {name: query[name][:64] for name in _CHOSEN if name in query}
        if "lon" in fields and "point" not in fields:
            fields["point"] = HERE
        return await self._form(request, fields, find=query.get("find", "")[:64])

    async def plate(self, request: Request) -> Response:
        """Answer `/p/PLATE`, as the code on a low point's plate has it: the form with that place."""
        point = self.reports.places.of_plate(request.path_params["plate"])
        query = {"point": point.low_point_id, "plate": point.low_point_id} if point else {"no_plate": "1"}
        return see(self.own(request, "/report", **query))

    async def _post(self, request: Request) -> Response:
        if not is_ours(request, self.reports.public_url):
            return await self._ended(request, Form(), _UNREADABLE)
        whose, uploads = self.whose(request), self.reports.uploads
        with self._bodies.one(whose.address, whose.network) as may_come:
            if not may_come:
                return await self._ended(request, Form(), Outcome("away"))
            room = await on_disk(self._room.is_left) and self._room.may_pass(whose, 0)
            try:
                form = await read_form(request, uploads.fresh if room else None, lambda size: self._room.may_pass(whose, size))
            except FormRefused as refused:
                return await self._ended(request, Form(), _TOO_LARGE if refused.status == 413 else _UNREADABLE)
        try:
            outcome = await self._intake.take(form, self.site.asked(request).words.code, whose)
            return await self._ended(request, form, outcome)
        finally:
            picture = form.picture
            if picture is not None:
                await on_disk(lambda: self._room.throw_away(picture, whose))

    async def _ended(self, request: Request, form: Form, outcome: Outcome) -> Response:
        """Tell how it ended: to the page's script as JSON, to a person as a page."""
        told, card = self.told(request), form.fields.get("card", "")
        if outcome.ended in ("over", "unknown"):
            card = await self._next_card(request, form, card)
        if "application/json" in request.headers.get("accept", ""):
            return _json(outcome, told.ended(outcome, card))
        if outcome.sent:
            return see(told.address(outcome.sent))
        return await self._form(request, form.fields | {"card": card}, outcome)

    async def _next_card(self, request: Request, form: Form, before: str) -> str:
        """A new card for a form whose card is over; a picture that has come goes with it."""
        reports = self.reports
        card = reports.card(self._is_exercise(request, form.fields))
        picture, slot, old = form.picture, reports.slot(card), reports.slot_over(before)
        if picture is not None:
            with contextlib.suppress(NoRoom, OSError):  # its writer chooses it again
                await on_disk(lambda: self._room.adopt(slot, picture, self.whose(request)))
                form.picture = None
        elif old:
            await on_disk(lambda: reports.uploads.move(old, slot))
        return card

    async def _form(self, request: Request, fields: dict[str, str], outcome: Outcome | None = None, find: str = "") -> Response:
        reports = self.reports
        card = fields.get("card", "")
        try:
            slot = reports.slot(card)
        except CardRefused:
            card = reports.card(self._is_exercise(request, fields))
            slot = reports.slot(card)
        came = await on_disk(lambda: reports.uploads.offset(slot))
        points, more = find_points(self.city, find, MOST_LISTED, fields.get("point", ""))
        return await self.page(
            request,
            "report.html",
            STATUS[outcome.ended] if outcome else 200,
            self._headers(request, outcome),
            training=reports.read(card).training,
            form=_NOTHING | fields,
            card=card,
            came=came,
            outcome=outcome,
            wrong=outcome.wrong if outcome else "",
            points=points,
            more=more,
            find=find,
            depths=DEPTH_WORDS,
            ages=AGES_MIN,
            longest=LONGEST_WORDS,
            elsewhere=ELSEWHERE,
            here=HERE,
            by_photo=BY_PHOTO,
            near_m=round(NEAR_M),
            placed=placed,
            hours=VALID_US // 3_600_000_000,
        )

    def _headers(self, request: Request, outcome: Outcome | None) -> dict[str, str]:
        """A mark for a device that has none, by which its reports are told from those of many; it says nothing of whose it is."""
        headers = {"Retry-After": str(MORE_S)} if outcome and outcome.ended == "too_many" else {}
        if not mark_of(request):
            secure = "; Secure" if self.reports.public_url.startswith("https:") else ""
            mark = f"{COOKIE}={secrets.token_urlsafe(16)}"
            headers["Set-Cookie"] = f"{mark}; Max-Age={COOKIE_S}; Path=/report; HttpOnly; SameSite=Lax{secure}"
        return headers

    def _is_exercise(self, request: Request, fields: dict[str, str]) -> bool:
        return is_training(request) or fields.get("training") == "1"


def _json(outcome: Outcome, told: dict[str, object]) -> Response:
    headers = {"Cache-Control": "no-store"}
    if outcome.ended in ("too_many", "away"):
        headers["Retry-After"] = str(MORE_S if outcome.ended == "too_many" else AWAY_S)
    status = 200 if outcome.sent else STATUS[outcome.ended]
    return Response(msgspec.json.encode(told), status, headers, "application/json")


def _served(name: str, kind: str) -> Callable[[Request], Awaitable[Response]]:
    body = Body((TEMPLATES / name).read_bytes())

    async def serve(request: Request) -> Response:
        return answer(request, body, kind, cache="no-cache")

    return serve
