"""One fake for all tests, in a process of its own; each test begins with its behaviour as new and with numbers of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count

import pytest
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from streams.fake_twilio.behaviour import Behaviour
from streams.fake_twilio.process import FakeTwilio
from tests.streams.fake_twilio.receiver import Receiver

_NUMBERS = count(1)
QUICK = Behaviour(step_s=(0.0, 0.002))


@pytest.fixture(scope="session")
def the_fake() -> Iterator[FakeTwilio]:
    with FakeTwilio() as running:
        yield running


@pytest.fixture
def fake(the_fake: FakeTwilio) -> FakeTwilio:
    the_fake.control.replace(QUICK)
    return the_fake


@pytest.fixture
def client(fake: FakeTwilio) -> Iterator[Client]:
    wire = TwilioHttpClient(timeout=10)
    wire.session.trust_env = False
    made = Client(fake.account, fake.token, http_client=wire)
    made.api.base_url = fake.url
    yield made
    wire.session.close()


@pytest.fixture
def receiver(fake: FakeTwilio) -> Iterator[Receiver]:
    with Receiver(fake.token) as running:
        yield running


@pytest.fixture
def number() -> Callable[[], str]:
    """Numbers that no other test has."""
    return lambda: f"+999{next(_NUMBERS):010d}"
