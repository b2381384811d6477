"""Twilio's API, version 2010-04-01, as far as this project uses it."""

from __future__ import annotations

import base64
from typing import Any, TypeVar

import msgspec
from aiohttp import web

from streams.fake_twilio import call as calls
from streams.fake_twilio import message as messages
from streams.fake_twilio.creation import Creation
from streams.fake_twilio.exchange import Exchange
from streams.fake_twilio.form import Form
from streams.fake_twilio.message import VERSION, Message
from streams.fake_twilio.page import Listed, PageError, page_of
from streams.fake_twilio.replies import closed, json_reply, problem
from streams.fake_twilio.shelf import Shelf

L = TypeVar("L", bound=Listed)


class TwilioApi:
    """Finds out what a request wants."""

    def __init__(self, exchange: Exchange, token: str):
        self._exchange = exchange
        self._home = f"/{VERSION}/Accounts/{exchange.account}"
        self._authorization = "Basic " + base64.b64encode(f"{exchange.account}:{token}".encode()).decode("ascii")
        self._kept_at = f"/{exchange.account}/"  # as on another host, where nobody is asked who they are
        self._messages, self._calls = f"{self._home}/Messages.json", f"{self._home}/Calls.json"
        self._creation = Creation(exchange, self._home)

    async def answer(self, request: web.BaseRequest, path: str, query: str) -> web.StreamResponse:
        """Answer a request."""
        if self._exchange.behaviour.down:
            return self._down(request)
        if path.startswith(self._kept_at):
            return _picture(self._exchange.media.held(path.removeprefix(self._kept_at)))
        if request.headers.get("Authorization") != self._authorization:
            return self._refused(request, 20003)
        if path == self._messages:
            return await self._many_messages(request, query)
        if path == self._calls:
            return await self._many_calls(request, query)
        kind, _, sid = path.removeprefix(f"{self._home}/").removesuffix(".json").partition("/")
        message, call = self._exchange.messages.get(sid), self._exchange.calls.get(sid)
        if kind == "Messages" and "/Media/" in sid:
            return self._media(sid)
        if kind == "Messages" and message:
            return await self._one_message(request, message)
        if kind == "Calls" and call and request.method == "GET":
            return _told(calls.answer_of(call, self._home, self._exchange.account))
        return self._refused(request, 20404)

    async def _many_messages(self, request: web.BaseRequest, query: str) -> web.StreamResponse:
        if request.method == "POST":
            return await self._creation.message(request)
        if request.method != "GET":
            return problem(20004)
        return self._listed("messages", self._exchange.messages, messages.answer_of, query, self._messages, "DateSent")

    async def _many_calls(self, request: web.BaseRequest, query: str) -> web.StreamResponse:
        if request.method == "POST":
            return await self._creation.call(request)
        if request.method != "GET":
            return problem(20004)
        return self._listed("calls", self._exchange.calls, calls.answer_of, query, self._calls, "StartTime")

    def _listed(self, name: str, shelf: Shelf[L], answer_of: Any, query: str, path: str, when: str) -> web.Response:
        try:
            found, around = page_of(shelf, Form(query), path, when)
        except PageError:
            return problem(20001)
        return _told({name: [answer_of(record, self._home, self._exchange.account) for record in found], **around})

    async def _one_message(self, request: web.BaseRequest, message: Message) -> web.StreamResponse:
        if request.method == "POST":
            if Form(await request.read()).get("Status") != "canceled":
                return problem(20001)
            if not self._exchange.cancel(message):
                return problem(30409)
        elif request.method != "GET":
            return problem(20004)
        return _told(messages.answer_of(message, self._home, self._exchange.account))

    def _media(self, names: str) -> web.Response:
        message, _, name = names.partition("/Media/")
        address = self._exchange.media.address(message, name, self._exchange.account)
        return web.Response(status=307, headers={"Location": address}) if address else problem(20404)

    def _down(self, request: web.BaseRequest) -> web.Response:
        closing = self._exchange.behaviour.down == "closing"
        if request.method == "POST":
            self._exchange.counts.refuse("closed" if closing else "503", "down")
        return closed(request) if closing else problem(20503)

    def _refused(self, request: web.BaseRequest, code: int) -> web.Response:
        reply = problem(code)
        if request.method == "POST":
            self._exchange.counts.refuse(str(reply.status), str(code))
        return reply


def _picture(held: bytes | None) -> web.Response:
    return web.Response(status=404) if held is None else web.Response(body=held, content_type="image/jpeg")


def _told(what: Any) -> web.Response:
    return json_reply(msgspec.json.encode(what))
