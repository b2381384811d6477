"""A page that takes reports of the demo city, without a network or served for a browser, and who writes to it."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from html import unescape
from pathlib import Path
from typing import Any

import httpx
from starlette.types import ASGIApp

from streams.city.model import City
from streams.reports.reports import Reports
from streams.web.app import make_app
from streams.web.server import serve
from streams.web.source import Boards
from tests.streams.reports.office import Clock, office

OURS = {"Sec-Fetch-Site": "same-origin"}


class Writer:
    """Fills in the form as a browser of one address does; keeps its cookies."""

    def __init__(self, app: ASGIApp, reports: Reports, address: str = "192.0.2.7"):
        self.app, self._address = app, address
        self.reports = reports
        self.cookies: dict[str, str] = {}

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, client=(self._address, 1))
            async with httpx.AsyncClient(transport=transport, base_url="http://page", cookies=self.cookies) as client:
                answer = await client.request(method, path, **more)
                self.cookies |= {cookie.name: cookie.value or "" for cookie in answer.cookies.jar}
                return answer

        return asyncio.run(ask())

    def get(self, path: str = "/report?lang=en") -> httpx.Response:
        return self.ask("GET", path)

    def card(self, path: str = "/report?lang=en") -> str:
        """The card of a page."""
        return card_of(self.get(path))

    def send(
        self, card: str | None = None, picture: bytes | None = None, headers: Mapping[str, str] = OURS, **fields: str
    ) -> httpx.Response:
        """Send the form, as a browser without a script does."""
        told = {"card": card or self.card(), "point": "LP07", "depth": "knee", "ago": "0"} | fields
        files = {"picture": ("IMG 1.jpg", picture or b"", "image/jpeg")}
        return self.ask("POST", "/report?lang=en", data=told, files=files, headers=dict(headers))

    def send_by_script(self, card: str | None = None, **fields: str) -> httpx.Response:
        """Send the form as the page's script does."""
        told = {"card": card or self.card(), "point": "LP07", "depth": "knee", "ago": "0"} | fields
        return self.ask("POST", "/report?lang=en", data=told, headers={**OURS, "Accept": "application/json"})

    def patch(self, card: str, offset: int, piece: bytes, **headers: str) -> httpx.Response:
        """Send a piece of a picture."""
        told = {**OURS, "Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream", **headers}
        return self.ask("PATCH", f"/report/upload/{card}", content=piece, headers=told)

    def offset(self, card: str) -> int:
        """How much of a picture has come."""
        return int(self.ask("HEAD", f"/report/upload/{card}").headers["upload-offset"])


def card_of(answer: httpx.Response) -> str:
    found = re.search(r'name="card" value="([^"]+)"', answer.text)
    assert found is not None, answer.text[:500]
    return unescape(found[1])


def code_of(answer: httpx.Response) -> str:
    """The code of a report that was taken."""
    assert 303 == answer.status_code, answer.text[:2000]
    found = re.search(r"code=([A-Z0-9]{5}-[A-Z0-9]{5})", answer.headers["location"])
    assert found is not None
    return found[1]


@contextmanager
def writing_to(city: City, url: str, folder: Path, clock: Callable[[], int] | None = None, **changes: Any) -> Iterator[Writer]:
    """Somebody who writes to a page that takes reports."""
    clock = clock or Clock()
    reports, boards = office(url, folder, clock, city, **changes), Boards(city, url, clock)
    try:
        yield Writer(make_app(city, boards, None, reports), reports)
    finally:
        reports.close()
        boards.close()


@contextmanager
def served(app: ASGIApp, port: int = 0) -> Iterator[int]:
    """A real server; its port."""
    stop, ports, ready = threading.Event(), list[int](), threading.Event()

    def started(found: int) -> None:
        ports.append(found)
        ready.set()

    server = threading.Thread(target=serve, args=(app, "127.0.0.1", port, stop, started))
    server.start()
    try:
        assert ready.wait(10)
        yield ports[0]
    finally:
        stop.set()
        server.join()
