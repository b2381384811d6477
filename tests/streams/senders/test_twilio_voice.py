"""Calls by Twilio: what is spoken, how a call ends, and how it is found again."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams import clock
from streams.bench.sending_town import FROM, number
from streams.fake_twilio.behaviour import Fault
from streams.fake_twilio.process import FakeTwilio
from streams.observation.moments import SECOND_US
from streams.senders.channel import Found, Posted, barred
from streams.senders.twilio_voice import TwilioVoice, spoken
from tests.streams.senders.trial import done, job, new_run, way_to_fake


def channel(fake: FakeTwilio, public_url: str = "") -> TwilioVoice:
    return TwilioVoice("calls", FROM, way_to_fake(fake, public_url))


def post(fake: FakeTwilio, to: str, **changes: Any) -> Posted:
    by = channel(fake, "http://127.0.0.1:9")
    return done(by, by.post(job(to, channel="voice", **changes)))


def look_up(fake: FakeTwilio, to: str, posted_us: int) -> list[Found] | None:
    by = channel(fake)
    return done(by, by.look_up(job(to), posted_us))


@pytest.fixture
def to() -> str:
    return number(90_000 + new_run(), 1)


def said(twiml: str) -> tuple[str, str, str]:
    [say] = ElementTree.fromstring(twiml)
    return str(say.text or ""), say.attrib["language"], say.attrib["loop"]


def test_the_text_is_spoken_twice_without_the_brackets_of_its_signature() -> None:
    assert ("演示市防汛。积水红色预警。", "zh-CN", "2") == said(spoken("【演示市防汛】积水红色预警。", "zh"))
    assert ("Flood <4> & rising", "en-GB", "2") == said(spoken("Flood <4> & rising", "en"))
    assert "fr" == said(spoken("x", "fr"))[1]


@given(st.text(alphabet=st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=40))
def test_whatever_the_text_it_is_sound_twiml(text: str) -> None:
    assert text.translate({ord("【"): None, ord("】"): None}).replace("。", "") == said(spoken(text, "zh"))[0].translate(
        {ord("【"): None, ord("】"): None}
    ).replace("。", "")


def test_a_call_is_begun_with_its_callback(fake: FakeTwilio, to: str) -> None:
    answer = post(fake, to)
    entry = fake.ledger()[-1]
    assert Posted("accepted", provider_id=entry.sid) == answer
    assert ("call", to, FROM, f"http://127.0.0.1:9/twilio/status/{'A' * 22}") == (entry.kind, entry.to, entry.from_, entry.status_callback)
    assert spoken(job().text, "zh") == entry.body


@pytest.mark.parametrize(
    ("ending", "state", "code"), [("", "delivered", ""), ("busy", "failed", "busy"), ("no-answer", "failed", "no-answer")]
)
def test_a_call_is_found_as_it_ended(fake: FakeTwilio, to: str, ending: str, state: Any, code: str) -> None:
    fake.control.set(call_endings={to: ending} if ending else {})
    began_us = clock.now_us()
    sid = str(post(fake, to).provider_id)
    fake.control.wait_until_quiet()
    by = channel(fake)
    assert [Found(sid, state, code)] == look_up(fake, to, began_us) == [done(by, by.fetch(sid))]
    assert [] == look_up(fake, to, began_us + 3_600 * SECOND_US)


def test_a_call_without_a_clear_answer_is_unknown(fake: FakeTwilio, to: str) -> None:
    fake.control.set(dropped=Fault(1.0))
    assert Posted("unknown", code="ServerDisconnectedError") == post(fake, to)
    fake.control.set(dropped=Fault(), refusals={to: 21211})
    assert Posted("refused", code="21211") == post(fake, to)


def test_what_the_door_refuses_is_not_called(fake: FakeTwilio) -> None:
    before = fake.stats().posts
    assert barred("number_not_made_up") == post(fake, "+15005550")
    assert [] == look_up(fake, "+15005550", 0)
    assert before == fake.stats().posts
