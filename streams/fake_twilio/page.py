"""One page of a list, with the filters and tokens that Twilio has."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar
from urllib.parse import urlencode

from streams.fake_twilio.dates import US, span_s
from streams.fake_twilio.form import Form
from streams.fake_twilio.shelf import Record, Shelf

DEFAULT_SIZE, LARGEST_SIZE = 50, 1_000
PAGING = ("PageSize", "Page", "PageToken")
OLDER, NEWER = "PA", "PB"


class Listed(Record, Protocol):
    """What can be listed."""

    from_: str
    status: str

    @property
    def at_us(self) -> int:
        """The time that filters go by."""


L = TypeVar("L", bound=Listed)


class PageError(ValueError):
    """A query that cannot be answered."""


def page_of(shelf: Shelf[L], query: Form, path: str, when: str) -> tuple[list[L], dict[str, Any]]:
    """The records of the page that a query asks for, and what stands around them.

    Parameters
    ----------
    path
        The address of the list, as its pages' addresses begin.
    when
        The name of the filter by time, as DateSent.

    Raises
    ------
    PageError
        Where a page, a token or a time is none.
    """
    ask = _ask_of(query, when)
    return (found := _found(shelf, ask)), _around(shelf, found, ask, path)


def _found(shelf: Shelf[L], ask: _Ask) -> list[L]:
    if ask.token.startswith(NEWER):
        return shelf.newer(ask.to, _at(shelf, ask.token), ask.wanted, ask.size)
    if ask.token:
        return shelf.older(ask.to, _at(shelf, ask.token), ask.wanted, ask.size)
    return shelf.older(ask.to, None, ask.wanted, (ask.page + 1) * ask.size)[ask.page * ask.size :]


def _around(shelf: Shelf[L], found: Sequence[L], ask: _Ask, path: str) -> dict[str, Any]:
    def address(number: int, token: str = "") -> str:
        paging = [("PageSize", ask.size), ("Page", number), *([("PageToken", token)] if token else [])]
        return f"{path}?{urlencode([*ask.filters, *paging])}"

    page = ask.page
    after = bool(found) and bool(shelf.older(ask.to, found[-1].number, ask.wanted, 1))
    before = bool(found) and page > 0 and bool(shelf.newer(ask.to, found[0].number, ask.wanted, 1))
    return {
        "end": page * ask.size + max(len(found) - 1, 0),
        "first_page_uri": address(0),
        "next_page_uri": address(page + 1, OLDER + found[-1].sid) if after else None,
        "page": page,
        "page_size": ask.size,
        "previous_page_uri": address(page - 1, NEWER + found[0].sid) if before else None,
        "start": page * ask.size,
        "uri": address(page),
    }


@dataclass(frozen=True)
class _Ask:
    """What a query asks for."""

    to: str
    wanted: Callable[[Listed], bool]
    filters: list[tuple[str, str]]
    size: int
    page: int
    token: str


def _ask_of(query: Form, when: str) -> _Ask:
    size = min(_whole(query, "PageSize", DEFAULT_SIZE, 1), LARGEST_SIZE)
    filters = [(name, value) for name, value in query.pairs if name not in PAGING]
    return _Ask(query.get("To"), _wanted(query, when), filters, size, _whole(query, "Page", 0, 0), query.get("PageToken"))


def _at(shelf: Shelf[L], token: str) -> int:
    record = shelf.get(token[2:])
    if record is None or token[:2] not in (OLDER, NEWER):
        raise PageError("PageToken is none of this list")
    return record.number


def _wanted(query: Form, when: str) -> Callable[[Listed], bool]:
    sender, status = query.get("From"), query.get("Status")
    first_s, last_s = _times(query, when)

    def wanted(record: Listed) -> bool:
        if (sender and record.from_ != sender) or (status and record.status != status):
            return False
        return first_s <= record.at_us // US <= last_s

    return wanted


def _times(query: Form, when: str) -> tuple[float, float]:
    first_s, last_s = float("-inf"), float("inf")
    try:
        if on := query.get(when):
            first_s, last_s = span_s(on)
        if after := query.get(when + ">"):
            first_s = max(first_s, span_s(after)[0])
        if before := query.get(when + "<"):
            last_s = min(last_s, span_s(before)[1])
    except ValueError:
        raise PageError(f"{when} is no time") from None
    return first_s, last_s


def _whole(query: Form, name: str, default: int, least: int) -> int:
    text = query.get(name)
    if not text:
        return default
    if not (text.isascii() and text.isdecimal() and int(text) >= least):
        raise PageError(f"{name} is no number from {least}")
    return int(text)
