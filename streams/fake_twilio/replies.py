"""The answers of the fake, and no answer."""

from __future__ import annotations

from aiohttp import web

from streams.fake_twilio.problems import body_of, status_of

JSON = {"Content-Type": "application/json"}


def json_reply(body: bytes, status: int = 200) -> web.Response:
    """An answer in JSON."""
    return web.Response(body=body, status=status, headers=JSON)


def problem(code: int, to: str = "") -> web.Response:
    """One of Twilio's errors."""
    reply = json_reply(body_of(code, to), status_of(code))
    if code == 20003:
        reply.headers["WWW-Authenticate"] = 'Basic realm="Twilio API"'
    return reply


def closed(request: web.BaseRequest) -> web.Response:
    """Close the connection; what this returns reaches nobody."""
    if request.transport:
        request.transport.close()
    return web.Response()
