"""A deed, the row of the audit that tells it, and the head of the chain that the row ends."""

from __future__ import annotations

import re
from typing import Any

import msgspec

NO_HASH = "0" * 64
"""What stands before the first row."""
_HEAD = re.compile(r"([0-9]{1,18}) ([0-9a-f]{64})", re.ASCII)


class AuditError(ValueError):
    """A deed that cannot be told, or a head that is none: what is wrong, and what to write."""


class Deed(msgspec.Struct, frozen=True):
    """What somebody did, before it has a place in the audit.

    Attributes
    ----------
    at
        RFC 3339 with a zone: log time where the log decided, else wall clock.
    actor
        Login of a person, id of a key, or the part of the program that acted by rule.
    act
        One word, for example `signed`.
    subject
        What it was done to, for example the identifier of an order.
    detail
        Anything else as plain JSON; counts of residents, never who they are.
    key
        What makes the deed one and the same: where a row has it already, the deed is not told again.
    """

    at: str
    actor: str
    act: str
    subject: str
    detail: dict[str, Any] = {}
    key: str | None = None


class AuditRow(msgspec.Struct, frozen=True):
    """A row as it is stored: `detail` is JSON text, because the hash is over every character of it."""

    number: int
    at: str
    actor: str
    act: str
    subject: str
    detail: str
    key: str | None
    previous: str
    hash: str

    @property
    def facts(self) -> dict[str, Any]:
        """The detail as an object."""
        return msgspec.json.decode(self.detail, type=dict[str, Any])


class Head(msgspec.Struct, frozen=True):
    """Number and hash of the last row: whoever keeps it elsewhere can prove later that nothing up to it was changed or cut."""

    number: int
    hash: str

    def __str__(self) -> str:
        return f"{self.number} {self.hash}"


NO_ROWS = Head(0, NO_HASH)


def parse_head(text: str) -> Head:
    """Read a head as `str` writes it, `NUMBER HASH`.

    Raises
    ------
    AuditError
        Where it is none.
    """
    match = _HEAD.fullmatch(text.strip())
    if match is None or (int(match[1]) == 0) != (match[2] == NO_HASH):
        raise AuditError(f"{text[:80]!r} is no head of an audit: write a number, a blank and 64 hex digits, as `lowpoint audit head` does")
    return Head(int(match[1]), match[2])
