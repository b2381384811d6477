"""Times as Twilio writes them, and as its filters read them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from email.utils import format_datetime, parsedate_to_datetime
from functools import lru_cache

US = 1_000_000
DAY_S = 86_400


def written(us: int | None) -> str | None:
    """A time as RFC 2822 has it, to the second, in UTC."""
    return None if us is None else _written_s(us // US)


@lru_cache(maxsize=4096)
def _written_s(second: int) -> str:
    return format_datetime(datetime.fromtimestamp(second, UTC))


def span_s(text: str) -> tuple[int, int]:
    """First and last second that a filter's time means: of a day if it names one, else one and the same.

    Raises
    ------
    ValueError
        Where it is no time.
    """
    text = text.strip()
    if len(text) == len("2021-07-20"):
        day = date.fromisoformat(text)
        first = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())
        return first, first + DAY_S - 1
    second = int(_moment(text).timestamp())
    return second, second


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = parsedate_to_datetime(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
