"""Keeps one address from asking too much: guesses at the door, acts, and questions that take long. What the public reads has no limit here:
whole districts share an address behind a mobile operator, and a page is cheap."""

from __future__ import annotations

import math

import msgspec
from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from streams import clock
from streams.network import network_of
from streams.observation.moments import SECOND_US


class Rule(msgspec.Struct, frozen=True):
    """So many requests of some methods to some addresses; an empty `methods` means all."""

    name: str
    methods: frozenset[str]
    beginnings: tuple[str, ...]
    limit: RateLimitItem

    def covers(self, method: str, path: str) -> bool:
        """Whether a request counts."""
        return (not self.methods or method in self.methods) and path.startswith(self.beginnings)


POST = frozenset({"POST", "PUT", "PATCH", "DELETE"})
RULES = (
    Rule("sign in", POST, ("/console/sign-in", "/api/sign-in"), parse("30/minute")),
    Rule("what if", frozenset(), ("/api/what-if",), parse("240/minute")),
    Rule("people", frozenset(), ("/api/not-reached",), parse("60/minute")),
    Rule("acts", POST, ("/api/", "/console/"), parse("300/minute")),
    Rule("questions", frozenset(), ("/api/",), parse("3000/minute")),
)
"""A command centre of twenty people shares an address, so these are a crowd's, not a person's; a name has a lock-out of its own."""

TOLD = "too many requests of this kind from this address: wait {n} s and try again"


class Limits:
    """Middleware that answers 429 to who asks too much."""

    def __init__(self, app: ASGIApp, rules: tuple[Rule, ...] = RULES):
        self._app, self._rules = app, rules
        self._windows = MovingWindowRateLimiter(MemoryStorage())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what is within the limits."""
        wait_s = self._wait_s(scope) if scope["type"] == "http" else None
        if wait_s is None:
            await self._app(scope, receive, send)
        else:
            await JSONResponse({"detail": TOLD.format(n=wait_s)}, 429, {"Retry-After": str(wait_s)})(scope, receive, send)

    def _wait_s(self, scope: Scope) -> int | None:
        client = scope.get("client")
        address = client[0] if client else ""
        whose = network_of(address) or address  # who has a network of the newer kind has as many addresses as tries
        for rule in self._rules:
            if rule.covers(scope["method"], scope["path"]) and not self._windows.hit(rule.limit, rule.name, whose):
                free_s = self._windows.get_window_stats(rule.limit, rule.name, whose).reset_time - clock.now_us() / SECOND_US
                return max(1, math.ceil(free_s))
        return None
