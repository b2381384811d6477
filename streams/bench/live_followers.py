"""Clients of the live stream in one thread, each with a connection of its own, that note when a depth arrives."""

from __future__ import annotations

import asyncio
import threading
from contextlib import suppress
from types import TracebackType

import httpx

from streams import clock
from streams.bench.live_client import Reader, StateHeld

PATIENCE_S = 60.0
AGAIN_S = 0.2


class Followers:
    """So many clients.

    Attributes
    ----------
    seen_us
        By point and depth, when each client (by its number) had it first, by the wall clock.
    """

    def __init__(self, address: str, token: str, count: int):
        self._address, self._headers, self._count = address, {"Authorization": f"Bearer {token}"}, count
        self.held = [StateHeld() for _ in range(count)]
        self.seen_us: dict[tuple[str, float], dict[int, int]] = {}
        self._loop = asyncio.new_event_loop()
        self._following: list[asyncio.Task[None]] = []
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Followers:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._loop.call_soon_threadsafe(lambda: [task.cancel() for task in self._following])
        self._thread.join()

    @property
    def there(self) -> int:
        """How many have a state."""
        return sum(held.version > 0 for held in self.held)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._following = [self._loop.create_task(self._follow(number, held)) for number, held in enumerate(self.held)]
        self._loop.run_until_complete(asyncio.gather(*self._following, return_exceptions=True))
        self._loop.close()

    async def _follow(self, number: int, held: StateHeld) -> None:
        async with httpx.AsyncClient(timeout=PATIENCE_S) as client:
            while True:
                with suppress(httpx.HTTPError):  # as it begins, it may not be there yet
                    await self._read(client, number, held)
                await asyncio.sleep(AGAIN_S)

    async def _read(self, client: httpx.AsyncClient, number: int, held: StateHeld) -> None:
        headers = self._headers | ({"Last-Event-ID": held.last} if held.last else {})
        async with client.stream("GET", self._address, headers=headers) as answer:
            answer.raise_for_status()
            reader = Reader()
            async for line in answer.aiter_lines():
                event = reader.line(line)
                if event is not None:
                    held.take(event)
                    if event.name != "beat":
                        self._note(number, event.data["set"].get("point", {}))

    def _note(self, number: int, points: dict[str, dict[str, object]]) -> None:
        now_us = clock.now_us()
        for name, point in points.items():
            depth_m = point["depth_m"]
            if isinstance(depth_m, float):
                self.seen_us.setdefault((name, depth_m), {}).setdefault(number, now_us)
