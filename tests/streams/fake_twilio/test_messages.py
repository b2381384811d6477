"""Messages are made, told, found and taken back as Twilio does it."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from streams.fake_twilio.process import FakeTwilio

FROM = "+15005550006"
SERVICE = "MG" + "0" * 32
Number = Callable[[], str]


def test_a_message_from_a_number_is_queued_and_ends_delivered(fake: FakeTwilio, client: Client, number: Number) -> None:
    to = number()
    made = client.messages.create(to=to, from_=FROM, body="水位 0.6 米")
    assert ("queued", to, FROM, "水位 0.6 米", "1") == (made.status, made.to, made.from_, made.body, made.num_segments)
    assert re.fullmatch("SM[0-9a-f]{32}", made.sid)
    fake.control.wait_until_quiet()
    found = client.messages(made.sid).fetch()
    assert ("delivered", None) == (found.status, found.error_code)
    assert found.date_created <= found.date_sent <= found.date_updated


def test_a_message_of_a_service_is_accepted_and_gets_its_sender_and_segments_later(
    fake: FakeTwilio, client: Client, number: Number
) -> None:
    made = client.messages.create(to=number(), messaging_service_sid=SERVICE, body="a" * 161)
    assert ("accepted", None, "0", SERVICE) == (made.status, made.from_, made.num_segments, made.messaging_service_sid)
    fake.control.wait_until_quiet()
    found = client.messages(made.sid).fetch()
    assert (FROM, "2") == (found.from_, found.num_segments)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"from_": FROM, "body": "x"}, 21604),
        ({"to": "", "from_": FROM, "body": "x"}, 21604),
        ({"to": "+9990000", "body": "x"}, 21603),
        ({"to": "+9990000", "from_": FROM}, 21602),
        ({"to": "9990000", "from_": FROM, "body": "x"}, 21211),
        ({"to": "+999000a", "from_": FROM, "body": "x"}, 21211),
        ({"to": "+9990000", "from_": FROM, "body": "x" * 1601}, 21617),
        ({"to": "+9990000", "from_": FROM, "body": "x", "status_callback": "ftp://127.0.0.1"}, 21609),
        ({"to": "+9990000", "from_": FROM, "body": "x", "validity_period": 36_001}, 21624),
        ({"to": "+9990000", "messaging_service_sid": "MG1", "body": "x"}, 21701),
    ],
)
def test_an_unsound_request_creates_nothing_and_is_told_twilios_code(
    fake: FakeTwilio, client: Client, fields: dict[str, object], code: int
) -> None:
    before = fake.stats()
    with pytest.raises(TwilioRestException) as raised:
        client.messages.create(**{"to": None, **fields})
    assert (400, code) == (raised.value.status, raised.value.code)
    after = fake.stats()
    assert (before.created, before.refused.get(str(code), 0) + 1) == (after.created, after.refused[str(code)])


def test_who_has_not_the_token_is_refused(fake: FakeTwilio, number: Number) -> None:
    wire = TwilioHttpClient()
    stranger = Client(fake.account, "another", http_client=wire)
    stranger.api.base_url = fake.url
    with pytest.raises(TwilioRestException) as raised:
        stranger.messages.create(to=number(), from_=FROM, body="x")
    assert (401, 20003) == (raised.value.status, raised.value.code)
    wire.session.close()


def test_what_is_not_there_is_404(client: Client) -> None:
    with pytest.raises(TwilioRestException) as raised:
        client.messages("SM" + "0" * 32).fetch()
    assert (404, 20404) == (raised.value.status, raised.value.code)


def test_sids_are_unique_when_many_are_made_at_once(fake: FakeTwilio, client: Client, number: Number) -> None:
    since, to = len(fake.ledger()), number()
    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(lambda text: client.messages.create(to=to, from_=FROM, body=str(text)), range(200)))
    assert 200 == len({message.sid for message in made})
    assert {(message.sid, message.body) for message in made} == {(entry.sid, entry.body) for entry in fake.ledger(since)}


def test_a_scheduled_message_can_be_taken_back(client: Client, number: Number) -> None:
    due = datetime.now(UTC) + timedelta(hours=1)
    fields = {"to": number(), "messaging_service_sid": SERVICE, "body": "x", "schedule_type": "fixed", "send_at": due}
    made = client.messages.create(**fields)
    assert ("scheduled", "canceled") == (made.status, client.messages(made.sid).update(status="canceled").status)
    assert "canceled" == client.messages(made.sid).fetch().status


def test_a_message_taken_back_while_it_is_queued_is_never_sent(fake: FakeTwilio, client: Client, number: Number) -> None:
    fake.control.set(step_s=(0.2, 0.2))
    made = client.messages.create(to=number(), from_=FROM, body="x")
    client.messages(made.sid).update(status="canceled")
    fake.control.wait_until_quiet()
    found = client.messages(made.sid).fetch()
    assert ("canceled", None) == (found.status, found.date_sent)


def test_a_message_that_was_sent_cannot_be_taken_back(fake: FakeTwilio, client: Client, number: Number) -> None:
    made = client.messages.create(to=number(), from_=FROM, body="x")
    fake.control.wait_until_quiet()
    with pytest.raises(TwilioRestException) as raised:
        client.messages(made.sid).update(status="canceled")
    assert 30409 == raised.value.code


def test_a_message_that_waits_longer_than_its_validity_fails(fake: FakeTwilio, client: Client, number: Number) -> None:
    fake.control.set(course=["sent", "delivered"], step_s=(1.05, 1.05))
    made = client.messages.create(to=number(), from_=FROM, body="x", validity_period=1)
    fake.control.wait_until_quiet()
    found = client.messages(made.sid).fetch()
    assert ("failed", 30036, "Validity Period Expired") == (found.status, found.error_code, found.error_message)
