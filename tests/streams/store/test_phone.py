"""One number has one spelling, however somebody writes it."""

from __future__ import annotations

import pytest

from streams.store.phone import as_e164, checked_phone, is_made_up, refusal
from tests.streams.store.town import CITY, LIVE

TEST_NUMBER = "+15005550006"


@pytest.mark.parametrize("spelled", [TEST_NUMBER, "+1 500 555 0006", "+1 (500) 555-0006", "+1-500-555-0006", "+１５００５５５０００６"])
def test_spellings_of_one_number_are_one_number_and_a_live_city_knows_it_for_made_up_in_all(spelled: str) -> None:
    assert TEST_NUMBER == as_e164(spelled)
    assert (TEST_NUMBER, "number_made_up_in_a_live_city") == checked_phone(spelled, LIVE)


@pytest.mark.parametrize("spelled", ["", "999", "0990000000001", "+999 000", "+", "+1", "five", "+1500555000６６６６６６６６６６"])
def test_what_is_no_number_is_none(spelled: str) -> None:
    assert as_e164(spelled) is None
    assert "number_not_valid" == refusal(spelled, LIVE)
    assert "number_not_made_up_in_a_city_not_live" == refusal(spelled, CITY)


def test_a_number_of_the_country_that_nobody_has_is_itself() -> None:
    assert is_made_up("+9990000000001")
    assert "+9990000000001" == as_e164("+9990000000001")
    assert ("+9990000000001", None) == checked_phone("+9990000000001", CITY)
