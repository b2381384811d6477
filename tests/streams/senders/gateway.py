"""A gateway in the manner of mainland providers: it answers every post with 200 and a code, and knows of no text afterwards."""

from __future__ import annotations

import asyncio
import threading
from types import TracebackType
from typing import Any, Self

from aiohttp import web


class Gateway:
    """`with Gateway() as gateway: gateway.url`; `answer` is what it says, None hangs up."""

    def __init__(self) -> None:
        self.posts: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.status = 200
        self.answer: Any = {"code": 0, "data": {"msgid": "m1"}}
        self.answer_headers: dict[str, str] = {}
        self.url = ""
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._serve(),))

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()
        self._loop.close()

    async def _serve(self) -> None:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._take)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        self._ready.set()
        await self._stop.wait()
        await runner.cleanup()

    async def _take(self, request: web.Request) -> web.StreamResponse:
        body = await (request.json() if request.content_type == "application/json" else request.post())
        self.posts.append({"path": request.path, **body})
        self.headers.append(dict(request.headers))
        if self.answer is None:
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        if isinstance(self.answer, str):
            return web.Response(text=self.answer, status=self.status, headers=self.answer_headers)
        return web.json_response(self.answer, status=self.status, headers=self.answer_headers)
