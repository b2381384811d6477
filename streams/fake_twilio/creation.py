"""Answers requests for new messages and calls, with all that may go wrong on the way."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import msgspec
from aiohttp import web

from streams.fake_twilio import call as calls
from streams.fake_twilio import message as messages
from streams.fake_twilio.exchange import Exchange
from streams.fake_twilio.form import Form
from streams.fake_twilio.ledger import Answered
from streams.fake_twilio.replies import closed, json_reply, problem

BEFORE = (("too_many", 20429), ("error_before", 20500), ("unavailable_before", 20503))
"""Faults before anything is looked at."""

AFTER: tuple[tuple[str, Answered], ...] = (("dropped", "dropped"), ("error_after", "500"), ("slow", "slow"))
"""Faults of the answer alone; the first that strikes counts."""


class Creation:
    """The way of a POST that creates something."""

    def __init__(self, exchange: Exchange, home: str):
        self._exchange, self._counts, self._chance = exchange, exchange.counts, exchange.chance
        self._home = home
        self._encode = msgspec.json.Encoder().encode

    async def message(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer POST Messages.json."""
        return await self._create(request, messages.problem_of, self._make_message, full="queue_full")

    async def call(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer POST Calls.json."""
        return await self._create(request, calls.problem_of, self._make_call)

    async def _create(
        self,
        request: web.BaseRequest,
        problem_of: Callable[[Form], int | None],
        make: Callable[[Form, str, Answered], bytes],
        full: str = "",
    ) -> web.StreamResponse:
        form = Form(await request.read())
        to = form.get("To")
        key = self._chance.key(to)
        code = self._struck(key) or problem_of(form) or self._exchange.behaviour.refusals.get(to)
        if code is None and full and self._chance.strikes(full, key):
            code = 21611
        if code is not None:
            return self._refused(code, to)
        answered = self._answered(key)
        body = make(form, key, answered)
        self._counts.post("500 after" if answered == "500" else answered)
        return await self._reply(request, body, answered, to)

    def _struck(self, key: str) -> int | None:
        for fault, code in BEFORE:
            if self._chance.strikes(fault, key):
                return code
        return None

    def _answered(self, key: str) -> Answered:
        for fault, answered in AFTER:
            if self._chance.strikes(fault, key):
                return answered
        return "201"

    def _refused(self, code: int, to: str) -> web.Response:
        reply = problem(code, to)
        if code == 20429:
            reply.headers["Retry-After"] = str(self._exchange.behaviour.retry_after_s)
        self._counts.refuse(str(reply.status), str(code))
        return reply

    async def _reply(self, request: web.BaseRequest, body: bytes, answered: Answered, to: str) -> web.StreamResponse:
        if answered == "dropped":
            return closed(request)
        if answered == "500":
            return problem(20500, to)
        if answered == "slow":
            await asyncio.sleep(self._exchange.behaviour.slow_s)
        return json_reply(body, 201)

    def _make_message(self, form: Form, key: str, answered: Answered) -> bytes:
        message = self._exchange.send(form, key, answered)
        return self._encode(messages.answer_of(message, self._home, self._exchange.account))

    def _make_call(self, form: Form, key: str, answered: Answered) -> bytes:
        call = self._exchange.call(form, key, answered)
        return self._encode(calls.answer_of(call, self._home, self._exchange.account))
