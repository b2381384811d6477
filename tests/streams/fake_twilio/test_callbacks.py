"""Callbacks: signed, in the order that is asked for, as often and as late, and counted."""

from __future__ import annotations

import socket
from collections.abc import Callable

import pytest
from twilio.rest import Client

from streams import clock
from streams.fake_twilio.behaviour import Fault
from streams.fake_twilio.process import FakeTwilio
from streams.fake_twilio.signature import signature
from tests.streams.fake_twilio.receiver import Receiver

FROM = "+15005550006"
Number = Callable[[], str]


def make(client: Client, to: str, callback: str, body: str = "x") -> str:
    return str(client.messages.create(to=to, from_=FROM, body=body, status_callback=callback).sid)


def test_the_signature_is_twilios() -> None:
    told = {"CallSid": "CA1234567890ABCDE", "Caller": "+14158675309", "Digits": "1234", "From": "+14158675309", "To": "+18005551212"}
    assert "RSOYDt4T1cUTdK1PDd93/VVr8B8=" == signature("12345", "https://mycompany.com/myapp.php?foo=1&bar=2", told)


def test_every_status_is_told_signed_and_in_order(fake: FakeTwilio, client: Client, number: Number, receiver: Receiver) -> None:
    to = number()
    sid = make(client, to, f"{receiver.url}/twilio/status/a_-?x=1&y=%E4%B8%AD")
    fake.control.wait_until_quiet()
    posts = receiver.of(sid)
    assert ["queued", "sent", "delivered"] == receiver.statuses(sid)
    assert {("/twilio/status/a_-?x=1&y=%E4%B8%AD", True)} == {(post.path, post.signed) for post in posts}
    expected = {"MessageSid": sid, "SmsSid": sid, "To": to, "From": FROM, "AccountSid": fake.account, "ApiVersion": "2010-04-01"}
    assert expected.items() <= posts[0].told.items()
    assert [post.told["MessageStatus"] for post in posts] == [post.told["SmsStatus"] for post in posts]


def test_the_public_address_is_signed_though_another_is_posted_to(
    fake: FakeTwilio, client: Client, number: Number, receiver: Receiver
) -> None:
    fake.control.set(callback_origin=receiver.url)
    receiver.known_as = "https://flood.example"
    sid = make(client, number(), "https://flood.example/twilio/status/1")
    fake.control.wait_until_quiet()
    assert [True] * 3 == [post.signed for post in receiver.of(sid)]


def test_nothing_is_posted_to_another_machine(fake: FakeTwilio, client: Client, number: Number) -> None:
    before = fake.stats().callbacks.failures.get("NotNear", 0)
    make(client, number(), "https://flood.example/twilio/status/1")
    assert before + 3 == fake.control.wait_until_quiet().callbacks.failures["NotNear"]


def test_a_callback_that_is_refused_is_counted_and_not_repeated(
    fake: FakeTwilio, client: Client, number: Number, receiver: Receiver
) -> None:
    receiver.answer = 503
    before = fake.stats().callbacks
    sid = make(client, number(), receiver.url)
    after = fake.control.wait_until_quiet().callbacks
    assert (3, before.failed + 3, before.sent) == (len(receiver.of(sid)), after.failed, after.sent)
    assert before.failures.get("status 503", 0) + 3 == after.failures["status 503"]


def test_a_receiver_that_is_away_is_counted(fake: FakeTwilio, client: Client, number: Number) -> None:
    with socket.socket() as held:  # bound, and nobody listens
        held.bind(("127.0.0.1", 0))
        make(client, number(), f"http://127.0.0.1:{held.getsockname()[1]}/")
        assert 3 <= fake.control.wait_until_quiet().callbacks.failures["ConnectionRefusedError"]


def test_shuffled_callbacks_come_in_every_order(fake: FakeTwilio, client: Client, number: Number, receiver: Receiver) -> None:
    fake.control.set(shuffled=True)
    sids = []
    for _ in range(40):
        sids.append(make(client, number(), receiver.url))
        fake.control.wait_until_quiet()
    orders = {tuple(receiver.statuses(sid)) for sid in sids}
    assert {("delivered", "queued", "sent")} == {tuple(sorted(order)) for order in orders}
    assert len(orders) >= 4


def test_callbacks_are_repeated(fake: FakeTwilio, client: Client, number: Number, receiver: Receiver) -> None:
    fake.control.set(repeated=2)
    sid = make(client, number(), receiver.url)
    fake.control.wait_until_quiet()
    assert sorted(["queued", "sent", "delivered"] * 3) == sorted(receiver.statuses(sid))


def test_callbacks_come_late(fake: FakeTwilio, client: Client, number: Number, receiver: Receiver) -> None:
    fake.control.set(callback_delay_s=(0.3, 0.4))
    start_s = clock.monotonic_s()
    sid = make(client, number(), receiver.url)
    fake.control.wait(lambda stats: not {"queued", "sent"} & stats.statuses.keys())
    fake.control.wait_until_quiet()
    assert 3 == len(receiver.of(sid))
    assert clock.monotonic_s() - start_s >= 0.3


def test_callbacks_are_withheld(fake: FakeTwilio, client: Client, number: Number, receiver: Receiver) -> None:
    fake.control.set(withheld=Fault(1.0, count=1))
    before = fake.stats().callbacks.withheld
    silent, told = (make(client, number(), receiver.url) for _ in range(2))
    assert before + 3 == fake.control.wait_until_quiet().callbacks.withheld
    assert (0, 3) == (len(receiver.of(silent)), len(receiver.of(told)))
    assert "delivered" == client.messages(silent).fetch().status


@pytest.mark.parametrize(
    ("ending", "expected"),
    [
        ({"status": "undelivered", "code": 30005}, ["queued", "sent", "undelivered"]),
        ({"status": "failed", "code": 30007}, ["queued", "failed"]),
    ],
)
def test_a_number_that_cannot_be_reached_is_told_with_its_code(
    fake: FakeTwilio, client: Client, number: Number, receiver: Receiver, ending: dict[str, object], expected: list[str]
) -> None:
    to = number()
    fake.control.set(endings={to: ending})
    sid = make(client, to, receiver.url)
    fake.control.wait_until_quiet()
    assert expected == receiver.statuses(sid)
    assert [None] * (len(expected) - 1) + [str(ending["code"])] == [post.told.get("ErrorCode") for post in receiver.of(sid)]
    assert ending["code"] == client.messages(sid).fetch().error_code


def test_a_number_can_be_out_of_reach_for_its_first_messages_alone(fake: FakeTwilio, client: Client, number: Number) -> None:
    to = number()
    fake.control.set(endings={to: {"code": 30003, "first": 2}})
    sids = [make(client, to, "") for _ in range(3)]
    fake.control.wait_until_quiet()
    assert ["undelivered", "undelivered", "delivered"] == [client.messages(sid).fetch().status for sid in sids]
