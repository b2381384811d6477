"""The readers of `streams.bench.readers`: a process of its own, which writes what it found to standard output as JSON."""

from __future__ import annotations

import asyncio
import gc
import random
import sys

import msgspec

from streams import clock

ANSWER_S = 30.0
AT_ONCE = 200
"""Connections that are opened at once: a listening socket has a queue, and that is not what is measured."""


class Found(msgspec.Struct, frozen=True):
    """What the readers found; an answer's time counts from its request, or from when that was due."""

    took_s: float
    errors: int
    bytes_each: int
    answer_ms: list[float]


class Reader:
    """One connection that stays open."""

    def __init__(self, port: int, path: str):
        self._port = port
        self._request = (
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept-Encoding: gzip\r\nAccept-Language: zh-CN,zh;q=0.9\r\n\r\n".encode()
        )
        self.size = 0

    async def connect(self) -> None:
        """Open it."""
        self._in, self._out = await asyncio.open_connection("127.0.0.1", self._port)

    async def read(self) -> bool:
        """Ask for the page once; whether it came whole."""
        self._out.write(self._request)
        head = (await self._in.readuntil(b"\r\n\r\n")).lower()
        self.size = int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0])
        body = await self._in.readexactly(self.size)
        return head.startswith(b"http/1.1 200 ") and len(body) == self.size

    def close(self) -> None:
        """Hang up."""
        self._out.close()


async def read_all(port: int, path: str, count: int, seconds: float, every_s: float) -> Found:
    """Read for so long by so many connections."""
    readers = [Reader(port, path) for _ in range(count)]
    for begin in range(0, count, AT_ONCE):
        await asyncio.gather(*(reader.connect() for reader in readers[begin : begin + AT_ONCE]))
    answer_ms: list[float] = []
    errors = 0
    gc.freeze()
    begun_s = clock.monotonic_s()
    until_s = begun_s + seconds

    async def one(reader: Reader) -> None:
        nonlocal errors
        due_s = begun_s + random.random() * every_s
        while due_s < until_s:
            await asyncio.sleep(max(0.0, due_s - clock.monotonic_s()))
            try:
                async with asyncio.timeout(ANSWER_S):
                    whole = await reader.read()
            except (OSError, EOFError, ValueError, TimeoutError, asyncio.LimitOverrunError):
                errors += 1
                return
            now_s = clock.monotonic_s()
            errors += not whole
            answer_ms.append(1000 * (now_s - due_s))
            due_s = due_s + every_s if every_s else now_s

    await asyncio.gather(*(one(reader) for reader in readers))
    took_s = clock.monotonic_s() - begun_s
    for reader in readers:
        reader.close()
    return Found(took_s, errors, readers[0].size if readers else 0, answer_ms)


def main(arguments: list[str]) -> None:
    """Read as told: port, path, readers, seconds, seconds between two requests of one reader (0: at once)."""
    port, path, count, seconds, every_s = arguments
    found = asyncio.run(read_all(int(port), path, int(count), float(seconds), float(every_s)))
    sys.stdout.buffer.write(msgspec.json.encode(found))


if __name__ == "__main__":
    main(sys.argv[1:])
