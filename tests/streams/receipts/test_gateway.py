"""Receipts of plain HTTP gateways: a form or JSON, one or many."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.delivery.lattice import Said
from streams.receipts.gateway import NoReceipt, words_of
from streams.store.attempts import Word
from tests.streams.receipts.site import BY_ATTEMPT, BY_ID, GATEWAYS, SECRET

CAME = Word("a1", Said("delivered"), "7")


@pytest.mark.parametrize(
    "body",
    [
        b"extend=a1&msgid=7&stat=DELIVRD&new=1",
        b'{"extend": "a1", "msgid": 7, "stat": "DELIVRD", "new": {"er": [1]}}',
        b' [{"extend": "a1", "msgid": "7", "stat": "DELIVRD"}]',
    ],
)
def test_a_receipt_is_read_in_each_form(body: bytes) -> None:
    assert [CAME] == words_of(BY_ATTEMPT, body)


def test_a_list_holds_many_and_what_says_nothing_is_left_out() -> None:
    body = b'[{"extend":"a1","stat":"DELIVRD","msgid":"7"},{"extend":"a2","stat":"UNDELIV","err":"M1"},{"extend":"a3"},{"stat":"DELIVRD"}]'
    assert [CAME, Word("a2", Said("failed", "M1"))] == words_of(BY_ATTEMPT, body)


def test_one_that_gives_its_own_id_only_is_known_by_that() -> None:
    assert [Word("", Said("failed", "REJECTD"), "7")] == words_of(BY_ID, b"msgid=7&stat=REJECTD")


@pytest.mark.parametrize("body", [b"{", b"[1]", b'[["a"]]', b"[null]", b'{"a": "\xff"}', b'{"stat": "\\ud800"}'])
def test_what_is_no_receipt_is_told(body: bytes) -> None:
    with pytest.raises(NoReceipt):
        words_of(BY_ATTEMPT, body)


@given(st.binary(max_size=300))
def test_whatever_comes_is_read_or_refused(body: bytes) -> None:
    for form in (BY_ATTEMPT, BY_ID):
        try:
            words = words_of(form, body)
        except NoReceipt:
            continue
        assert all((word.provider_id or "").isprintable() and word.said.code.isprintable() for word in words)


def test_only_the_right_name_and_secret_open() -> None:
    assert "by-id" == getattr(GATEWAYS.find("by-id", SECRET), "name", None)
    for name, secret in (("by-id", SECRET + "x"), ("by-id", ""), ("nobody", SECRET), ("nobody", ""), ("by-id", "é")):
        assert GATEWAYS.find(name, secret) is None


def test_no_secret_shows() -> None:
    assert SECRET not in repr(GATEWAYS.find("by-id", SECRET))
