"""Calls ring, are answered or not, and say so."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from streams.fake_twilio.behaviour import Fault
from streams.fake_twilio.process import FakeTwilio
from tests.streams.fake_twilio.receiver import Receiver

FROM = "+15005550006"
TWIML = "<Response><Say>水来了</Say></Response>"
EVENTS = ["initiated", "ringing", "answered", "completed"]
Number = Callable[[], str]


def test_a_call_is_answered_and_tells_every_event_signed(fake: FakeTwilio, client: Client, number: Number, receiver: Receiver) -> None:
    since = len(fake.ledger())
    fields = {"status_callback": f"{receiver.url}/twilio/status/1", "status_callback_event": EVENTS}
    made = client.calls.create(to=number(), from_=FROM, twiml=TWIML, **fields)
    assert re.fullmatch("CA[0-9a-f]{32}", made.sid)
    assert "queued" == made.status
    fake.control.wait_until_quiet()
    assert ["initiated", "ringing", "in-progress", "completed"] == receiver.statuses(made.sid)
    assert {True} == {post.signed for post in receiver.of(made.sid)}
    found = client.calls(made.sid).fetch()
    assert ("completed", "0") == (found.status, found.duration)
    assert [("call", made.sid, TWIML)] == [(entry.kind, entry.sid, entry.body) for entry in fake.ledger(since)]


def test_without_events_the_end_alone_is_told(fake: FakeTwilio, client: Client, number: Number, receiver: Receiver) -> None:
    made = client.calls.create(to=number(), from_=FROM, url="http://127.0.0.1/voice", status_callback=receiver.url)
    fake.control.wait_until_quiet()
    assert ["completed"] == receiver.statuses(made.sid)


@pytest.mark.parametrize("ending", ["busy", "no-answer", "failed"])
def test_a_call_that_nobody_takes_ends_so(fake: FakeTwilio, client: Client, number: Number, receiver: Receiver, ending: str) -> None:
    to = number()
    fake.control.set(call_endings={to: ending})
    made = client.calls.create(to=to, from_=FROM, twiml=TWIML, status_callback=receiver.url)
    fake.control.wait_until_quiet()
    found = client.calls(made.sid).fetch()
    assert ([ending], ending, None) == (receiver.statuses(made.sid), found.status, found.duration)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"to": "", "from_": FROM, "twiml": TWIML}, 21201),
        ({"to": "+9990000", "from_": "", "twiml": TWIML}, 21213),
        ({"to": "+9990000", "from_": FROM}, 21205),
        ({"to": "9990000", "from_": FROM, "twiml": TWIML}, 21211),
        ({"to": "+9990000", "from_": FROM, "twiml": TWIML, "status_callback": "here"}, 21609),
    ],
)
def test_an_unsound_call_is_refused(client: Client, fields: dict[str, str], code: int) -> None:
    with pytest.raises(TwilioRestException) as raised:
        client.calls.create(**fields)
    assert (400, code) == (raised.value.status, raised.value.code)


def test_faults_befall_calls_too(fake: FakeTwilio, client: Client, number: Number) -> None:
    to, since = number(), len(fake.ledger())
    fake.control.set(error_after=Fault(1.0))
    with pytest.raises(TwilioRestException):
        client.calls.create(to=to, from_=FROM, twiml=TWIML)
    [entry] = fake.ledger(since)
    assert [entry.sid] == [call.sid for call in client.calls.list(to=to)]
