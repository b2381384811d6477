"""The demo city, a store, and the page over it at a moment that stands still."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from sqlalchemy import Engine
from starlette.types import ASGIApp

from streams.city.load import load_city
from streams.city.model import City
from streams.store.engine import open_store
from streams.web.app import make_app
from streams.web.source import Boards
from tests.streams.web.browsing import chromium
from tests.streams.web.situations import NOW_US, SITUATIONS

if TYPE_CHECKING:
    from playwright.sync_api import Browser

DEMO = Path(__file__).resolve().parents[3] / "config" / "cities" / "demo"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def own_signals() -> Iterator[None]:
    """For commands that run inside of the test: what they make of signals ends with them."""
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


class Visitor:
    """Asks an application as a browser would, without a network."""

    def __init__(self, app: ASGIApp):
        self._app = app

    def get(self, address: str = "/", **headers: str) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self._app)
            async with httpx.AsyncClient(transport=transport, base_url="http://page") as client:
                return await client.get(address, headers={name.replace("_", "-"): value for name, value in headers.items()})

        return asyncio.run(ask())


Visit = Callable[..., Visitor]


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


@pytest.fixture
def visit(engine: Engine, store_url: str, city: City) -> Visit:
    """A visitor of a city's page in a situation."""

    def visit(situation: str, city: City = city, now_us: int = NOW_US) -> Visitor:
        SITUATIONS[situation](engine, city)
        return Visitor(make_app(city, Boards(city, store_url, lambda: now_us)))

    return visit
