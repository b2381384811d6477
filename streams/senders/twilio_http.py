"""Carries Twilio's client over our own connections: one post for one call, inside a timeout, and not a word of it in a log.

Twilio's own asynchronous client ignores its timeout, posts again where it is told to retry, and logs what it sends with the numbers in it.
"""

from __future__ import annotations

import base64
import logging

from twilio.http import AsyncHttpClient
from twilio.http.response import Response

from streams.senders.connections import TOO_MANY, Connections, Unclear, retry_after_s


class TooFast(Exception):
    """It took nothing and wants to be left alone for a while."""

    def __init__(self, retry_after_s: float | None):
        super().__init__("429")
        self.retry_after_s = retry_after_s


class TwilioHttp(AsyncHttpClient):  # type: ignore[misc]
    """What Twilio's client sends by."""

    def __init__(self, connections: Connections):
        super().__init__(logging.getLogger("twilio.silent"), is_async=True)
        self._connections = connections

    async def request(
        self,
        method: str,
        url: str,
        params: dict[str, object] | None = None,
        data: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Response:
        """Send one request, once.

        Raises
        ------
        Away, Unclear, TooFast
            Instead of an answer; an answer that refuses is returned as it is.
        """
        signed = {**(headers or {}), **({"Authorization": _basic(*auth)} if auth else {})}
        given = {name: value for name, value in {"params": params, "data": data}.items() if value}
        status, text, answered = await self._connections.exchange(method.upper(), url, headers=signed, **given)
        if status == TOO_MANY:
            raise TooFast(retry_after_s(answered))
        if status >= 500:
            raise Unclear(str(status))
        return Response(status, text, answered)


def _basic(account: str, token: str) -> str:
    return "Basic " + base64.b64encode(f"{account}:{token}".encode()).decode("ascii")
