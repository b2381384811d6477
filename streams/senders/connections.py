"""Connections to a provider: one request for one call, inside a timeout, and never a word of it in a log."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import aiohttp

POST_S, CONNECT_S = 10.0, 4.0
TOO_MANY = 429
LONGEST_WAIT_S = 60.0


class Away(Exception):
    """The provider was not reached: it has nothing of it."""


class Unclear(Exception):
    """It may have taken it or not. `code` is the status of its answer, or what became of the connection."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


class Connections:
    """Connections to a provider, opened with the first call; they belong to the running event loop."""

    def __init__(self, at_once: int, post_s: float = POST_S):
        self._at_once, self._post_s = at_once, post_s
        self._session: aiohttp.ClientSession | None = None

    async def exchange(self, method: str, url: str, **options: Any) -> tuple[int, str, Any]:
        """One request: status, text and headers of the answer.

        Raises
        ------
        Away, Unclear
            Where there was no answer.
        """
        try:
            async with self._opened().request(method, url, allow_redirects=False, **options) as answer:
                return answer.status, await answer.text(errors="replace"), answer.headers
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
            raise Away from None
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            # their words may quote what was sent
            raise Unclear(type(error).__name__) from None

    async def close(self) -> None:
        """Close them."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            timeout = aiohttp.ClientTimeout(total=self._post_s, sock_connect=CONNECT_S)
            # every post that may be under way has a connection, so none waits for one and counts as slow
            connector = aiohttp.TCPConnector(limit=self._at_once + 16)
            self._session = aiohttp.ClientSession(timeout=timeout, connector=connector, trust_env=False)
        return self._session


def retry_after_s(headers: Mapping[str, str]) -> float | None:
    """How long a provider asks to be left alone, a minute at most; None where it does not say in seconds."""
    try:
        asked_s = float(headers.get("Retry-After", ""))
    except ValueError:
        return None
    return min(LONGEST_WAIT_S, asked_s) if asked_s >= 0 else None
