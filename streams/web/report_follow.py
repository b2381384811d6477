"""The pages by which a writer follows a report: what was received, what became of it, and the answer to a question about it."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from streams.city.model import City
from streams.reports.codes import shown, typed
from streams.reports.reports import Reports
from streams.reports.sent import Followed
from streams.reports.wish import LONGEST_WORDS
from streams.web.forms import form_of, is_ours
from streams.web.report_intake import MORE_S
from streams.web.report_pages import Pages, see
from streams.web.source import Inquiry, StoreAway
from streams.web.subscribe import Site, asking

LONGEST_CODE, LONGEST_EARLIER = 64, 120


class FollowPages(Pages):
    """Answers requests with the code of a report."""

    def __init__(self, site: Site, city: City, reports: Reports):
        super().__init__(site, city, reports)
        self._inquiry = Inquiry(asking)

    async def sent(self, request: Request) -> Response:
        """Answer `/report/sent`: what was received, the code to follow it, and what to do in danger."""
        found = await self._found(request, request.query_params.get("code", "")[:LONGEST_CODE])
        if isinstance(found, Response):
            return found
        lost, named = request.query_params.get("lost", ""), request.query_params.get("earlier", "")[:LONGEST_EARLIER].split(",")
        # codes that the script has for reports that waited in the browser: nobody could look them up again
        earlier = [shown(code) for one in named if (code := typed(one)) and code != found.code]
        return await self.page(
            request, "report_sent.html", query=_query(found), found=found, lost=lost, earlier=earlier, code=shown(found.code)
        )

    async def follow(self, request: Request) -> Response:
        """Answer `/report/follow`; an answer that is sent leads back to it."""
        if request.method != "POST":
            code = request.query_params.get("code", "")[:LONGEST_CODE]
            found = await self._found(request, code) if code else None
            return found if isinstance(found, Response) else await self._show(request, found)
        form = await form_of(request) if is_ours(request, self.reports.public_url) else None
        if form is None:
            return await self._show(request, None, 400, refused=400)
        found = await self._found(request, form.get("code", "")[:LONGEST_CODE], form.get("answer", ""))
        return found if isinstance(found, Response) else see(self.own(request, "/report/follow", code=shown(found.code)))

    async def _show(self, request: Request, found: Followed | None, status: int = 200, **values: object) -> Response:
        code = shown(found.code) if found else ""
        own = {"wrong": "", "code": code} | values
        return await self.page(request, "report_follow.html", status, query=_query(found) if found else "", found=found, **own)  # type: ignore[arg-type]

    async def _found(self, request: Request, code: str, words: str = "") -> Followed | Response:
        """The report of a code, after an answer to its question was kept; else the page that says why there is none."""
        reports, whose = self.reports, self.whose(request)
        limits = reports.limits
        if not limits.may_look(whose.address):
            return await self._too_many(request)

        def answered() -> Followed | None:
            reports.answer(code, words[: 2 * LONGEST_WORDS])
            return reports.follow(code)

        try:
            found = await self._inquiry.answer(lambda: reports.follow(code))
            if not isinstance(found, Followed):
                told = limits.failed(whose.address)
                return await self._show(request, None, 404, wrong="code", code=code) if told else await self._too_many(request)
            # those who guess are no device that sent a report: hers is told what became of it, whoever guesses behind the same address
            if not limits.may_guess(whose.address) and (not whose.device or whose.device != found.report.device):
                return await self._too_many(request)
            found = await self._inquiry.answer(answered) if words else found
        except StoreAway:
            return await self._show(request, None, 503, refused=503, code=code)
        return found if isinstance(found, Followed) else await self._show(request, None, 404, wrong="code", code=code)

    async def _too_many(self, request: Request) -> Response:
        headers = {"Retry-After": str(MORE_S)}
        return await self.page(request, "report_follow.html", 429, headers, found=None, refused=429, wrong="", code="")


def _query(found: Followed) -> str:
    return f"&{urlencode({'code': shown(found.code)})}"
