"""What a gateway's post looks like, and what its answers and receipts mean."""

from __future__ import annotations

import re

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.delivery.lattice import Said
from streams.senders.gateway_form import GatewayForm, Receipt, at, fill

FORM = GatewayForm(url="https://sms.example", body={"mobile": "{number}", "content": "{text}"})
PIECES = st.sampled_from(["{number}", "{text}", "{", "}", "{x}", "{}", "{{", "a", "水", "{number"])
VALUES = st.lists(PIECES, max_size=5).map("".join)


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("{number}", "1"),
        ("{number}{text}", "1{number}"),
        ("to {number}.", "to 1."),
        ("{other}", "{other}"),
        ("{", "{"),
        ("}{number", "}{number"),
        ("{{number}}", "{1}"),
        ('{"to":"{number}"}', '{"to":"1"}'),
        ("", ""),
    ],
)
def test_a_template_is_filled(template: str, expected: str) -> None:
    assert expected == fill(template, {"number": "1", "text": "{number}"})


@given(VALUES, VALUES, VALUES)
def test_what_is_in_a_value_is_never_taken_for_a_template(template: str, number: str, text: str) -> None:
    values = {"number": number, "text": text}
    expected = re.sub(r"\{(number|text)\}", lambda found: values[found[1]], template)
    assert expected == fill(template, values)


ANSWER = {"code": 0, "ok": True, "data": [{"msgid": "m1"}], "none": None, "deep": {"a": {"b": "c"}}}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("code", "0"),
        ("ok", "True"),
        ("data.0.msgid", "m1"),
        ("deep.a.b", "c"),
        ("data.1.msgid", None),
        ("data.x", None),
        ("data.-1", None),
        ("deep.a", None),
        ("none", None),
        ("code.0", None),
        ("nothing", None),
        ("", None),
    ],
)
def test_a_value_is_found_by_its_path(path: str, expected: str | None) -> None:
    assert expected == at(ANSWER, path)


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=3)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(["a", "0", "b"]), inner, max_size=3)),
)


@given(JSON, st.lists(st.sampled_from(["a", "b", "0", "1", "²", "-1", ""]), max_size=4).map(".".join))
def test_whatever_the_answer_and_the_path_a_text_or_nothing_is_found(answer: object, path: str) -> None:
    found = at(answer, path)
    assert found is None or isinstance(found, str)


RECEIPT = Receipt(attempt="uid", id="msgid", state="stat", code="err", delivered=("DELIVRD",), sent=("ACCEPTD",))


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"stat": "DELIVRD"}, Said("delivered")),
        ({"stat": "ACCEPTD"}, Said("sent")),
        ({"stat": "UNDELIV", "err": "MK:0001"}, Said("failed", "30003")),
        ({"stat": "UNDELIV", "err": 7}, Said("failed", "7")),
        ({"stat": "EXPIRED"}, Said("failed", "EXPIRED")),
        ({"stat": ""}, None),
        ({}, None),
    ],
)
def test_a_receipt_is_understood(fields: dict[str, object], expected: Said | None) -> None:
    form = msgspec.structs.replace(FORM, receipt=RECEIPT, errors={"MK:0001": "30003"})
    assert expected == form.said(fields)


@given(st.text(alphabet="0123456789 -+（）０１a", max_size=80))
def test_a_number_in_the_place_of_a_code_is_not_kept(code: str) -> None:
    said = msgspec.structs.replace(FORM, receipt=RECEIPT).said({"stat": "UNDELIV", "err": code})
    assert said is not None
    assert not re.search(r"\d{7}", re.sub(r"\D", "", said.code))
    assert len(said.code) <= 64
