"""A cable between a browser and a server, which can be cut: a browser's own "offline" leaves connections alone that are open already."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

PIECE_BYTES = 65_536


class Cable:
    """Passes on what goes to and fro, unless it is cut: then nothing arrives any more, and nobody is told."""

    def __init__(self, address: str):
        target = urlsplit(address)
        self._host, self._port = target.hostname or "", target.port or 80
        self._links: list[asyncio.StreamWriter] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._whole, self._stop = asyncio.Event(), asyncio.Event()
        self._there = threading.Event()
        self.address = ""

    @contextmanager
    def laid(self) -> Iterator[Cable]:
        """The cable while the block lasts; `address` is its near end."""
        thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name="cable")
        thread.start()
        self._there.wait()
        try:
            yield self
        finally:
            self._do(self._stop.set)
            thread.join()

    @contextmanager
    def cut(self) -> Iterator[None]:
        """Cut while the block lasts; afterwards what was open is gone, as when a network comes back."""
        self._do(self._whole.clear)
        try:
            yield
        finally:
            self._do(self._mend)

    def _mend(self) -> None:
        for link in self._links:
            link.transport.abort()
        self._links.clear()
        self._whole.set()

    def _do(self, what: Callable[[], object]) -> None:
        assert self._loop is not None
        self._loop.call_soon_threadsafe(what)

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._whole.set()
        server = await asyncio.start_server(self._link, "127.0.0.1", 0)
        self.address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        self._there.set()
        await self._stop.wait()
        server.close()
        for link in self._links:
            link.transport.abort()

    async def _link(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._links.append(writer)
        await self._whole.wait()
        far_reader, far_writer = await asyncio.open_connection(self._host, self._port)
        self._links.append(far_writer)
        await asyncio.gather(self._pass_on(reader, far_writer), self._pass_on(far_reader, writer))

    async def _pass_on(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while piece := await source.read(PIECE_BYTES):
                await self._whole.wait()
                target.write(piece)
                await target.drain()
        target.close()
