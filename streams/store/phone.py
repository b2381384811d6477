"""Which telephone numbers a city may have: a city that is not live knows only numbers that reach nobody (law 7)."""

from __future__ import annotations

import re

import phonenumbers

from streams.city.model import City

# +999 is a country code nobody has; +15005550xxx are Twilio's own test numbers; 15 digits are the most a number has (ITU-T E.164)
_MADE_UP = re.compile(r"\+999[0-9]{1,12}|\+15005550[0-9]{3}")


def is_made_up(phone: str) -> bool:
    """Whether a number reaches nobody."""
    return _MADE_UP.fullmatch(phone) is not None


def refusal(phone: str, city: City) -> str | None:
    """Why a city refuses a number; None where it takes it."""
    return checked_phone(phone, city)[1]


def checked_phone(phone: str, city: City) -> tuple[str, str | None]:
    """The number as E.164 writes it, so that a person has one, and why the city refuses it; None where it takes it."""
    if not city.public.live:
        return phone, None if is_made_up(phone) else "number_not_made_up_in_a_city_not_live"
    number = as_e164(phone)
    if number is None:
        return phone, "number_not_valid"
    return number, "number_made_up_in_a_live_city" if is_made_up(number) else None  # looked at as E.164, for it may be spelled otherwise


def as_e164(phone: str) -> str | None:
    """A number as E.164 writes it, whatever the city; None where it is none."""
    return phone if is_made_up(phone) else _parsed(phone)


def _parsed(phone: str) -> str | None:
    if not phone.startswith("+"):
        return None
    try:
        number = phonenumbers.parse(phone)
    except phonenumbers.NumberParseException:
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) if phonenumbers.is_valid_number(number) else None
