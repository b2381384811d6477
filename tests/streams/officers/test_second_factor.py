"""A code is good within a step of its time, and once (RFC 6238)."""

from __future__ import annotations

import base64
from urllib.parse import parse_qs, urlsplit

import pytest

from streams.observation.moments import SECOND_US
from streams.officers.second_factor import accepted_step, app_address, new_secret
from tests.streams.officers.desk import NOW_US, SECRET, code

STEP_US = 30 * SECOND_US
NOW_STEP = NOW_US // STEP_US


@pytest.mark.parametrize(
    ("at_s", "known"),
    [(59, "94287082"), (1111111109, "07081804"), (1111111111, "14050471"), (1234567890, "89005924"), (2000000000, "69279037")],
)
def test_the_codes_are_those_of_the_standard(at_s: int, known: str) -> None:
    secret = base64.b32encode(b"12345678901234567890").decode()
    assert at_s // 30 == accepted_step(secret, known[-6:], at_s * SECOND_US)


@pytest.mark.parametrize(("steps", "good"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_one_step_off_and_no_more(steps: int, good: bool) -> None:
    step = accepted_step(SECRET, code(NOW_US + steps * STEP_US), NOW_US)
    assert step == (NOW_STEP + steps if good else None)


def test_a_code_is_good_once_and_so_is_any_before_it() -> None:
    step = accepted_step(SECRET, code(), NOW_US)
    assert step is not None
    assert accepted_step(SECRET, code(), NOW_US, step) is None
    assert accepted_step(SECRET, code(NOW_US - STEP_US), NOW_US, step) is None
    assert step + 1 == accepted_step(SECRET, code(NOW_US + STEP_US), NOW_US, step)


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "\ud83d", "-00001", " ", "\0" * 6])
def test_what_is_no_code_is_wrong(typed: str) -> None:
    assert accepted_step(SECRET, typed, NOW_US) is None


def test_a_code_may_be_typed_with_a_gap_and_in_full_width_digits() -> None:
    digits = code()
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in digits)
    assert [NOW_STEP] * 2 == [accepted_step(SECRET, typed, NOW_US) for typed in (f" {digits[:3]} {digits[3:]} ", wide)]


def test_the_code_of_another_secret_is_wrong() -> None:
    secret = new_secret()
    assert (32, True) == (len(secret), secret != new_secret())
    assert accepted_step(SECRET, code(secret="A" * 32), NOW_US) is None


def test_the_address_is_what_apps_read() -> None:
    address = urlsplit(app_address(SECRET, "li.wei", "Low & point"))
    assert ("otpauth", "totp", [SECRET]) == (address.scheme, address.netloc, parse_qs(address.query)["secret"])
    assert ["Low & point"] == parse_qs(address.query)["issuer"]
    assert address.path.endswith(":li.wei")
