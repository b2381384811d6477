"""A feed behind a real server, and clients that follow it in threads of their own."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import BaseRoute

from streams import clock
from streams.bench.live_client import StateHeld, events
from streams.console.live.feed import Feed
from streams.console.live.stream import live_route
from streams.desk.caller import Caller
from streams.officers.roles import Role
from streams.web.server import serve

PATIENCE_S = 20.0


def anybody(_: Request) -> Caller | None:
    return Caller("li", "Li", Role.VIEWER, machine=False)


@contextmanager
def served(routes: list[BaseRoute], stop: threading.Event, port: int = 0) -> Iterator[str]:
    """The address of a server; it is told to stop at the end."""
    ports, ready = list[int](), threading.Event()

    def started(port: int) -> None:
        ports.append(port)
        ready.set()

    server = threading.Thread(target=serve, args=(Starlette(routes=routes), "127.0.0.1", port, stop, started))
    server.start()
    try:
        assert ready.wait(PATIENCE_S)
        yield f"http://127.0.0.1:{ports[0]}"
    finally:
        stop.set()
        server.join(PATIENCE_S)
        assert not server.is_alive()


@contextmanager
def live(feed: Feed, stop: threading.Event, who: Callable[[Request], Caller | None] = anybody, most: int = 500) -> Iterator[str]:
    """The address of a feed's stream."""
    feed.start()
    try:
        with served([live_route(feed, who, most_clients=most)], stop) as address:
            yield f"{address}/api/live"
    finally:
        stop.set()
        feed.join(PATIENCE_S)


class Listener:
    """Follows a stream until it ends or is told to leave."""

    def __init__(self, address: str, held: StateHeld | None = None, headers: dict[str, str] | None = None):
        self.held = held or StateHeld()
        self.names: list[str] = []
        self.status = 0
        self._address, self._headers = address, headers or {}
        self._changed = threading.Condition()
        self._leaving = self.ended = False
        self._socket: socket.socket | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def __enter__(self) -> Listener:
        return self

    def __exit__(self, *_: object) -> None:
        self.leave()

    def leave(self) -> None:
        """Cut the connection."""
        with self._changed:
            self._leaving = True
            if self._socket is not None and not self.ended:
                with suppress(OSError):  # the other end may be gone already
                    self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join(PATIENCE_S)
        assert not self._thread.is_alive()

    def wait(self, come: Callable[[StateHeld], Any], patience_s: float = PATIENCE_S) -> None:
        """Wait until what is held is so."""
        with self._changed:
            assert self._changed.wait_for(lambda: come(self.held), patience_s), (self.status, self.names[-5:], self.held.beat)

    def wait_for_end(self, patience_s: float = PATIENCE_S) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: self.ended, patience_s)

    def point(self, name: str) -> dict[str, Any]:
        return dict(self.held.state["point"][name])

    def _run(self) -> None:
        headers = dict(self._headers)
        if self.held.last:
            headers["Last-Event-ID"] = self.held.last
        try:
            with httpx.stream("GET", self._address, headers=headers, timeout=PATIENCE_S) as answer:
                self.status = answer.status_code
                if self.status == 200:
                    self._read(answer)
        except httpx.HTTPError:
            pass
        finally:
            with self._changed:
                self.ended = True
                self._changed.notify_all()

    def _read(self, answer: httpx.Response) -> None:
        with self._changed:
            self._socket = answer.extensions["network_stream"].get_extra_info("socket")
            if self._leaving:
                return
        for event in events(answer.iter_lines()):
            with self._changed:
                self.names.append(event.name)
                self.held.take(event)
                self._changed.notify_all()


def wait_until(come: Callable[[], bool], patience_s: float = PATIENCE_S) -> None:
    """Wait for something that nobody tells."""
    deadline_s = clock.monotonic_s() + patience_s
    while not come():
        assert clock.monotonic_s() < deadline_s, "it did not come"
        clock.sleep_s(0.01)
