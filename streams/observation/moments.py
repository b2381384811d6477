"""Moments: whole microseconds since 1970 inside, RFC 3339 in UTC outside."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache

SECOND_US = 1_000_000
MINUTE_US = 60 * SECOND_US
HOUR_US = 3600 * SECOND_US
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_RFC3339 = re.compile(r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:)(\d\d)(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


@lru_cache(maxsize=100_000)
def parse_us(text: str) -> int | None:
    """Microseconds since 1970 of an RFC 3339 time with a zone; None where it is not one.

    A leap second (``:60``) is the last microsecond of its minute; digits past the sixth are cut.
    """
    match = _RFC3339.fullmatch(text)
    if match is None:
        return None
    day, hour_minute, second, fraction, zone = match.groups()
    leap = second == "60"
    micro = "999999" if leap else (fraction or ".0")[1:7].ljust(6, "0")
    plain = f"{day}T{hour_minute}{'59' if leap else second}.{micro}{'+00:00' if zone in 'Zz' else zone}"
    try:
        return to_us(datetime.fromisoformat(plain))
    except (ValueError, OverflowError):
        return None


def to_us(moment: datetime) -> int:
    """Microseconds since 1970 of an aware datetime, exact."""
    return (moment - EPOCH) // timedelta(microseconds=1)


def to_datetime(time_us: int) -> datetime:
    """The same moment as an aware datetime in UTC."""
    return EPOCH + timedelta(microseconds=time_us)


@lru_cache(maxsize=100_000)
def to_text(time_us: int) -> str:
    """RFC 3339 in UTC with a fraction only where there is one, for example 2021-07-20T08:31:00Z."""
    return to_datetime(time_us).isoformat().replace("+00:00", "Z")
