"""The pages to subscribe at, and to end it: forms without a script. No number is in an address; no answer tells if one is known."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Protocol, TypeVar
from urllib.parse import urlencode

from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from streams.city.model import City
from streams.people.vault import PeopleVaultError
from streams.store.engine import StoreError
from streams.store.subscriptions_asks import PENDING_US, Act, Asked
from streams.subscribers.subscribers import LONGEST_PHONE, Subscribers, Wish
from streams.web.answer import Body, answer, beside
from streams.web.forms import form_of, is_ours
from streams.web.page import render
from streams.web.reader import Asked as AskedOfPage
from streams.web.reader import Speaker
from streams.web.source import Inquiry, StoreAway
from streams.web.style import Style

log = logging.getLogger(__name__)

HTML = "text/html; charset=utf-8"
PENDING_MIN = PENDING_US // 60_000_000
RETRY_AFTER_S = "600"
_NOTHING_TYPED = dict.fromkeys(("act", "agree", "language", "phone", "place", "ticket"), "")
T = TypeVar("T")


class Refused(Exception):
    """A form that cannot be taken: the answer's status; the page says why."""

    def __init__(self, status: int):
        super().__init__(str(status))
        self.status = status


class Site(Protocol):
    """What these pages need of the site that they are part of."""

    style: Style

    def asked(self, request: Request) -> AskedOfPage:
        """What a reader of a page asks for."""


class SubscribePages:
    """Answers requests for these pages; where no subscriptions are taken, each of them says so."""

    def __init__(self, site: Site, city: City, subscribers: Subscribers | None):
        self._site, self._city, self._subscribers = site, city, subscribers
        self._inquiry: Inquiry[Callable[[], object], object] = Inquiry(asking)

    @property
    def routes(self) -> list[Route]:
        """All addresses."""
        if self._subscribers is None:
            return [Route("/subscribe", self._none), Route("/subscribe/{rest:path}", self._none)]
        return [
            Route("/subscribe", self.begin, methods=["GET", "POST"]),
            Route("/subscribe/leave", self.leave, methods=["GET", "POST"]),
            Route("/subscribe/code", self.code, methods=["GET", "POST"]),
            Route("/subscribe/done", self.done),
        ]

    async def begin(self, request: Request) -> Response:
        """Answer `/subscribe`: the form for a road or a zone; sent, it leads on to the page that asks for the code."""
        if request.method != "POST":
            query = request.query_params
            wished = next((f"{kind}:{query[kind]}" for kind in ("road", "zone") if kind in query), "")
            return await self._form(request, "subscribe.html", {"place": wished if self._taking.is_place(wished) else ""})
        return await self._begun(request, "subscribe.html", ("subscribe",))

    async def leave(self, request: Request) -> Response:
        """Answer `/subscribe/leave`: the form to end it."""
        if request.method != "POST":
            return await self._form(request, "leave.html", {})
        return await self._begun(request, "leave.html", ("leave", "leave_all"))

    async def code(self, request: Request) -> Response:
        """Answer `/subscribe/code`: the form for the code that was texted."""
        if request.method != "POST":
            return await self._form(request, "code.html", {"ticket": request.query_params.get("ticket", "")[:64]})
        try:
            form = await self._sent(request)
        except Refused as refused:
            return await self._form(request, "code.html", {}, refused=refused.status)
        ticket, code = form.get("ticket", "")[:64], form.get("code", "")[:40]
        if not self._taking.limits.may_try(_address(request)):
            return await self._form(request, "code.html", {"ticket": ticket}, refused=429)
        try:
            outcome = await self._of_store(lambda: self._taking.confirm(ticket, code))
        except StoreAway:
            return await self._form(request, "code.html", {"ticket": ticket}, refused=503)
        if outcome == "done":
            return self._see(request, "/subscribe/done", ticket)
        return await self._form(request, "code.html", {"ticket": ticket}, wrong=outcome, status=422)

    async def done(self, request: Request) -> Response:
        """Answer `/subscribe/done`: what was done under a ticket."""
        ticket = request.query_params.get("ticket", "")[:64]
        try:
            found: Asked | None = await self._of_store(lambda: self._taking.asked(ticket))
        except StoreAway:
            return await self._form(request, "code.html", {"ticket": ticket}, refused=503)
        if found is None or not found.done:
            return await self._form(request, "code.html", {"ticket": ticket}, wrong="over", status=404)
        thing = self._taking.thing(found.place) if found.place else None
        return await self._form(request, "done.html", {}, ended=found, thing=thing)

    async def _begun(self, request: Request, page: str, acts: tuple[Act, ...]) -> Response:
        try:
            form = await self._sent(request)
        except Refused as refused:
            return await self._form(request, page, {}, refused=refused.status)
        act = next((act for act in acts if act == form.get("act")), acts[0])
        asked = self._site.asked(request)
        wish = Wish(act, form.get("phone", "")[: 2 * LONGEST_PHONE], form.get("language", asked.words.code), form.get("place", ""))
        wrong = self._wrong(wish, form)
        if wrong:
            return await self._form(request, page, form, wrong=wrong, status=422)
        if not self._taking.limits.may_ask(_address(request)):
            return await self._form(request, page, form, refused=429)
        try:
            ticket = await self._of_store(lambda: self._taking.ask(wish))
        except StoreAway:
            return await self._form(request, page, form, refused=503)
        return self._see(request, "/subscribe/code", str(ticket))

    def _wrong(self, wish: Wish, form: dict[str, str]) -> str:
        """Which field cannot be taken, "" where all can."""
        if wish.act == "subscribe" and not self._taking.is_place(wish.place):
            return "place"
        if self._taking.number(wish.phone) is None:
            return "phone"
        return "agree" if wish.act == "subscribe" and form.get("agree") != "1" else ""

    async def _sent(self, request: Request) -> dict[str, str]:
        if not is_ours(request, self._taking.public_url):
            raise Refused(403)
        form = await form_of(request)
        if form is None:
            raise Refused(400)
        return form

    async def _of_store(self, work: Callable[[], T]) -> T:
        return await self._inquiry.answer(work)  # type: ignore[return-value]

    async def _form(
        self, request: Request, page: str, form: dict[str, str], *, wrong: str = "", refused: int = 0, status: int = 200, **values: object
    ) -> Response:
        asked = self._site.asked(request)
        query = f"&{urlencode({'ticket': form['ticket']})}" if form.get("ticket") else ""

        def write() -> Body:
            return Body(
                render(
                    page,
                    self._city,
                    asked,
                    self._site.style.address,
                    request.url.path,
                    query,
                    speaker=Speaker(self._city, asked.words),
                    form=_NOTHING_TYPED | form,
                    wrong=wrong,
                    refused=refused,
                    minutes=PENDING_MIN,
                    live=self._city.public.live,
                    text_from_level=self._city.public.text_from_level,
                    **values,
                )
            )

        headers = {"Retry-After": RETRY_AFTER_S} if refused == 429 else {}
        # what somebody typed is nobody else's: not even packed bytes of it are kept. A list of thousands of roads takes a tenth of a second
        return answer(request, await beside(write), HTML, refused or status, headers=headers)

    def _see(self, request: Request, address: str, ticket: str) -> Response:
        language = self._site.asked(request).words.code
        location = f"{address}?{urlencode({'ticket': ticket, 'lang': language})}"
        return Response(status_code=303, headers={"Location": location, "Cache-Control": "no-store"})

    async def _none(self, request: Request) -> Response:
        asked = self._site.asked(request)
        return answer(request, Body(render("no_subscriptions.html", self._city, asked, self._site.style.address, "/subscribe")), HTML, 404)

    @property
    def _taking(self) -> Subscribers:
        if self._subscribers is None:
            raise RuntimeError("no subscriptions are taken here: these pages have no address")
        return self._subscribers


def asking(work: Callable[[], object]) -> object:
    """Ask the store something for a page.

    Raises
    ------
    StoreAway
        Where it does not answer, or cannot with this key.
    """
    try:
        return work()
    except PeopleVaultError as error:
        # somebody has to look: with this key nobody who opted out would be known again
        log.critical("no subscription can be taken: %s", error)
        raise StoreAway("the key is another") from error
    except (SQLAlchemyError, StoreError, OSError) as error:
        log.warning("the store does not take a subscription (%s)", type(error).__name__)
        raise StoreAway("the store does not answer") from error


def _address(request: Request) -> str:
    return request.client.host if request.client else ""
