"""What a callback says, whatever else is in it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.delivery.lattice import STATE_OF_STATUS, Said
from streams.receipts.status import clean, is_attempt, word_of
from streams.store.attempts import Word


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"MessageStatus": "queued"}, Said("accepted")),
        ({"MessageStatus": "sent"}, Said("sent")),
        ({"MessageStatus": "delivered", "ErrorCode": "30003"}, Said("delivered")),
        ({"MessageStatus": "undelivered", "ErrorCode": "30005"}, Said("failed", "30005")),
        ({"MessageStatus": "failed"}, Said("failed", "failed")),
        ({"SmsStatus": "sent"}, Said("sent")),
    ],
)
def test_a_callback_of_a_text(params: dict[str, str], said: Said) -> None:
    assert Word("a", said, "SM1") == word_of("a", {"MessageSid": "SM1", "SmsSid": "SM1", **params})


@pytest.mark.parametrize(
    ("status", "said"),
    [("initiated", Said("accepted")), ("in-progress", Said("sent")), ("completed", Said("delivered")), ("busy", Said("failed", "busy"))],
)
def test_a_callback_of_a_call(status: str, said: Said) -> None:
    assert Word("a", said, "CA1") == word_of("a", {"CallSid": "CA1", "CallStatus": status, "SequenceNumber": "1"})


@given(st.dictionaries(st.text(), st.text()))
def test_a_status_that_nobody_knows_says_nothing(params: dict[str, str]) -> None:
    params |= {"MessageStatus": "evaporated", "MessageSid": "SM1"}
    params.pop("CallStatus", None)
    assert word_of("a", params) is None


@given(st.sampled_from(sorted(STATE_OF_STATUS)), st.text(), st.text())
def test_what_comes_is_fit_for_every_database(status: str, code: str, sid: str) -> None:
    word = word_of("a", {"MessageStatus": status, "ErrorCode": code, "MessageSid": sid})
    assert word is not None
    for text in (word.said.code, word.provider_id or ""):
        assert len(text) <= 64 and "\0" not in text
        text.encode("utf-8")


@given(st.text())
def test_clean_is_printable(text: str) -> None:
    assert clean(text).isprintable()


@pytest.mark.parametrize(("name", "may"), [("AbC_-9", True), ("", False), ("a" * 65, False), ("a b", False), ("é", False), ("a\n", False)])
def test_an_attempt_is_known_by_its_signs(name: str, may: bool) -> None:
    assert may == is_attempt(name)
