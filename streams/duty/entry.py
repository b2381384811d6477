"""An entry of the log: what somebody wrote down, or what happened by itself; and its place among all the others."""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

LONGEST_TEXT = 2000
TEXT = r"^[^\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]*$"
"""What a note is made of: line feeds, but nothing else that cannot be seen, nor what turns the direction of what is read."""

_PLACE = re.compile(r"([0-9]{16})\.([a-z]{1,16})\.(.{1,1000})", re.ASCII | re.DOTALL)


class Place(msgspec.Struct, frozen=True, order=True):
    """Where an entry stands: by time, then by where it comes from, then by its key there. Written out it is the entry's id.

    `source` is of small letters; keys of one source that belong in an order of their own sort as texts.
    """

    at_us: int
    source: str
    key: str

    def __str__(self) -> str:
        return f"{self.at_us:016d}.{self.source}.{self.key}"


class Entry(msgspec.Struct, frozen=True):
    """One line of the log.

    Attributes
    ----------
    place
        Its place and id.
    officer
        Who wrote or did it; "" where a rule or the water did.
    kind
        "note", "hand_over" or "take_over" of people; "decision", "order", "level", "signal" or "model" of what happened.
    what
        One word more, for those who show it in another language: the act, the state of the order, the basis of the level, the signal.
    outcome
        Of a decision, and the type of message of an order; else "".
    level
        Of an order or a level; else None.
    text
        In words.
    refers
        The order, low point, zone, station or district that it is about; "" for none.
    """

    place: Place
    officer: str
    kind: str
    text: str
    what: str = ""
    outcome: str = ""
    level: int | None = None
    refers: str = ""


class LogPage(msgspec.Struct, frozen=True):
    """Entries, the newest first, and whether there are more before them."""

    entries: tuple[Entry, ...]
    more: bool


def parse_place(text: str) -> Place | None:
    """Read an id; None where it is none."""
    match = _PLACE.fullmatch(text)
    return Place(int(match[1]), match[2], match[3]) if match else None


def page_of(entries: Iterable[Entry], before: Place | None, limit: int) -> LogPage:
    """The newest entries, or the newest of those before a place.

    Parameters
    ----------
    entries
        At least `limit` + 1 of each source that are before the place, or all there are; more does no harm, nor does their order.
    """
    known = sorted((one for one in entries if before is None or one.place < before), key=lambda one: one.place, reverse=True)
    return LogPage(tuple(known[:limit]), len(known) > limit)
