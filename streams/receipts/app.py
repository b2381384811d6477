"""The web application that providers call: statuses, receipts and texts of residents. No number and no parameter gets into a log."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Engine, select
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from streams import clock
from streams.city.model import City
from streams.delivery.reply import ReplyKind, kind_of
from streams.people.vault import PeopleVault
from streams.receipts.answers import NO_ANSWER, TWIML, answer_to, report_answer
from streams.receipts.body import form_of, read_body
from streams.receipts.bound import bound
from streams.receipts.counts import Counts
from streams.receipts.gateway import Gateways, NoReceipt, words_of
from streams.receipts.pictures import NotKept, PictureMessages, Reported
from streams.receipts.signature import HEADER, Params, Signature
from streams.receipts.status import clean, is_attempt, word_of
from streams.receipts.writer import NotTaken, Writer
from streams.store.attempts import Word, hear
from streams.store.engine import reading
from streams.store.replies import TakenIn, TextIn, take_in
from streams.web.headers import StrictHeaders

log = logging.getLogger(__name__)

RETRY_S = "5"
KNOWN_S, LOOK_S = 5.0, 0.2
"""How long a receipt is held whose text the sender has not bound yet, and how often we look."""
HEALTH_S = 2.0

Said = tuple[str, Word]
"""A provider's name and what it said."""


def _nothing(_: str) -> None:
    pass


@dataclass(frozen=True)
class Parts:
    """What the application is made of.

    `passes` is told each point that a request passes, and a trial may end the process there; `pictures` takes picture messages, None where
    this office takes none: they are texts like any other then.
    """

    engine: Engine
    vault: PeopleVault
    city: City
    signature: Signature
    gateways: Gateways
    now_us: Callable[[], int] = clock.now_us
    passes: Callable[[str], None] = _nothing
    pictures: PictureMessages | None = None


class Receipts:
    """Answers requests."""

    def __init__(self, parts: Parts):
        self._parts = parts
        self.counts = Counts()
        self._store = ThreadPoolExecutor(1, thread_name_prefix="receipts")
        self._probe = ThreadPoolExecutor(1, thread_name_prefix="health")
        # texts of residents have a queue of their own: one call for rescue does not wait behind thousands of receipts
        self._words: Writer[Said, bool] = Writer("receipts", self._hear, self._store)
        self._texts: Writer[TextIn, TakenIn] = Writer("texts", self._take_in, self._store)

    async def status(self, request: Request) -> Response:
        """Answer `POST /twilio/status/ATTEMPT`: 204, whatever it says."""
        params = await self._signed(request)
        attempt = request.path_params["attempt"]
        word = word_of(attempt, params) if is_attempt(attempt) else None
        self._parts.passes("handling_callback")
        if word is None:
            self.counts.says_nothing += 1
        else:
            await self._written(self._words.take(("", word)))
        return Response(status_code=204)

    async def inbound(self, request: Request) -> Response:
        """Answer `POST /twilio/inbound` with what the resident is to read; sent again, it is answered the same."""
        params = await self._signed(request)
        text = _text_of(params)
        if text is None:
            self.counts.unreadable += 1
            raise HTTPException(400, "no MessageSid or no From")
        self._parts.passes("handling_callback")
        taken = await self._written(self._texts.take(text))
        if taken.new:
            self.counts.texts[text.kind] = self.counts.texts.get(text.kind, 0) + 1
            if text.kind == "rescue":
                log.warning("somebody asks for rescue: `lowpoint replies` tells who, and where")
        # an account with words of its own for HELP has answered already
        said = params.get("OptOutType") == "HELP"
        answer = answer_to("other" if said else text.kind, taken.language, text.phone, self._parts.city)
        reported = await self._reported(params, text, taken.language)
        if answer == NO_ANSWER and reported is not None:
            answer = report_answer(reported.kind, reported.code, taken.language, text.phone, self._parts.city)
        return Response(answer, media_type=TWIML)

    async def gateway(self, request: Request) -> Response:
        """Answer `POST /gateway/NAME/SECRET`: 200 once all it says is written; 404 where a text is not ours."""
        gateway = self._parts.gateways.find(request.path_params["name"], request.path_params["secret"])
        if gateway is None:
            raise self._refused("of a gateway")
        try:
            words = words_of(gateway.form, await read_body(request))
        except NoReceipt as why:
            self.counts.unreadable += 1
            raise HTTPException(400, str(why)) from None
        self._parts.passes("handling_callback")
        if not words:
            self.counts.says_nothing += 1
        known = await asyncio.gather(*(self._known(gateway.name, word) for word in words))
        if not all(known):
            self.counts.unknown += known.count(False)
            raise HTTPException(404, "a text that we do not know")
        return Response("ok", media_type="text/plain")

    async def health(self, request: Request) -> Response:
        """Answer `GET /health`: 200 if the store answers."""
        there = await self._store_answers()
        body = {
            "status": "ok" if there else "away",
            "store": "ok" if there else "away",
            "waiting": self._words.waiting + self._texts.waiting,
            **msgspec.to_builtins(self.counts),
        }
        return Response(msgspec.json.encode(body), 200 if there else 503, {"Cache-Control": "no-store"}, "application/json")

    def close(self) -> None:
        """Write what is left, when the server has ended."""
        self._probe.shutdown(wait=False, cancel_futures=True)
        self._store.shutdown()
        self._texts.close()
        self._words.close()
        if self._parts.pictures is not None:
            self._parts.pictures.close()

    async def _reported(self, params: Params, text: TextIn, language: str) -> Reported | None:
        """The report that a message is, if it is one; who opts out or in reports nothing."""
        pictures = self._parts.pictures
        if pictures is None or text.kind in ("opt_out", "opt_in"):
            return None
        try:
            reported = await pictures.take(params, text, language or self._parts.city.languages[0])
        except NotKept:
            self.counts.not_taken += 1
            if text.kind == "rescue":
                return None  # who is in danger is answered at once: their words are kept, and nobody waits for the picture
            raise HTTPException(503, "the picture is not kept", {"Retry-After": RETRY_S}) from None
        if reported is not None:
            self.counts.reports += 1
        return reported

    async def _signed(self, request: Request) -> Params:
        params = form_of(await read_body(request))
        path = request.scope["raw_path"].decode("latin-1")
        query = request.scope["query_string"].decode("latin-1")
        if not self._parts.signature.is_right(path, query, params, request.headers.get(HEADER, "")):
            raise self._refused("of Twilio")
        return params

    def _refused(self, whose: str) -> HTTPException:
        self.counts.refused += 1
        if self.counts.refused & (self.counts.refused - 1) == 0:  # the 1st, 2nd, 4th, 8th: nobody fills the log from outside
            log.warning("a request in the name %s is not: refused, %d so far", whose, self.counts.refused)
        return HTTPException(403, "not signed as it should be")

    async def _known(self, provider: str, word: Word) -> bool:
        """Write a word of a gateway; one that knows its own ids only may be quicker than its own answer to the sender."""
        until_s = clock.monotonic_s() + KNOWN_S
        while not await self._written(self._words.take((provider, word))):
            if clock.monotonic_s() > until_s:
                return False
            await asyncio.sleep(LOOK_S)
        return True

    async def _written(self, writing: Awaitable[Any]) -> Any:
        try:
            return await writing
        except NotTaken as why:
            self.counts.not_taken += 1
            raise HTTPException(503, str(why), {"Retry-After": RETRY_S}) from None

    async def _store_answers(self) -> bool:
        def ask() -> None:
            with reading(self._parts.engine) as connection:
                connection.execute(select(1))

        try:
            await asyncio.wait_for(asyncio.get_running_loop().run_in_executor(self._probe, ask), HEALTH_S)
        except Exception:
            return False
        return True

    def _hear(self, said: Sequence[Said]) -> list[bool]:
        """In the store's thread: whether each was of an attempt of ours."""
        words = bound(self._parts.engine, said)
        heard = hear(self._parts.engine, [word for word in words if word is not None], self._parts.now_us())
        self.counts.heard += sum(word is not None for word in words)
        for code in heard.faults:
            log.error("the provider refuses texts with %s: somebody has to look (docs/sending.md)", code)
        return [word is not None for word in words]

    def _take_in(self, texts: Sequence[TextIn]) -> list[TakenIn]:
        return take_in(self._parts.engine, self._parts.vault, texts, self._parts.now_us())


def make_app(receipts: Receipts) -> Starlette:
    """The web application."""
    routes = [
        Route("/twilio/status/{attempt}", _guarded(receipts.status), methods=["POST"]),
        Route("/twilio/inbound", _guarded(receipts.inbound), methods=["POST"]),
        Route("/gateway/{name}/{secret}", _guarded(receipts.gateway), methods=["POST"]),
        Route("/health", _guarded(receipts.health), methods=["GET"]),
    ]
    return Starlette(routes=routes, middleware=[Middleware(StrictHeaders)])


def _guarded(answer: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    """What goes wrong is told by its kind alone: a traceback could quote what came (law 10)."""

    async def guarded(request: Request) -> Response:
        try:
            return await answer(request)
        except HTTPException:
            raise
        except Exception as error:
            log.error("a request was not answered: %s", type(error).__name__)
            raise HTTPException(500, "an error of ours") from None

    return guarded


_OF_THE_PROVIDER: dict[str, ReplyKind] = {"STOP": "opt_out", "START": "opt_in", "HELP": "help"}
"""What an account that keeps its own words for it says of a text: it has acted by it already."""


def _text_of(params: Params) -> TextIn | None:
    reply = next((clean(params[name]) for name in ("MessageSid", "SmsMessageSid", "SmsSid") if params.get(name)), "")
    phone, words = params.get("From", ""), params.get("Body", "")
    if not reply or not phone:
        return None
    return TextIn(reply, _OF_THE_PROVIDER.get(params.get("OptOutType", "")) or kind_of(words), phone, words)
