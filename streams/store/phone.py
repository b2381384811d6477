"""Which telephone numbers a city may have: a city that is not live knows only numbers that reach nobody (law 7)."""

from __future__ import annotations

import re

import phonenumbers

from streams.city.model import City

# +999 is a country code nobody has; +15005550xxx are Twilio's own test numbers; 15 digits are the most a number has (ITU-T E.164)
_MADE_UP = re.compile(r"\+999[0-9]{1,12}|\+15005550[0-9]{3}")


def refusal(phone: str, city: City) -> str | None:
    """Why a city refuses a number; None where it takes it."""
    made_up = _MADE_UP.fullmatch(phone) is not None
    if not city.public.live:
        return None if made_up else "number_not_made_up_in_a_city_not_live"
    if made_up:
        return "number_made_up_in_a_live_city"
    return None if _valid(phone) else "number_not_valid"


def _valid(phone: str) -> bool:
    try:
        return phone.startswith("+") and phonenumbers.is_valid_number(phonenumbers.parse(phone))
    except phonenumbers.NumberParseException:
        return False
