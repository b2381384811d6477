"""Pictures in: `POST /pictures` with the key of an owner, answered when the picture would survive a power cut."""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Protocol

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from streams.gateway.body import Bodies, BodyTooLarge
from streams.gateway.buffer import Full
from streams.pictures.checks import MOST_BYTES
from streams.pictures.refused import PictureRefused, Refusal
from streams.pictures.shelf import Shelf, ShelfFull

log = logging.getLogger(__name__)

MOST_BYTES_AT_ONCE = 64 * 1024 * 1024
RETRY_S = 60
STATION = "Lowpoint-Station"
STATUS = {Refusal.TOO_LARGE: 413, Refusal.TOO_MANY_PIXELS: 413, Refusal.NOT_A_PICTURE: 415, Refusal.WRONG_KIND: 415}
"""The others are 422: it is a picture of a kind that is taken, and cannot be read."""


class Cleaner(Protocol):
    """Makes a stranger's picture harmless, apart: `streams.pictures.apart.Sheltered`."""

    def clean(self, raw: bytes) -> bytes:
        """The picture encoded anew; raises PictureRefused, and TooBusy."""

    def close(self) -> None:
        """End what does it."""


class PictureDesk:
    """Takes pictures in, those of cameras mostly: what they show is told by an observation, whose `image` is the picture's name.

    They get no row here, for the gateway has no store: a picture without a row is a camera's, and never public.
    """

    def __init__(self, shelf: Shelf, cleaner: Cleaner):
        self._shelf, self._cleaner = shelf, cleaner
        self._bodies = Bodies(MOST_BYTES_AT_ONCE, largest_bytes=MOST_BYTES)
        # threads of its own: pictures take long, and observations must not wait for them
        self._threads = ThreadPoolExecutor(4, thread_name_prefix="pictures")

    async def answer(self, request: Request, owner: str) -> Response:
        """Answer `POST /pictures` of an owner.

        Raises
        ------
        Full, TooBusy
            Where too many come at a time.
        BodyTooSlow, starlette.requests.ClientDisconnect
            Where it did not come to its end.
        """
        if self._bodies.full:
            raise Full("too many pictures at a time")
        try:
            raw = await self._bodies.read(request)
            name = await asyncio.get_running_loop().run_in_executor(self._threads, partial(self._kept, raw))
        except BodyTooLarge as error:
            return _refused(413, Refusal.TOO_LARGE, f"{error}: send it smaller")
        except PictureRefused as refused:
            log.info("a picture of %s (%s) is refused: %s", owner, _station(request), refused.reason)
            return _refused(STATUS.get(refused.reason, 422), refused.reason, refused.detail)
        except OSError as error:
            log.error("pictures cannot be kept: %s", error)
            why = "there is no room for pictures" if isinstance(error, ShelfFull) else "pictures cannot be written"
            return JSONResponse({"error": f"{why} at this time: send it again later"}, 507, {"Retry-After": str(RETRY_S)})
        return JSONResponse({"picture": name}, 201)

    def close(self) -> None:
        """End what decodes, and its threads."""
        self._cleaner.close()
        self._threads.shutdown(wait=True, cancel_futures=True)

    def _kept(self, raw: bytes) -> str:
        return self._shelf.put(self._cleaner.clean(raw))


def _refused(status: int, reason: Refusal, detail: str) -> Response:
    return JSONResponse({"error": detail, "reason": str(reason)}, status)


def _station(request: Request) -> str:
    """For the log alone, so nothing else may come into it."""
    told = request.headers.get(STATION, "")
    return told if told.isprintable() and len(told) <= 100 else "?"
