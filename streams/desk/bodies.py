"""Refuses a body that says it is too large before anything of it is read, in the form that all problems have."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

LARGEST_BODY_BYTES = 256 * 1024
TOO_LARGE = "the body is too large: send less at a time, 256 KiB at most"


class SmallBodies:
    """Wraps the API. A body that does not say how long it is is cut off by the API itself; a length it would answer in plain text."""

    def __init__(self, app: ASGIApp):
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what is small enough."""
        announced = Headers(scope=scope).get("content-length", "") if scope["type"] == "http" else ""
        if announced.isdecimal() and int(announced[:20]) > LARGEST_BODY_BYTES:
            await JSONResponse({"detail": TOO_LARGE}, 413)(scope, receive, send)
        else:
            await self._app(scope, receive, send)
