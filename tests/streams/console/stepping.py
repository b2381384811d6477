"""A console over a small town whose log is the real step: what is signed in a browser really goes out."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from httpx import Response

from streams.officers.roles import Role
from streams.officers.session import COOKIE
from tests.streams.console.conftest import DEMO
from tests.streams.desk.town import Client, Site

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


def elsewhere(ask: Callable[[], Response]) -> Response:
    """Have somebody ask the desk who sits at no browser here: playwright's own loop runs in this thread, and there can be no other."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(ask).result()


class Town:
    """A site of the desk's tests behind a real server."""

    def __init__(self, site: Site, address: str):
        self.site, self.address = site, address

    def page(self, browser: Browser, client: Client, path: str, **look: Any) -> Page:
        """A page of somebody who is signed in, in a browser context of their own."""
        context = browser.new_context(**{"locale": "en-GB", "viewport": {"width": 1280, "height": 900}, **look})
        token = client.headers["Authorization"].removeprefix("Bearer ")
        host = urlsplit(self.address).hostname or ""
        context.add_cookies([{"name": COOKIE, "value": token, "domain": host, "path": "/"}])
        page = context.new_page()
        page.goto(f"{self.address}/console/{path}")
        return page

    def enter(self, browser: Browser, name: str, path: str, role: Role = Role.OFFICER, **look: Any) -> Page:
        """The same for somebody whose account is made now."""
        return self.page(browser, self.site.person(name, role), path, **look)


@contextmanager
def stepping(site: Site) -> Iterator[Town]:
    """The whole web process over a site: public page, desk, live stream and console."""
    from streams.city.layers import load_layers
    from streams.console.site import Front, show
    from streams.web.app import make_app
    from streams.web.server import serve
    from streams.web.source import Boards

    url = site.engine.url.render_as_string(hide_password=False)
    front = Front(make_app(site.city, Boards(site.city, url, lambda: site.now_us)))
    stop, ready, ports = threading.Event(), threading.Event(), list[int]()

    def started(port: int) -> None:
        ports.append(port)
        ready.set()

    # its roads are elsewhere, which no page minds; no packages of others, so that every page stands without them
    show(front, site.desk, stop, DEMO / "none", load_layers(DEMO), False)
    server = threading.Thread(target=serve, args=(front, "127.0.0.1", 0, stop, started))
    server.start()
    try:
        assert ready.wait(10)
        yield Town(site, f"http://127.0.0.1:{ports[0]}")
    finally:
        stop.set()
        server.join()
