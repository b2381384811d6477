"""Wires the one web process: the public page, and beside it the desk and its console. The one place that picks the real parts."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from streams.city.layers import Layers, load_layers
from streams.city.load import load_city
from streams.console.app import Console, make_console
from streams.console.limits import Limits
from streams.console.live.feed import Feed
from streams.console.live.stream import live_route
from streams.console.live.watch import OpenedOnce
from streams.desk.app import make_app as make_desk
from streams.desk.caller import Caller, person_of
from streams.desk.desk import Desk
from streams.desk.headers import STRICT
from streams.desk.service import DeskOptions, at_desk
from streams.officers.session import COOKIE
from streams.officers.vault import open_vault
from streams.pictures.public import open_copies
from streams.reports.service import open_reports
from streams.store.engine import check_address
from streams.store.patience import StoppedWaiting
from streams.subscribers.subscribers import open_subscribers
from streams.web.app import make_app as make_public
from streams.web.headers import StrictHeaders
from streams.web.source import Boards

log = logging.getLogger(__name__)


LIVE = "/api/live"
OF_DESK = ("/api/", "/openapi.json", "/metrics")
OF_CONSOLE = ("/console",)
AWAY = "The database does not answer yet: the console is not there. The public page is.\n数据库尚无应答，控制台暂不可用；公众页面可用。\n"
RETRY_AFTER_S = 5


class SiteOptions(msgspec.Struct, frozen=True):
    """What a web process is told; without a broker it serves the public page alone.

    Attributes
    ----------
    key
        File of the key that seals the officers' second factors.
    vendor
        Folder of the packages of others.
    public_url
        Where people reach it: with https the cookies travel by nothing else.
    residents_key
        File of the key that seals residents' numbers: with it the page takes subscriptions, and officers can open addresses.
    cache
        File in which the page keeps its last edition, for a start while the store is away.
    pictures
        Folder of pictures: with it the page takes citizens' reports, and officers see their pictures.
    """

    city: Path
    store: str
    broker: str | None = None
    prefix: str = "lowpoint"
    key: Path | None = None
    vendor: Path = Path()
    public_url: str = ""
    residents_key: Path | None = None
    cache: Path | None = None
    pictures: Path | None = None


class Front:
    """Gives every request to the application that answers its address; whatever belongs to none is the public page's.

    Attributes
    ----------
    desk, live, console
        None until the store has answered for the first time: the public page does not wait for that.
    """

    def __init__(self, public: ASGIApp):
        self._public = public
        self.desk: ASGIApp | None = None
        self.live: ASGIApp | None = None
        self.console: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on."""
        path = scope.get("path", "")
        if path == LIVE:
            await (self.live or _away)(scope, receive, send)
        elif path.startswith(OF_DESK):
            await (self.desk or _away)(scope, receive, send)
        elif path.startswith(OF_CONSOLE):
            await (self.console or _away)(scope, receive, send)
        else:
            await self._public(scope, receive, send)


@contextmanager
def opened_site(options: SiteOptions, stop: threading.Event) -> Iterator[ASGIApp]:
    """The whole site, and its connections while it is open.

    Raises
    ------
    CityError, StoreError, VaultError, PeopleVaultError, ReportsKeyError
        Where the city, the address of the store or a key cannot be used; a key that opens none of the store's accounts is found out
        when the store is there, and ends the site too.
    """
    check_address(options.store)
    city = load_city(options.city)
    with ExitStack() as stack:
        subscribers = reports = copies = None
        if options.residents_key is not None:
            subscribers = open_subscribers(city, options.store, options.residents_key, options.public_url)
            stack.callback(subscribers.close)
        if options.pictures is not None:
            reports = open_reports(city, options.store, options.pictures, options.public_url)
            stack.callback(reports.close)
            copies = open_copies(reports.shelf)
            stack.callback(copies.close)
        boards = Boards(city, options.store, cache=options.cache)
        yield stack.enter_context(_behind(options, stop, make_public(city, boards, subscribers, reports, copies)))


@contextmanager
def _behind(options: SiteOptions, stop: threading.Event, public: ASGIApp) -> Iterator[ASGIApp]:
    """What stands behind the public page, where there is a broker."""
    if options.broker is None:
        yield public
        return
    open_vault(options.key)
    front = Front(public)
    back = _Back(options, front, stop)
    back.start()
    try:
        yield front
    finally:
        stop.set()
        back.join()
    if back.failure is not None:
        raise back.failure


class _Back(threading.Thread):
    """Opens the desk and the console behind the front as soon as the store is there, and closes them when told to stop."""

    def __init__(self, options: SiteOptions, front: Front, stop: threading.Event):
        super().__init__(name="desk")
        self._options, self._front, self._stop_told = options, front, stop
        self.failure: Exception | None = None

    def run(self) -> None:
        options = self._options
        broker, pictures = str(options.broker), options.pictures
        told = DeskOptions(options.city, options.store, broker, options.key, options.prefix, options.residents_key, pictures)
        try:
            with at_desk(told, self._stop_told) as desk:
                feed = self._show(desk)
                self._stop_told.wait()
                feed.join()  # before the store is closed below it
        except StoppedWaiting:
            pass
        except Exception as failure:
            # what cannot be mended by waiting: whoever started the process is told when it ends
            self.failure = failure
            self._stop_told.set()

    def _show(self, desk: Desk) -> Feed:
        secure = self._options.public_url.startswith("https:")
        layers = load_layers(self._options.city)
        feed = show(self._front, desk, self._stop_told, self._options.vendor, layers, secure)
        log.info("the console is there")
        return feed


def show(front: Front, desk: Desk, stop: threading.Event, vendor: Path, layers: Layers, secure: bool) -> Feed:
    """Put desk, live stream and console behind the front; `stop` ends the stream, whose feed is to be joined before the store is closed."""
    # connections of its own: those of the desk may all be taken by questions that take long, and every screen would look as if the store
    # were away
    opened = OpenedOnce(desk.engine.url.render_as_string(hide_password=False))
    feed = Feed(desk.city, opened, stop, desk.now_us, opened.close)
    feed.start()
    front.live = StrictHeaders(Starlette(routes=[live_route(feed, lambda request: _follower(desk, request), LIVE)]), STRICT)
    front.console = Limits(make_console(Console(desk, vendor, layers, secure), layers.basemap.origin))
    front.desk = Limits(make_desk(desk))
    return feed


def _follower(desk: Desk, request: Request) -> Caller | None:
    """Who follows the stream: that is what a page does by itself, and it keeps no session alive."""
    kind, _, bearer = request.headers.get("authorization", "").partition(" ")
    token = bearer.strip() if kind.lower() == "bearer" else request.cookies.get(COOKIE, "")
    return person_of(desk, token, active=False) if token else None


async def _away(scope: Scope, receive: Receive, send: Send) -> None:
    # a browser that waits before it comes back by itself
    headers = {"Retry-After": str(RETRY_AFTER_S), "Refresh": str(RETRY_AFTER_S), "Cache-Control": "no-store"}
    await PlainTextResponse(AWAY, 503, headers)(scope, receive, send)
