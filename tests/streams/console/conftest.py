"""The console over the demo city in a situation, and a real browser that is signed in."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import Engine

from streams.city.load import load_city
from streams.city.model import City
from streams.store.engine import open_store

if TYPE_CHECKING:  # Kafka is loaded in the fixtures: pytest reads this file before its list of warnings that do not count
    from playwright.sync_api import Browser, BrowserContext, BrowserType, Page

    from streams.desk.desk import Desk
    from tests.streams.console.stepping import Town
    from tests.streams.desk.town import Site

DEMO = Path(__file__).resolve().parents[3] / "config" / "cities" / "demo"
CHROMIUM = "/usr/bin/chromium"
WEBGL = ("--use-angle=swiftshader", "--enable-unsafe-swiftshader")
NO_WEBGL = ("--disable-gpu", "--disable-3d-apis")
PEOPLE_OF_ZONE = 3


@pytest.fixture(scope="session")
def city() -> City:
    return load_city(DEMO)


@pytest.fixture
def store_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'store.db'}"


@pytest.fixture
def engine(store_url: str) -> Iterator[Engine]:
    engine = open_store(store_url)
    yield engine
    engine.dispose()


@contextmanager
def launched(kind: BrowserType, *flags: str) -> Iterator[Browser]:
    """A browser of this machine that asks nobody anything by itself."""
    browser = kind.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-background-networking", *flags])
    yield browser
    browser.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser that draws maps."""
    if not os.access(CHROMIUM, os.X_OK):
        pytest.skip(f"no browser at {CHROMIUM}: apt-get install chromium fonts-noto-cjk")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright, launched(playwright.chromium, *WEBGL) as browser:
        yield browser


@pytest.fixture
def browser_without_webgl(browser: Browser) -> Iterator[Browser]:
    """A browser that can draw no map."""
    with launched(browser.browser_type, *NO_WEBGL) as other:
        yield other


@dataclass
class Running:
    """A console that answers: where, and what it stands on."""

    address: str
    city: City
    engine: Engine
    desk: Desk
    now_us: int

    def token(self, name: str, role: str = "officer") -> str:
        """The session of somebody of a role, whose account is made for it."""
        from streams.officers.sign_in import Attempt, SignedIn
        from tests.streams.officers.desk import PASSWORD, code

        self.add(name, role)
        done = self.desk.door.sign_in(Attempt(name, PASSWORD, code(self.now_us)), self.now_us)
        assert isinstance(done, SignedIn)
        return done.token

    def add(self, name: str, role: str = "officer") -> None:
        """An account; its password and the secret of its codes are those of `tests.streams.officers.desk`."""
        from streams.officers.account import Officer
        from streams.officers.roles import Role
        from streams.store.officers import add_officer
        from tests.streams.officers.desk import CHEAP, PASSWORD, SECRET, VAULT

        officer = Officer(name, name.title(), Role(role))
        add_officer(self.engine, officer, CHEAP.hash(PASSWORD), VAULT.seal(name, SECRET), self.now_us, "test")

    def enter(self, browser: Browser, name: str = "li", role: str = "officer", **more: Any) -> BrowserContext:
        """A browser's own world in which somebody is signed in; `more` as playwright has it, English and 1440 x 900 otherwise."""
        context = browser.new_context(**{"locale": "en-GB", "viewport": {"width": 1440, "height": 900}, **more})
        context.add_cookies([{"name": "lowpoint_session", "value": self.token(name, role), "url": self.address}])
        return context


MakeConsole = Callable[..., Running]


@pytest.fixture
def console(engine: Engine, store_url: str, city: City) -> Iterator[MakeConsole]:
    """Makes a console over a city in a situation (`tests.streams.web.situations`); `vendor` is the folder of the packages of others."""
    with ExitStack() as stack:

        def make(situation: str = "storm", city: City = city, vendor: Path | None = None) -> Running:
            return stack.enter_context(running(engine, store_url, city, situation, vendor))

        yield make


@pytest.fixture
def site(engine: Engine) -> Iterator[Site]:
    """Red water at P1 (Quarter 1, 2 people), orange at P0 (Quarter 0, 3 people), nothing signed."""
    from tests.streams.desk.town import Site, signed_town

    site = Site(engine, signed_town())
    site.flood(0.45, 0.7)
    yield site
    site.desk.close()


@pytest.fixture
def town(site: Site) -> Iterator[Town]:
    from tests.streams.console.stepping import stepping

    with stepping(site) as town:
        yield town


@contextmanager
def running(engine: Engine, store_url: str, city: City, situation: str, vendor: Path | None = None) -> Iterator[Running]:
    """A web process with everything, at a moment that stands still."""
    from streams.city.layers import load_layers
    from streams.console.site import Front, show
    from streams.desk.desk import Desk
    from streams.desk.writer import Writer
    from streams.officers.sign_in import Door
    from streams.settings import Settings
    from streams.web.app import make_app
    from streams.web.server import serve
    from streams.web.source import Boards
    from tests.streams.desk.town import TownLog
    from tests.streams.officers.desk import CHEAP, VAULT
    from tests.streams.web.situations import NOW_US, SITUATIONS

    SITUATIONS[situation](engine, city)
    people_of(engine, city)
    desk = Desk(city, engine, Door(engine, VAULT, CHEAP), Writer(TownLog(city, engine, lambda: NOW_US)), lambda: NOW_US)
    front = Front(make_app(city, Boards(city, store_url, lambda: NOW_US)))
    stop, ports, ready = threading.Event(), list[int](), threading.Event()

    def started(port: int) -> None:
        ports.append(port)
        ready.set()

    show(front, desk, stop, vendor or Settings().vendor, load_layers(DEMO), False)
    server = threading.Thread(target=serve, args=(front, "127.0.0.1", 0, stop, started))
    server.start()
    try:
        assert ready.wait(10)
        yield Running(f"http://127.0.0.1:{ports[0]}", city, engine, desk, NOW_US)
    finally:
        stop.set()
        server.join()
        desk.close()


def people_of(engine: Engine, city: City) -> None:
    """Some people in each zone."""
    from sqlalchemy import insert

    from streams.store.people_schema import HOMES, RESIDENTS

    homes = [{"resident": f"{zone.zone_id}-{number}", "zone": zone.zone_id} for zone in city.zones for number in range(PEOPLE_OF_ZONE)]
    with engine.begin() as connection:
        connection.execute(insert(RESIDENTS), [{"resident": home["resident"], "language": "zh"} for home in homes])
        connection.execute(insert(HOMES), homes)


@dataclass
class Watched:
    """What a page says to itself and whom it asks."""

    complaints: list[str]
    asked: list[str]


def watched(page: Page) -> Watched:
    """Listen to a page from now on."""
    heard = Watched([], [])
    page.on("console", lambda message: heard.complaints.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: heard.complaints.append(str(error)))
    page.on("request", lambda request: heard.asked.append(request.url))
    return heard


def axe(page: Page) -> list[str]:
    """What axe-core finds wrong on a page (WCAG 2.2 and its own best practices): rule and where; skipped where it is not there."""
    from streams.settings import Settings

    script = Settings().home / "node" / "node_modules" / "axe-core" / "axe.min.js"
    if not script.is_file():
        pytest.skip("axe-core is not there: ./lowpoint setup --tests")
    page.evaluate(script.read_text("utf-8"))
    found = page.evaluate("axe.run(document).then((told) => told.violations.map((rule) => [rule.id, rule.nodes.map((node) => node.html)]))")
    return [f"{rule}: {html[:200]}" for rule, places in found for html in places]
