"""Posts over one kept connection, in HTTP/1.1 and nothing more: lean, as several go out for every message that comes in."""

from __future__ import annotations

import asyncio

IDLE_S = 1.0
"""A connection unused for longer is not used again: its other end may just be closing it."""
LONGEST_HEAD = 64 * 1024


class WireError(OSError):
    """An answer that is none, or a connection that ended before one."""


class Wire:
    """A connection to one host and port, opened when it is needed. One post at a time."""

    def __init__(self, host: str, port: int):
        self._host, self._port = host, port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._used_s = 0.0

    async def post(self, request: bytes) -> tuple[int, bytes]:
        """Send a whole request; the status and the body of its answer.

        Raises
        ------
        OSError
            Where no answer came.
        """
        try:
            reader, writer = await self._open()
            writer.write(request)
            status, body, keep = await _answer(reader)
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError, IndexError) as error:
            self.close()
            raise WireError(f"no answer: {type(error).__name__}") from None
        except BaseException:  # cancelled by its deadline: what still comes must not be taken for the next answer
            self.close()
            raise
        self._used_s = asyncio.get_running_loop().time()
        if not keep:
            self.close()
        return status, body

    def close(self) -> None:
        """Close the connection."""
        if self._streams:
            self._streams[1].close()
            self._streams = None

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._streams and (self._streams[0].at_eof() or asyncio.get_running_loop().time() - self._used_s > IDLE_S):
            self.close()
        if not self._streams:
            self._streams = await asyncio.open_connection(self._host, self._port, limit=LONGEST_HEAD)
        return self._streams


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bytes, bool]:
    """Status, body, and whether the connection lives on."""
    lines = (await reader.readuntil(b"\r\n\r\n")).split(b"\r\n")
    status = int(lines[0].split(b" ", 2)[1])
    fields = {name.lower(): value.strip().lower() for name, _, value in (line.partition(b":") for line in lines[1:] if line)}
    keep = fields.get(b"connection") != b"close" and lines[0].startswith(b"HTTP/1.1")
    if status in (204, 304):
        return status, b"", keep
    if b"chunked" in fields.get(b"transfer-encoding", b""):
        return status, await _chunks(reader), keep
    if b"content-length" in fields:
        return status, await reader.readexactly(int(fields[b"content-length"])), keep
    return status, await reader.read(), False


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    body = b""
    while size := int((await reader.readuntil(b"\r\n")).split(b";")[0], 16):
        body += (await reader.readexactly(size + 2))[:-2]
    while await reader.readuntil(b"\r\n") != b"\r\n":
        pass  # trailers
    return body
