"""Runs the web application until told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Callable, Iterator

import uvicorn
from starlette.types import ASGIApp

REQUESTS_END_S = 5


class WebFailed(RuntimeError):
    """A web server that cannot start; the message says what to do."""


class _Server(uvicorn.Server):
    """One that says when it answers, and stops when an event is set: signals are the command line's business."""

    def __init__(self, config: uvicorn.Config, stop: threading.Event, started: Callable[[], None]):
        super().__init__(config)
        self._stop, self._started = stop, started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._started()

    async def on_tick(self, counter: int) -> bool:
        return await super().on_tick(counter) or self._stop.is_set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def serve(app: ASGIApp, host: str, port: int, stop: threading.Event, started: Callable[[int], None]) -> None:
    """Serve until told to stop; `started` is told the port as soon as it answers.

    Raises
    ------
    WebFailed
        Where nobody can listen there.
    """
    listening = _bound(host, port)
    found = int(listening.getsockname()[1])
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        lifespan="off",
        ws="none",
        server_header=False,
        timeout_graceful_shutdown=REQUESTS_END_S,
    )
    try:
        asyncio.run(_Server(config, stop, lambda: started(found)).serve([listening]))
    finally:
        listening.close()


def _bound(host: str, port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise WebFailed(f"cannot listen on {host}:{port} ({error.strerror}): choose another --host or --port") from None
    return listening
