"""What the pages of reports have in common: how they are written, with which headers, and whose a request is."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from starlette.requests import Request
from starlette.responses import Response

from streams.city.model import City
from streams.reports.reports import Reports
from streams.reports.sent import Followed
from streams.web.answer import Body, answer, beside
from streams.web.headers import STRICT, with_script
from streams.web.page import render
from streams.web.report_room import Whose
from streams.web.report_told import Told
from streams.web.subscribe import Site

HTML = "text/html; charset=utf-8"
COOKIE = "lowpoint_device"
HEADERS = with_script(STRICT)


class Pages:
    """Writes pages of a site that takes reports."""

    def __init__(self, site: Site, city: City, reports: Reports):
        self.site, self.city, self.reports = site, city, reports

    async def page(
        self, request: Request, template: str, status: int = 200, headers: dict[str, str] | None = None, query: str = "", **values: object
    ) -> Response:
        """A page; `query` is what its address has beside the language, for the links to itself in another one."""
        asked, told = self.site.asked(request), self.told(request)
        if is_training(request) and "training=" not in query:
            query += "&training=1"
        found = values.get("found")
        training = found.report.training if isinstance(found, Followed) else is_training(request) or self.city.drill
        own = {"training": training, "refused": 0} | values

        def write() -> Body:
            return Body(render(template, self.city, asked, self.site.style.address, quote(request.url.path), query, told=told, **own))

        # what somebody typed is nobody else's: not even packed bytes of it are kept
        return answer(request, await beside(write), HTML, status, headers={**HEADERS, **(headers or {})})

    def told(self, request: Request) -> Told:
        """The words of a reader's language."""
        return Told(self.city, self.site.asked(request), is_training(request))

    def own(self, request: Request, path: str, **query: object) -> str:
        """An address of these pages in the reader's language, within an exercise where this one is."""
        training = {"training": "1"} if is_training(request) else {}
        return f"{path}?{urlencode({'lang': self.site.asked(request).words.code, **training, **query})}"

    def whose(self, request: Request) -> Whose:
        """Whose a request is, as digests."""
        host = request.client.host if request.client else ""
        return Whose(self.reports.device(mark_of(request)), self.reports.address(host), self.reports.source(host))


def mark_of(request: Request) -> str:
    """The mark of a device; "" where it keeps none, or not one of ours."""
    mark = request.cookies.get(COOKIE, "")
    return mark if len(mark) == 22 and mark.isascii() and all(sign.isalnum() or sign in "-_" for sign in mark) else ""


def is_training(request: Request) -> bool:
    """Whether a page of an exercise is asked for."""
    return request.query_params.get("training") == "1"


def see(address: str) -> Response:
    """Lead on to another page."""
    return Response(status_code=303, headers={"Location": address, "Cache-Control": "no-store"})
