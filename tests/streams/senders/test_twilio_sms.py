"""Texts by Twilio: what is asked for, what its answers mean, and how a text is found again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pytest

from streams import clock
from streams.bench.sending_town import FROM, number
from streams.fake_twilio.behaviour import Ending, Fault
from streams.fake_twilio.process import FakeTwilio
from streams.messages.texts import DRILL_MARK
from streams.observation.moments import SECOND_US
from streams.senders.channel import Found, Posted, barred
from streams.senders.twilio_sms import LONGEST_S, TwilioSms
from tests.streams.senders.gateway import Gateway
from tests.streams.senders.trial import PHONE, TEXT, done, job, new_run, way_to, way_to_fake

SERVICE = "MG" + "0" * 32
_NUMBERS = count(1)


def channel(fake: FakeTwilio, public_url: str = "", sender: dict[str, str] | None = None, **options: Any) -> TwilioSms:
    return TwilioSms("fake", sender or {"from_": FROM}, way_to_fake(fake, public_url), 10, **options)


def post(fake: FakeTwilio, to: str, **changes: Any) -> Posted:
    by = channel(fake)
    return done(by, by.post(job(to, **changes)))


def look_up(fake: FakeTwilio, to: str, posted_us: int, **changes: Any) -> list[Found] | None:
    by = channel(fake)
    return done(by, by.look_up(job(to, **changes), posted_us))


@pytest.fixture
def to() -> str:
    """A number that no other test has."""
    return number(new_run(), next(_NUMBERS))


def test_a_text_is_taken_with_its_id_and_all_that_was_asked_for(fake: FakeTwilio, to: str) -> None:
    by = channel(fake, "https://flood.example/")
    answer = done(by, by.post(job(to)))
    entry = fake.ledger()[-1]
    assert Posted("accepted", provider_id=entry.sid) == answer
    assert (to, FROM, TEXT) == (entry.to, entry.from_, entry.body)
    assert f"https://flood.example/twilio/status/{'A' * 22}" == entry.status_callback


def test_a_messaging_service_can_send_and_without_a_public_address_no_callback_is_asked_for(fake: FakeTwilio, to: str) -> None:
    by = channel(fake, sender={"messaging_service_sid": SERVICE})
    assert "accepted" == done(by, by.post(job(to))).ended
    assert ("", "") == (fake.ledger()[-1].from_, fake.ledger()[-1].status_callback)


@pytest.fixture(scope="module")
def recorder() -> Iterator[Gateway]:
    with Gateway() as running:
        yield running


@pytest.fixture
def answers(recorder: Gateway) -> Gateway:
    """A server that answers whatever a test wants."""
    recorder.posts.clear()
    recorder.status, recorder.answer_headers = 201, {}
    recorder.answer = {"sid": "SM1", "status": "queued"}
    return recorder


def answered(answers: Gateway, now_us: Callable[[], int] = clock.now_us, **changes: Any) -> Posted:
    by = TwilioSms("fake", {"from_": FROM}, way_to(answers.url), 10, now_us=now_us)
    return done(by, by.post(job(**changes)))


@pytest.mark.parametrize(
    ("left_s", "expected"), [(1, "1"), (0.5, None), (600.9, "600"), (3600 * 11, str(LONGEST_S)), (-1, None), (-1e9, None)]
)
def test_a_text_is_valid_as_long_as_its_alert_stands(answers: Gateway, left_s: float, expected: str | None) -> None:
    now_us = 2_000_000_000 * SECOND_US
    assert "accepted" == answered(answers, lambda: now_us, expires_us=now_us + int(left_s * SECOND_US)).ended
    # an all-clear goes out after its alert has ended, and a storm of another day has ended long ago: both are for who reads them later
    assert [expected] == [post.get("ValidityPeriod") for post in answers.posts]


@pytest.mark.parametrize(("code", "expected"), [(21610, "21610"), (21211, "21211"), (21612, "21612"), (21614, "21614")])
def test_a_refused_number_keeps_twilio_s_code_alone(fake: FakeTwilio, to: str, code: int, expected: str) -> None:
    fake.control.set(refusals={to: code})
    assert Posted("refused", code=expected) == post(fake, to)


def test_too_many_and_a_full_queue_are_refusals_that_pass(fake: FakeTwilio, to: str) -> None:
    fake.control.set(too_many=Fault(1.0), retry_after_s=3)
    assert Posted("refused", code="429", retry_after_s=3.0) == post(fake, to)
    fake.control.set(too_many=Fault(), queue_full=Fault(1.0))
    assert Posted("refused", code="21611") == post(fake, to)


@pytest.mark.parametrize(
    ("fault", "code", "made"),
    [
        ("error_before", "500", 0),
        ("unavailable_before", "503", 0),
        ("error_after", "500", 1),
        ("dropped", "ServerDisconnectedError", 1),
    ],
)
def test_what_has_no_clear_answer_is_unknown_and_posted_once(fake: FakeTwilio, to: str, fault: str, code: str, made: int) -> None:
    before = fake.stats()
    fake.control.set(**{fault: Fault(1.0)})
    assert Posted("unknown", code=code) == post(fake, to)
    after = fake.stats()
    assert (made, 1) == (after.created - before.created, sum(after.posts.values()) - sum(before.posts.values()))


def test_a_slow_answer_is_given_up_and_unknown(fake: FakeTwilio, to: str) -> None:
    fake.control.set(slow=Fault(1.0), slow_s=30)
    by = channel(fake)
    by._twilio._connections._post_s = 0.1
    assert Posted("unknown", code="TimeoutError") == done(by, by.post(job(to)))


def test_wrong_credentials_are_a_fault_of_the_account(fake: FakeTwilio, to: str) -> None:
    by = TwilioSms("fake", {"from_": FROM}, way_to(fake.url, fake.account, "wrong"), 10)
    assert Posted("refused", code="20003") == done(by, by.post(job(to)))


def test_where_nobody_listens_it_is_away(to: str) -> None:
    by = TwilioSms("fake", {"from_": FROM}, way_to("http://127.0.0.1:1"), 10)
    assert Posted("away", code="away") == done(by, by.post(job(to)))


@pytest.mark.parametrize(
    ("status", "answer", "expected"),
    [
        (201, "<html>", "unknown"),
        (201, "", "unknown"),
        (201, {}, "unknown"),
        (201, [], "unknown"),
        (201, "null", "unknown"),
        (201, '"x"', "unknown"),
        (201, {"sid": "SM1", "date_created": "yesterday", "num_segments": "many"}, "accepted"),
        (201, {"sid": "SM1", "status": "of tomorrow"}, "accepted"),
        (200, {"sid": "SM1"}, "accepted"),
        (401, "<html>", "refused"),
        (400, "<html>", "away"),
        (404, "", "away"),
        (307, "", "away"),
        (400, {"message": "without a code"}, "away"),
        (400, {"code": 21211, "message": f"Invalid number {PHONE}"}, "refused"),
        (500, {"code": 20500}, "unknown"),
    ],
)
def test_whatever_answers_in_its_place_is_understood(answers: Gateway, status: int, answer: Any, expected: str) -> None:
    answers.status, answers.answer, answers.answer_headers = status, answer, {"Location": "/elsewhere"}
    said = answered(answers)
    assert expected == said.ended, said
    assert "999" not in said.code
    assert 1 == len(answers.posts)


@pytest.mark.parametrize(
    ("after", "expected"), [("2", 2.0), ("86400", 60.0), ("-1", None), ("Thu, 01 Jan 2026 00:00:00 GMT", None), ("nan", None)]
)
def test_a_wish_to_be_left_alone_is_kept_within_reason(answers: Gateway, after: str, expected: float | None) -> None:
    answers.status, answers.answer, answers.answer_headers = 429, "", {"Retry-After": after}
    assert Posted("refused", code="429", retry_after_s=expected) == answered(answers)


def test_what_the_door_refuses_is_not_posted(answers: Gateway) -> None:
    assert barred("number_not_made_up") == answered(answers, to="+15005550")
    assert barred("no_number") == answered(answers, phone=None)
    assert [] == answers.posts


def test_a_text_is_found_again_by_number_words_and_time(fake: FakeTwilio, to: str) -> None:
    began_us = clock.now_us()
    fake.control.set(dropped=Fault(1.0))
    assert "unknown" == post(fake, to).ended
    assert "unknown" == post(fake, to, text=TEXT + "2").ended
    sids = [entry.sid for entry in fake.ledger() if entry.to == to]
    fake.control.wait_until_quiet()
    assert [Found(sids[0], "delivered")] == look_up(fake, to, began_us)
    assert [Found(sids[1], "delivered")] == look_up(fake, to, began_us, text=TEXT + "2")
    assert [] == look_up(fake, to, began_us, text="another")
    assert [] == look_up(fake, number(new_run(), 1), began_us)
    assert [] == look_up(fake, to, began_us + 3_600 * SECOND_US)
    assert [] == look_up(fake, to, began_us, phone=None)


def test_a_text_that_an_account_on_trial_put_words_before_is_found(fake: FakeTwilio, to: str) -> None:
    post(fake, to, text=f"Sent from a trial account - {TEXT}")
    assert 1 == len(look_up(fake, to, clock.now_us()) or [])


def test_a_failed_text_is_found_with_its_code(fake: FakeTwilio, to: str) -> None:
    fake.control.set(endings={to: Ending(code=30005)})
    sid = str(post(fake, to).provider_id)
    fake.control.wait_until_quiet()
    assert [Found(sid, "failed", "30005")] == look_up(fake, to, clock.now_us())
    by = channel(fake)
    assert Found(sid, "failed", "30005") == done(by, by.fetch(sid))


def test_a_provider_that_does_not_answer_cannot_tell(fake: FakeTwilio, to: str) -> None:
    for down in ("unavailable", "closing"):
        fake.control.set(down=down)
        assert look_up(fake, to, 0) is None
        by = channel(fake)
        assert done(by, by.fetch("SM" + "0" * 32)) is None
    fake.control.set(down="")
    by = channel(fake)
    assert done(by, by.fetch("SM" + "0" * 32)) is None


def test_a_drill_s_text_reaches_only_numbers_that_nobody_has(answers: Gateway) -> None:
    assert "number_not_made_up" == answered(answers, to="+15005550", text=f"{DRILL_MARK}x", status="Exercise").code
    assert [] == answers.posts
