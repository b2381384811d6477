"""Where the picture of a card comes in pieces: a line that breaks loses the piece that was on its way, and no more.

As in the tus protocol the browser asks with HEAD how much has come (`Upload-Offset`), and sends the rest from there with PATCH; what came
of a piece before its line broke counts. DELETE begins anew, for another picture. 429 and 503 say that it is to be sent again later, 507
that there is no room for pictures: words go through all the same.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response

from streams.reports.reports import CardRefused, Reports
from streams.reports.uploads import LARGEST_BYTES, NoRoom, WrongOffset
from streams.web.forms import is_ours
from streams.web.report_bodies import Bodies
from streams.web.report_form import FormRefused, on_disk, pieces
from streams.web.report_room import Room, Whose

log = logging.getLogger(__name__)

OFFSET = "Upload-Offset"
KIND = "application/offset+octet-stream"
WRITTEN_BYTES = 64 * 1024
RETRY_S = "5"


class _OverShare(Exception):
    """An address has as much on its way, or has sent as much, as it may."""


class Upload:
    """Answers requests for pictures on their way."""

    def __init__(self, reports: Reports):
        self._reports = reports
        self._bodies, self._room = Bodies(), Room(reports)

    async def answer(self, request: Request) -> Response:
        """Answer HEAD, PATCH and DELETE of `/report/upload/CARD`: 410 for a card that is over, 404 for one that we never made."""
        try:
            slot = self._reports.slot(request.path_params["card"])
        except CardRefused as refused:
            return _told(410 if refused.why == "over" else 404)
        ways: dict[str, Callable[[Request, str], Awaitable[Response]]] = {"PATCH": self._patch, "DELETE": self._delete}
        try:
            return await ways.get(request.method, self._head)(request, slot)
        except OSError as error:
            log.warning("a picture does not come in: %s", type(error).__name__)
            return _told(503)

    async def _head(self, _: Request, slot: str) -> Response:
        offset = await on_disk(lambda: self._reports.uploads.offset(slot))
        return _told(200, offset)

    async def _delete(self, request: Request, slot: str) -> Response:
        if not is_ours(request, self._reports.public_url):
            return _told(403)
        await on_disk(lambda: self._reports.uploads.drop(slot))
        return _told(204, 0)

    async def _patch(self, request: Request, slot: str) -> Response:
        if not is_ours(request, self._reports.public_url):
            return _told(403)
        offset, length = _number(request, OFFSET), _number(request, "content-length")
        if offset is None or not request.headers.get("content-type", "").startswith(KIND):
            return _told(400)
        if offset + (length or 0) > LARGEST_BYTES:
            return _told(413)
        host = request.client.host if request.client else ""
        whose = Whose("", self._reports.address(host), self._reports.source(host))
        if not self._reports.limits.may_upload(whose.address, 0):
            return _told(429)
        with self._bodies.one(whose.address, whose.network) as may_come:
            if not may_come:
                return _told(503)
            if not await on_disk(self._room.is_left):
                return _told(507)
            return await self._written(request, slot, offset, whose)

    def _append(self, slot: str, at: int, piece: bytes, whose: Whose) -> int:
        """Write a piece that its address may have; bytes are counted as they come, whatever length was told."""
        if not self._room.may_grow(slot, whose, at + len(piece), len(piece)):
            raise _OverShare
        return self._reports.uploads.append(slot, at, piece)

    async def _written(self, request: Request, slot: str, offset: int, whose: Whose) -> Response:
        """Write what comes; where the line breaks, what came before that is there."""
        kept = bytearray()

        async def write(at: int) -> int:
            piece = bytes(kept)
            kept.clear()
            return await on_disk(lambda: self._append(slot, at, piece, whose)) if piece else at

        try:
            try:
                async for piece in pieces(request):
                    kept += piece
                    if len(kept) >= WRITTEN_BYTES:
                        offset = await write(offset)
            finally:
                offset = await write(offset)
        except WrongOffset as wrong:
            return _told(409, wrong.offset)
        except _OverShare:
            return _told(429, offset)
        except NoRoom as none:
            return _told(413 if none.too_large else 507)
        except FormRefused as refused:
            return _told(refused.status, offset)
        return _told(204, offset)


def _number(request: Request, name: str) -> int | None:
    text = request.headers.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else None


def _told(status: int, offset: int | None = None) -> Response:
    headers = {"Cache-Control": "no-store"}
    if offset is not None:
        headers[OFFSET] = str(offset)
    if status in (429, 503, 507):
        headers["Retry-After"] = RETRY_S
    return Response(status_code=status, headers=headers)
