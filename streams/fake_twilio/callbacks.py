"""Posts webhooks over a bounded number of connections: signed, never retried (Twilio does not either), always counted."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from urllib.parse import SplitResult, urlencode, urlsplit

from streams.fake_twilio.counts import Counts
from streams.fake_twilio.signature import HEADER, signature
from streams.fake_twilio.wire import Wire

CONNECTIONS = 32
PATIENCE_S = 15.0
NEAR = ("127.0.0.1", "localhost", "::1")


class NotNear(ValueError):
    """An address that is not plain HTTP on this machine: what a fake tells stays here."""


class Callbacks:
    """What waits to be posted, and the workers that post it. Begin and close it inside an event loop."""

    def __init__(self, token: str, counts: Counts, connections: int = CONNECTIONS):
        self._token, self._counts = token, counts
        self._lanes: list[asyncio.Queue[tuple[str, Mapping[str, str], str]]] = [asyncio.Queue() for _ in range(connections)]
        self._workers: list[asyncio.Task[None]] = []

    def begin(self) -> None:
        """Start the workers."""
        self._workers = [asyncio.create_task(self._work(lane)) for lane in self._lanes]

    async def close(self) -> None:
        """Stop; what is not out yet never comes."""
        for worker in self._workers:
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)

    def post(self, address: str, told: Mapping[str, str], origin: str, lane: int) -> None:
        """Post as soon as the lane is free.

        Parameters
        ----------
        origin
            Stands in for the host of the address, if it is not empty.
        lane
            Posts of one lane go out one after the other, those of several at the same time.
        """
        self._counts.stats.callbacks.waiting += 1
        self._lanes[lane % len(self._lanes)].put_nowait((address, told, origin))

    async def post_now(self, address: str, told: Mapping[str, str], origin: str) -> tuple[int, bytes]:
        """Post at once, on a connection of its own, and wait for the answer: its status and body."""
        wires: dict[tuple[str, int], Wire] = {}
        try:
            return await self._post(wires, address, told, origin)
        finally:
            _close(wires)

    async def _work(self, lane: asyncio.Queue[tuple[str, Mapping[str, str], str]]) -> None:
        wires: dict[tuple[str, int], Wire] = {}
        try:
            while True:
                await self._post_counted(wires, *await lane.get())
        finally:
            _close(wires)

    async def _post_counted(self, wires: dict[tuple[str, int], Wire], address: str, told: Mapping[str, str], origin: str) -> None:
        counts = self._counts.stats.callbacks
        try:
            status, _ = await self._post(wires, address, told, origin)
        except (OSError, NotNear) as error:  # a deadline is an OSError too
            self._counts.callback_failed(type(error).__name__)
        else:
            if 200 <= status < 300:
                counts.sent += 1
            else:
                self._counts.callback_failed(f"status {status}")
        finally:
            counts.waiting -= 1

    async def _post(self, wires: dict[tuple[str, int], Wire], address: str, told: Mapping[str, str], origin: str) -> tuple[int, bytes]:
        target = target_of(address, origin)
        place = target.hostname or "", target.port or 80
        wire = wires.get(place) or wires.setdefault(place, Wire(*place))
        request = request_of(target, urlsplit(address).netloc, urlencode(told), signature(self._token, address, told))
        async with asyncio.timeout(PATIENCE_S):
            return await wire.post(request)


def target_of(address: str, origin: str) -> SplitResult:
    """Where a webhook for an address is really posted.

    Raises
    ------
    NotNear
        Where that is not this machine.
    """
    parts = urlsplit(address)
    if origin:
        near = urlsplit(origin)
        parts = parts._replace(scheme=near.scheme, netloc=near.netloc)
    if parts.hostname not in NEAR or parts.scheme != "http":
        raise NotNear("the fake posts to this machine alone: name the real receiver as callback_origin, http://127.0.0.1:PORT")
    return parts


def request_of(target: SplitResult, known_as: str, body: str, signed: str) -> bytes:
    """The whole request; `known_as` is the host that its receiver is known by."""
    path = (target.path or "/") + (f"?{target.query}" if target.query else "")
    head = (
        f"POST {path} HTTP/1.1\r\n"
        f"Host: {known_as.rpartition('@')[2]}\r\n"
        "User-Agent: TwilioProxy/1.1\r\n"
        "Content-Type: application/x-www-form-urlencoded; charset=UTF-8\r\n"
        f"Content-Length: {len(body)}\r\n"
        f"{HEADER}: {signed}\r\n\r\n"
    )
    return (head + body).encode("utf-8")


def _close(wires: Mapping[tuple[str, int], Wire]) -> None:
    for wire in wires.values():
        wire.close()
