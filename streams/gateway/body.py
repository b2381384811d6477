"""Reads a request's body piece by piece, and no more of it than may be."""

from __future__ import annotations

import asyncio

from starlette.requests import Request

LARGEST_BODY_BYTES = 16 * 1024 * 1024
MOST_BYTES_AT_ONCE = 256 * 1024 * 1024
SLOWEST_S = 30.0


class BodyTooLarge(Exception):
    """More than one request may bring; `begun` is how it begins."""

    def __init__(self, begun: bytes, largest_bytes: int = LARGEST_BODY_BYTES):
        super().__init__(f"over {largest_bytes} bytes")
        self.begun = begun


class BodyTooSlow(Exception):
    """A body that does not come to its end."""


class Bodies:
    """Holds the bodies that are being read, all together, within a limit."""

    def __init__(self, most_bytes: int = MOST_BYTES_AT_ONCE, largest_bytes: int = LARGEST_BODY_BYTES):
        self._most_bytes, self._largest_bytes = most_bytes, largest_bytes
        self.bytes = 0

    @property
    def full(self) -> bool:
        """Whether so much is being read that new requests must wait."""
        return self.bytes > self._most_bytes

    async def read(self, request: Request) -> bytes:
        """Read a body.

        Raises
        ------
        BodyTooLarge
            As soon as that is known, from the header or from what came.
        BodyTooSlow
            Where it took too long.
        starlette.requests.ClientDisconnect
            Where it did not come to its end.
        """
        announced = request.headers.get("content-length", "")
        if announced.isdecimal() and int(announced) > self._largest_bytes:
            raise BodyTooLarge(b"", self._largest_bytes)
        try:
            async with asyncio.timeout(SLOWEST_S):
                return await self._read(request)
        except TimeoutError:
            raise BodyTooSlow(f"the body did not come within {SLOWEST_S:.0f} s") from None

    async def _read(self, request: Request) -> bytes:
        body = bytearray()
        try:
            async for piece in request.stream():
                body += piece
                self.bytes += len(piece)
                if len(body) > self._largest_bytes:
                    raise BodyTooLarge(bytes(body[:200]), self._largest_bytes)
            return bytes(body)
        finally:
            self.bytes -= len(body)
