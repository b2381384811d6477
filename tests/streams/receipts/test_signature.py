"""Only what Twilio signed is heard, whatever stands before us."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from streams.receipts.body import form_of
from streams.receipts.signature import AddressError, Params, Signature, checked_address

# the vector of Twilio's own documentation; the numbers are made up there
VECTOR = Params(
    [
        ("CallSid", "CA1234567890ABCDE"),
        ("Caller", "+14158675309"),
        ("Digits", "1234"),
        ("From", "+14158675309"),
        ("To", "+18005551212"),
    ]
)
SIGNED = "RSOYDt4T1cUTdK1PDd93/VVr8B8="
TWILIO = Signature("https://mycompany.com", ["other", "12345"])


def test_the_vector_of_the_documentation_passes() -> None:
    assert TWILIO.is_right("/myapp.php", "foo=1&bar=2", VECTOR, SIGNED)


def test_it_passes_too_where_the_public_address_has_a_path_or_a_port() -> None:
    assert Signature("https://mycompany.com:443", ["12345"]).is_right("/myapp.php", "foo=1&bar=2", VECTOR, SIGNED)
    signature = RequestValidator("12345").compute_signature("https://mycompany.com/flood/x", VECTOR)
    assert Signature("https://mycompany.com/flood", ["12345"]).is_right("/x", "", VECTOR, signature)


@pytest.mark.parametrize(
    ("path", "query", "signature"),
    [
        ("/myapp.php", "foo=1&bar=2", ""),
        ("/myapp.php", "foo=1&bar=2", SIGNED.lower()),
        ("/myapp.php", "foo=1&bar=2", SIGNED + "="),
        ("/myapp.php", "foo=1", SIGNED),
        ("/myapp.php", "", SIGNED),
        ("/other", "foo=1&bar=2", SIGNED),
        ("/myapp.php", "foo=1&bar=2", "\xff" * 28),
    ],
)
def test_anything_else_does_not(path: str, query: str, signature: str) -> None:
    assert not TWILIO.is_right(path, query, VECTOR, signature)


def test_nobody_passes_where_there_is_no_token() -> None:
    assert not Signature("https://mycompany.com", []).is_right("/myapp.php", "foo=1&bar=2", VECTOR, SIGNED)


@given(st.lists(st.tuples(st.text("abcXYZ", min_size=1), st.text()), max_size=6), st.integers(0, 5))
def test_all_parameters_are_signed_also_new_empty_and_repeated_ones(pairs: list[tuple[str, str]], dropped: int) -> None:
    params = form_of(urlencode([(name, value.encode("utf-8", "replace")) for name, value in pairs]).encode())
    signature = RequestValidator("t").compute_signature("https://host/p", params)
    checks = Signature("https://host", ["t"])
    assert checks.is_right("/p", "", params, signature)
    fewer = Params([pair for place, pair in enumerate(params.multi_items()) if place != dropped])
    if RequestValidator("t").compute_signature("https://host/p", fewer) != signature:
        assert not checks.is_right("/p", "", fewer, signature)


@pytest.mark.parametrize("address", ["https://host", "https://host/", "https://host:8443/city", "http://127.0.0.1:80", "http://[::1]:8080"])
def test_an_address_is_taken_without_the_slash_at_its_end(address: str) -> None:
    assert address.rstrip("/") == checked_address(address)


@pytest.mark.parametrize(
    "address",
    ["", "host", "http://host", "http://10.0.0.1", "ftp://host", "https://", "https://a?b", "https://a#b", "https://a:x", "https://u@a"],
)
def test_an_address_that_is_none_or_is_not_encrypted_is_told(address: str) -> None:
    with pytest.raises(AddressError, match="write https://HOST"):
        checked_address(address)
