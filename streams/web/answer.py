"""Answers of the public page: bytes that are packed once for all readers, with a mark by which who has them is told so."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from typing import TypeVar

from starlette.requests import Request
from starlette.responses import Response

FRESH = "no-store"
"""What tells its age must not be kept by anybody: it would look younger than it is (law 12)."""

CHECKED = "no-cache"
"""May be kept, and is asked for again each time: feeds, which change now and then and tell moments, not ages."""

RETRY_S = 5

_WRITERS = ThreadPoolExecutor(4, thread_name_prefix="page")
"""Threads of the page's own. Those that Starlette gives to all applications of a process may all be waiting for a database that hangs:
the desk's questions wait there, and the page must stand (decision 21)."""

T = TypeVar("T")


async def beside(work: Callable[[], T]) -> T:
    """Make something of what is there already, beside the event loop; it must not ask the store."""
    return await asyncio.get_running_loop().run_in_executor(_WRITERS, work)


class Body:
    """Bytes of an answer, packed too, once for all readers."""

    def __init__(self, plain: bytes):
        self.plain = plain
        self.packed = gzip.compress(plain, 6, mtime=0)
        # weak, for the same mark stands for the packed bytes
        self.mark = f'W/"{sha256(plain).hexdigest()[:20]}"'


def answer(
    request: Request, body: Body, kind: str, status: int = 200, cache: str = FRESH, headers: dict[str, str] | None = None
) -> Response:
    """The answer to a request: 304 where the asker has these very bytes, packed where it can take that."""
    common = {"Cache-Control": cache, "Vary": "Accept-Encoding, Accept-Language", **(headers or {})}
    if status == 503:
        common["Retry-After"] = str(RETRY_S)
    if status == 200:
        common["ETag"] = body.mark
        if body.mark in [mark.strip() for mark in request.headers.get("if-none-match", "").split(",")]:
            return Response(status_code=304, headers=common)
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(body.packed, status, common | {"Content-Encoding": "gzip"}, kind)
    return Response(body.plain, status, common, kind)
