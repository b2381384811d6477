"""A town whose page takes subscriptions, on SQLite and on PostgreSQL."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator, Mapping
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from sqlalchemy import Engine, select
from starlette.types import ASGIApp

from streams.city.model import City
from streams.observation.moments import SECOND_US
from streams.people.vault import PeopleVault
from streams.store.engine import reading
from streams.store.outbox_schema import DISPATCH_TEXTS, DISPATCHES, OUTBOX
from streams.store.subscriptions_texts import CODE
from streams.subscribers.limits import Limits
from streams.subscribers.subscribers import Subscribers
from streams.web.app import make_app
from streams.web.source import Boards
from tests.streams.fake_twilio.conftest import fake, the_fake
from tests.streams.store.conftest import engine, store_url
from tests.streams.towns import town as make_town
from tests.streams.web.situations import NOW_US

__all__ = ["engine", "fake", "store_url", "the_fake"]

VAULT = PeopleVault(b"only for tests, thirty-two bytes")
PHONE = "+9990000000001"
OTHER = "+9990000000002"
ON_ONE = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
"""What hangs on no database."""


class Clock:
    """A wall clock that a test turns."""

    def __init__(self) -> None:
        self.now_us = NOW_US

    def __call__(self) -> int:
        return self.now_us

    def pass_s(self, seconds: float) -> None:
        self.now_us += round(seconds * SECOND_US)


class Reader:
    """Fills in the forms of a page, as a browser of one address does."""

    def __init__(self, app: ASGIApp, address: str = "192.0.2.7"):
        self._app, self._address = app, address

    def ask(
        self,
        method: str,
        path: str,
        data: dict[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
    ) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self._app, client=(self._address, 1))
            async with httpx.AsyncClient(transport=transport, base_url="http://page") as client:
                return await client.request(method, path, data=data, content=content, headers=headers)

        return asyncio.run(ask())

    def get(self, path: str) -> httpx.Response:
        return self.ask("GET", path)

    def post(self, path: str, /, **data: str) -> httpx.Response:
        return self.ask("POST", path, data, {"Sec-Fetch-Site": "same-origin"})

    def begin(self, place: str = "road:P0", phone: str = PHONE, language: str = "en", **changes: str) -> str:
        """Ask for a subscription; the ticket."""
        answer = self.post("/subscribe?lang=en", place=place, phone=phone, language=language, **{"agree": "1", **changes})
        assert 303 == answer.status_code, answer.text
        return ticket_of(answer)

    def leave(self, phone: str = PHONE, act: str = "leave") -> str:
        """Ask to end it; the ticket."""
        answer = self.post("/subscribe/leave?lang=en", phone=phone, act=act)
        assert 303 == answer.status_code, answer.text
        return ticket_of(answer)

    def confirm(self, ticket: str, code: str) -> httpx.Response:
        """Send a code."""
        return self.post("/subscribe/code?lang=en", ticket=ticket, code=code)


def ticket_of(answer: httpx.Response) -> str:
    return parse_qs(urlsplit(answer.headers["location"]).query)["ticket"][0]


def codes(engine: Engine) -> list[str]:
    """The codes that were texted, in their order."""
    query = select(DISPATCH_TEXTS.c.text).join(DISPATCHES, DISPATCHES.c.identifier == DISPATCH_TEXTS.c.identifier)
    query = query.join(OUTBOX, OUTBOX.c.identifier == DISPATCHES.c.identifier)
    with reading(engine) as connection:
        texts = connection.scalars(query.where(DISPATCHES.c.msg_type == CODE).order_by(OUTBOX.c.id)).all()
    return [found[0] for text in texts for found in [re.findall(r"\d{6}", text)]]


def texts(engine: Engine) -> list[tuple[str, str, str]]:
    """Resident, state and words of every row of the outbox that is no code, in their order."""
    own = (DISPATCH_TEXTS.c.identifier == OUTBOX.c.identifier) & (DISPATCH_TEXTS.c.language == OUTBOX.c.language)
    joined = OUTBOX.join(DISPATCHES, DISPATCHES.c.identifier == OUTBOX.c.identifier).join(DISPATCH_TEXTS, own)
    query = select(OUTBOX.c.resident, OUTBOX.c.state, DISPATCH_TEXTS.c.text).select_from(joined)
    with reading(engine) as connection:
        return [tuple(row) for row in connection.execute(query.where(DISPATCHES.c.msg_type != CODE).order_by(OUTBOX.c.id))]


@pytest.fixture
def town() -> City:
    return make_town(points=3)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def reader(engine: Engine, store_url: str, town: City, clock: Clock) -> Iterator[Reader]:
    subscribers, boards = Subscribers(town, store_url, VAULT, "https://page.example", clock), Boards(town, store_url, clock)
    yield Reader(make_app(town, boards, subscribers))
    for opened in (subscribers, boards):
        opened.close()


def reader_of(city: City, url: str, clock: Callable[[], int], limits: Limits | None = None, vault: PeopleVault = VAULT) -> Reader:
    """A reader of a page that takes subscriptions."""
    subscribers = Subscribers(city, url, vault, "https://page.example", clock, limits)
    return Reader(make_app(city, Boards(city, url, clock), subscribers))
