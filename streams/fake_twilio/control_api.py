"""The fake's own API under /_fake/: its behaviour, its ledger, its counts, and texts from residents."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from aiohttp import web

from streams.fake_twilio.behaviour import Behaviour, BehaviourError, changed
from streams.fake_twilio.callbacks import NotNear
from streams.fake_twilio.exchange import Exchange
from streams.fake_twilio.form import Form, is_address
from streams.fake_twilio.replies import json_reply

PREFIX = "/_fake/"


class Inbound(msgspec.Struct, frozen=True, rename={"from_": "from"}, forbid_unknown_fields=True):
    """A text from a resident, and pictures with it; with the sid of an earlier one it is the same again."""

    from_: str
    to: str
    body: str
    url: str
    sid: str = ""
    media: list[bytes] = []


class ControlApi:
    """Answers what tests and benchmarks ask. There is no key to it: the fake listens to this machine alone."""

    def __init__(self, exchange: Exchange):
        self._exchange = exchange
        self._ways: dict[tuple[str, str], Callable[[web.BaseRequest, str], Awaitable[web.Response]]] = {
            ("GET", "behaviour"): self._behaviour,
            ("POST", "behaviour"): self._change,
            ("PUT", "behaviour"): self._replace,
            ("GET", "ledger"): self._ledger,
            ("GET", "stats"): self._stats,
            ("POST", "inbound"): self._inbound,
        }

    async def answer(self, request: web.BaseRequest, path: str, query: str) -> web.Response:
        """Answer a request."""
        way = self._ways.get((request.method, path.removeprefix(PREFIX)))
        if way is None:
            return _wrong("there is no such thing: see streams/fake_twilio/control_api.py", 404)
        try:
            return await way(request, query)
        except (BehaviourError, msgspec.MsgspecError) as error:
            return _wrong(str(error))

    async def _behaviour(self, request: web.BaseRequest, query: str) -> web.Response:
        return _said(self._exchange.behaviour)

    async def _change(self, request: web.BaseRequest, query: str) -> web.Response:
        changes = msgspec.json.decode(await request.read(), type=dict[str, Any])
        self._exchange.chance.change(changed(self._exchange.behaviour, changes), set(changes))
        return _said(self._exchange.behaviour)

    async def _replace(self, request: web.BaseRequest, query: str) -> web.Response:
        behaviour = msgspec.json.decode(await request.read(), type=Behaviour)
        self._exchange.chance.change(behaviour, set(Behaviour.__struct_fields__))
        return _said(behaviour)

    async def _ledger(self, request: web.BaseRequest, query: str) -> web.Response:
        since = Form(query).get("since") or "0"
        if not (since.isascii() and since.isdecimal()):
            return _wrong("since is no number")
        return _said(self._exchange.ledger.since(int(since)))

    async def _stats(self, request: web.BaseRequest, query: str) -> web.Response:
        return _said(self._exchange.stats())

    async def _inbound(self, request: web.BaseRequest, query: str) -> web.Response:
        text = msgspec.json.decode(await request.read(), type=Inbound)
        if not is_address(text.url):
            return _wrong("url is no address that could be posted to")
        try:
            sid, status, answer = await self._exchange.receive(text.from_, text.to, text.body, text.url, text.sid, text.media)
        except NotNear as error:
            return _wrong(str(error))
        except OSError as error:
            return _wrong(f"the webhook did not answer: {type(error).__name__}", 502)
        return _said({"sid": sid, "status": status, "answer": answer.decode("utf-8", "replace")})


def _said(what: Any) -> web.Response:
    return json_reply(msgspec.json.encode(what))


def _wrong(why: str, status: int = 400) -> web.Response:
    return json_reply(msgspec.json.encode({"error": why}), status)
