"""What goes wrong before, while and after a message is created."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import requests
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from streams import clock
from streams.fake_twilio.behaviour import Fault
from streams.fake_twilio.process import FakeTwilio
from tests.streams.fake_twilio.receiver import Receiver

FROM = "+15005550006"
Number = Callable[[], str]


def post(fake: FakeTwilio, to: str, body: str = "x", callback: str = "") -> requests.Response:
    fields = {"To": to, "From": FROM, "Body": body, "StatusCallback": callback}
    with requests.Session() as session:
        session.trust_env = False
        address = f"{fake.url}/2010-04-01/Accounts/{fake.account}/Messages.json"
        return session.post(address, data=fields, auth=(fake.account, fake.token), timeout=10)


def code_of(answer: requests.Response) -> tuple[int, int | None]:
    return answer.status_code, answer.json().get("code")


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ("too_many", (429, 20429)),
        ("error_before", (500, 20500)),
        ("unavailable_before", (503, 20503)),
        ("queue_full", (400, 21611)),
    ],
)
def test_a_fault_before_creation_leaves_nothing_and_ends_after_its_count(
    fake: FakeTwilio, number: Number, fault: str, expected: tuple[int, int]
) -> None:
    to, since = number(), len(fake.ledger())
    fake.control.set(**{fault: Fault(1.0, count=2)})
    assert [expected, expected, (201, None)] == [code_of(post(fake, to)) for _ in range(3)]
    assert 1 == len(fake.ledger(since))


def test_too_many_requests_says_when_to_come_again(fake: FakeTwilio, number: Number) -> None:
    fake.control.set(too_many=Fault(1.0), retry_after_s=7)
    assert "7" == post(fake, number()).headers["Retry-After"]


def test_a_fault_ends_after_its_time(fake: FakeTwilio, number: Number) -> None:
    to = number()
    fake.control.set(too_many=Fault(1.0, seconds=0.2))
    until_s = clock.monotonic_s() + 0.2
    assert 429 == post(fake, to).status_code
    while clock.monotonic_s() < until_s:
        clock.sleep_s(0.01)
    assert 201 == post(fake, to).status_code


def test_a_500_after_creation_leaves_a_message_that_is_delivered(fake: FakeTwilio, number: Number, receiver: Receiver) -> None:
    since = len(fake.ledger())
    fake.control.set(error_after=Fault(1.0))
    assert (500, 20500) == code_of(post(fake, number(), callback=receiver.url))
    [entry] = fake.ledger(since)
    fake.control.wait_until_quiet()
    assert ("500", ["queued", "sent", "delivered"]) == (entry.answered, receiver.statuses(entry.sid))


def test_a_reply_that_is_dropped_leaves_a_message_that_can_be_found(
    fake: FakeTwilio, client: Client, number: Number, receiver: Receiver
) -> None:
    to, since = number(), len(fake.ledger())
    fake.control.set(dropped=Fault(1.0))
    with pytest.raises(requests.ConnectionError):
        post(fake, to, callback=receiver.url)
    [entry] = fake.ledger(since)
    fake.control.wait_until_quiet()
    assert ("dropped", [entry.sid]) == (entry.answered, [message.sid for message in client.messages.list(to=to)])
    assert 3 == len(receiver.of(entry.sid))


def test_a_slow_reply_comes_after_the_callbacks(fake: FakeTwilio, number: Number, receiver: Receiver) -> None:
    since = len(fake.ledger())
    fake.control.set(slow=Fault(1.0), slow_s=0.3)
    start_s = clock.monotonic_s()
    answer = post(fake, number(), callback=receiver.url)
    assert clock.monotonic_s() - start_s >= 0.3
    [entry] = fake.ledger(since)
    assert ("slow", 201, entry.sid) == (entry.answered, answer.status_code, answer.json()["sid"])
    assert 3 == len(receiver.of(entry.sid))


@pytest.mark.parametrize("code", [21211, 21610, 21612, 21614])
def test_a_number_is_refused_with_its_code(fake: FakeTwilio, number: Number, code: int) -> None:
    to = number()
    fake.control.set(refusals={to: code})
    assert [(400, code), (201, None)] == [code_of(post(fake, to)), code_of(post(fake, number()))]


def test_while_it_is_down_everything_is_503(fake: FakeTwilio, client: Client, number: Number) -> None:
    fake.control.set(down="unavailable")
    assert 503 == post(fake, number()).status_code
    with pytest.raises(TwilioRestException) as raised:
        client.messages("SM" + "0" * 32).fetch()
    assert 503 == raised.value.status
    fake.control.set(down="")
    assert 201 == post(fake, number()).status_code


def test_while_it_is_down_it_can_close_connections(fake: FakeTwilio, number: Number) -> None:
    before = fake.stats()
    fake.control.set(down="closing")
    with pytest.raises(requests.ConnectionError):
        post(fake, number())
    after = fake.control.stats()
    assert (before.created, before.refused.get("down", 0) + 1) == (after.created, after.refused["down"])


def test_a_share_is_kept_and_a_second_post_to_a_number_is_drawn_anew(fake: FakeTwilio, number: Number) -> None:
    numbers = [number() for _ in range(100)]
    fake.control.set(seed=5, error_after=Fault(0.3))
    first = [post(fake, to).status_code for to in numbers]
    assert 10 <= first.count(500) <= 55
    assert first != [post(fake, to).status_code for to in numbers]
