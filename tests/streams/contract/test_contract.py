"""Our client and the fake of Twilio both keep to Twilio's own description: Prism stands between them and finds nothing wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import count
from typing import Any

import msgspec
import pytest

from streams import clock
from streams.bench.sending_town import FROM, number
from streams.fake_twilio.behaviour import Behaviour, Ending, Fault
from streams.fake_twilio.process import FakeTwilio
from streams.observation.moments import SECOND_US
from streams.senders.channel import Found, Posted
from streams.senders.twilio_sms import TwilioSms
from streams.senders.twilio_voice import TwilioVoice
from streams.senders.way_out import WayOut
from tests.streams.contract.prism import Prism
from tests.streams.contract.test_prism import SPEC
from tests.streams.senders.trial import done, job, way_to

pytestmark = pytest.mark.skipif(not SPEC.is_file(), reason="needs Twilio's own description, in ../shared/twilio")

_PEOPLE = count(1)
QUICK = Behaviour(step_s=(0.0, 0.002))


class Both:
    """The fake, and Prism before it."""

    def __init__(self, prism: Prism, fake: FakeTwilio):
        self.prism, self.fake = prism, fake
        self._violations, self._answered = len(prism.violations), len(prism.answered)

    @property
    def way_out(self) -> WayOut:
        return way_to(self.prism.url, self.fake.account, self.fake.token, "https://flood.example")

    def texts(self, sender: dict[str, str] | None = None) -> TwilioSms:
        return TwilioSms("fake", sender or {"from_": FROM}, self.way_out, 10)

    def calls(self) -> TwilioVoice:
        return TwilioVoice("calls", FROM, self.way_out)

    def assert_kept(self, *expected: tuple[str, int]) -> None:
        """These requests were made and answered so, and nothing was wrong with either."""
        assert [] == self.prism.violations[self._violations :]
        assert list(expected) == [(what.split(" ")[0], status) for what, status in self.prism.answered[self._answered :]]


PAGES = ("first_page_uri", "next_page_uri", "previous_page_uri", "uri")


def as_meant(node: Any) -> Any:
    """Twilio's description, but for two things that Prism takes otherwise than Twilio means them.

    The addresses of pages are said to be of format "uri", which asks for a scheme; Twilio's own examples beside them have none, nor has
    Twilio. And Prism takes a form's array for one only where the style is named, although the one meant here is the default.
    """
    if isinstance(node, list):
        return [as_meant(one) for one in node]
    if not isinstance(node, dict):
        return node
    meant = {name: as_meant(one) for name, one in node.items()}
    for name in PAGES:
        if isinstance(page := meant.get(name), dict) and page.get("format") == "uri":
            meant[name] = {**page, "format": "uri-reference"}
    form = meant.get("application/x-www-form-urlencoded")
    if isinstance(form, dict):
        arrays = [name for name, one in form["schema"].get("properties", {}).items() if one.get("type") == "array"]
        form["encoding"] = {name: {"style": "form", "explode": True} for name in arrays}
    return meant


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Prism, FakeTwilio]]:
    """One of both for all: Prism takes two seconds to read the description."""
    spec = tmp_path_factory.mktemp("contract") / "twilio.json"
    spec.write_bytes(msgspec.json.encode(as_meant(msgspec.json.decode(SPEC.read_bytes()))))
    with FakeTwilio() as fake, Prism(spec, fake.url) as prism:
        yield prism, fake


def test_twilio_s_own_examples_of_pages_have_no_scheme() -> None:
    """The reason why the description is not taken by its letter; where this fails, `as_meant` is no longer needed."""
    spec = SPEC.read_text("utf-8")
    assert re.findall(r'"first_page_uri": "/2010-04-01/', spec)
    assert [] == re.findall(r'"(?:first|next|previous)_page_uri": "https?://', spec)


@pytest.fixture
def both(running: tuple[Prism, FakeTwilio]) -> Both:
    running[1].control.replace(QUICK)
    return Both(*running)


@pytest.fixture
def to() -> str:
    return number(80_000, next(_PEOPLE))


@pytest.mark.parametrize("sender", [{"from_": FROM}, {"messaging_service_sid": "MG" + "0" * 32}])
def test_a_text_is_made_found_and_fetched(both: Both, to: str, sender: dict[str, str]) -> None:
    by, began_us = both.texts(sender), clock.now_us()
    asked = job(to, expires_us=began_us + 600 * SECOND_US)
    made = done(by, by.post(asked))
    assert "accepted" == made.ended
    sid = str(made.provider_id)
    both.fake.control.wait_until_quiet()
    assert [Found(sid, "delivered")] == done(by, by.look_up(asked, began_us))
    assert Found(sid, "delivered") == done(by, by.fetch(sid))
    both.assert_kept(("POST", 201), ("GET", 200), ("GET", 200))
    entry = both.fake.ledger()[-1]
    assert (to, asked.text, f"https://flood.example/twilio/status/{asked.attempt}") == (entry.to, entry.body, entry.status_callback)


def test_a_call_is_made_found_and_fetched(both: Both, to: str) -> None:
    by, began_us = both.calls(), clock.now_us()
    made = done(by, by.post(job(to)))
    sid = str(made.provider_id)
    assert Posted("accepted", provider_id=sid) == made
    both.fake.control.wait_until_quiet()
    assert [Found(sid, "delivered")] == done(by, by.look_up(job(to), began_us))
    assert Found(sid, "delivered") == done(by, by.fetch(sid))
    both.assert_kept(("POST", 201), ("GET", 200), ("GET", 200))


def test_a_text_on_its_way_and_a_list_of_none_are_as_described_too(both: Both, to: str) -> None:
    both.fake.control.set(course=("queued",))
    by = both.texts()
    assert [] == done(by, by.look_up(job(to), 0))
    sid = str(done(by, by.post(job(to))).provider_id)
    assert Found(sid, "accepted") == done(by, by.fetch(sid))
    both.assert_kept(("GET", 200), ("POST", 201), ("GET", 200))


@pytest.mark.parametrize(("ending", "code"), [(Ending(code=30003), "30003"), (Ending(status="failed", code=30007), "30007")])
def test_a_text_that_failed_is_as_described(both: Both, to: str, ending: Ending, code: str) -> None:
    both.fake.control.set(endings={to: ending})
    by = both.texts()
    sid = str(done(by, by.post(job(to))).provider_id)
    both.fake.control.wait_until_quiet()
    assert Found(sid, "failed", code) == done(by, by.fetch(sid))
    both.assert_kept(("POST", 201), ("GET", 200))


@pytest.mark.parametrize("ending", ["busy", "no-answer", "failed"])
def test_a_call_that_failed_is_as_described(both: Both, to: str, ending: str) -> None:
    both.fake.control.set(call_endings={to: ending})
    by = both.calls()
    sid = str(done(by, by.post(job(to))).provider_id)
    both.fake.control.wait_until_quiet()
    assert Found(sid, "failed", ending) == done(by, by.fetch(sid))
    both.assert_kept(("POST", 201), ("GET", 200))


def test_refusals_pass_through_and_our_requests_are_sound_all_the_same(both: Both, to: str) -> None:
    by = both.texts()
    both.fake.control.set(refusals={to: 21610})
    assert Posted("refused", code="21610") == done(by, by.post(job(to)))
    both.fake.control.set(too_many=Fault(1.0))
    assert Posted("refused", code="429", retry_after_s=1.0) == done(by, by.post(job(to)))
    both.fake.control.set(too_many=Fault(), error_after=Fault(1.0), refusals={})
    assert Posted("unknown", code="500") == done(by, by.post(job(to)))
    both.assert_kept(("POST", 400), ("POST", 429), ("POST", 500))


def test_the_client_speaks_to_nobody_else(both: Both) -> None:
    assert [] == both.prism.refused
