"""The chain: each row carries the hash of the row before, and its own over everything in it.

The hash is SHA-256 over the JSON array ``["lowpoint-audit-1", number, at, actor, act, subject, detail, key, previous]`` in UTF-8 without
blanks, where `detail` is the JSON text of the detail as a string. So each field ends where its quotes end, and two different rows never
give the same bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from enum import StrEnum

import msgspec

from streams.audit.row import NO_ROWS, AuditError, AuditRow, Deed, Head
from streams.observation.moments import parse_us

_FORMAT = "lowpoint-audit-1"


class Fault(StrEnum):
    """How a chain can be broken."""

    CHANGED = "changed"
    MISSING = "missing"
    REORDERED = "reordered"
    INSERTED = "inserted"
    UNLINKED = "unlinked"
    CUT = "cut"
    FORGED = "forged"


class Broken(msgspec.Struct, frozen=True):
    """The first place at which a chain is broken, counted from 1, and how, in words."""

    number: int
    fault: Fault
    words: str


def hash_of(row: AuditRow) -> str:
    """The hash that belongs into a row."""
    fields = [_FORMAT, row.number, row.at, row.actor, row.act, row.subject, row.detail, row.key, row.previous]
    return hashlib.sha256(msgspec.json.encode(fields)).hexdigest()


def row_after(head: Head, deed: Deed) -> AuditRow:
    """The row that tells a deed next.

    Raises
    ------
    AuditError
        Where the deed has no time with a zone, or holds what cannot be stored or read back as it was.
    """
    if parse_us(deed.at) is None:
        raise AuditError(f"{deed.at!r} is no time with a zone: write RFC 3339, such as 2021-07-20T08:31:00Z")
    row = AuditRow(head.number + 1, deed.at, deed.actor, deed.act, deed.subject, _detail(deed), deed.key, head.hash, "")
    _check_texts(row)
    return msgspec.structs.replace(row, hash=hash_of(row))


def chained(deeds: Iterable[Deed], head: Head = NO_ROWS) -> Iterator[AuditRow]:
    """Rows that tell deeds in their order, after a head."""
    for deed in deeds:
        row = row_after(head, deed)
        head = Head(row.number, row.hash)
        yield row


def verify(rows: Iterable[AuditRow], *heads: Head) -> Broken | None:
    """Find the first place at which a chain is broken; None where it is whole. The rest as in `check`."""
    found = check(rows, *heads)
    return found if isinstance(found, Broken) else None


def check(rows: Iterable[AuditRow], *heads: Head) -> Head | Broken:
    """The head of a chain that is whole, or else the first place at which it is broken.

    Parameters
    ----------
    rows
        The whole audit, from row 1 on, in the order in which it was found.
    heads
        Heads that were exported earlier and kept where nobody who can write the audit can write. Without one, a tail that was cut and a
        chain that was computed anew cannot be seen.
    """
    waiting = sorted((head for head in heads if head.number), key=lambda head: head.number)
    last = agreed = NO_ROWS
    rest = iter(rows)
    for row in rest:
        broken = _broken(last, row, rest)
        if broken:
            return broken
        last = Head(row.number, row.hash)
        while waiting and waiting[0].number <= last.number:
            kept = waiting.pop(0)
            if kept != last:
                return _forged(agreed, kept)
            agreed = kept
    return _cut(last, waiting[-1]) if waiting else last


def _broken(last: Head, row: AuditRow, rest: Iterator[AuditRow]) -> Broken | None:
    """What is wrong with the row that stands after the last good one."""
    place = last.number + 1
    if not _fits(row):
        return Broken(place, Fault.CHANGED, f"row {place} was changed: its contents do not give the hash that stands in it")
    if row.number < place:
        return Broken(place, Fault.INSERTED, f"row {place}: a row was put in there that bears the number {row.number}")
    if row.number > place:
        if any(later.number == place for later in rest):
            return Broken(
                place, Fault.REORDERED, f"row {place} is out of its place: row {row.number} stands there, and row {place} after it"
            )
        gone = f"row {place} is missing" if row.number == place + 1 else f"row {place} is missing, and all up to row {row.number - 1}"
        return Broken(place, Fault.MISSING, gone)
    if row.previous != last.hash:
        before = (
            f"row {last.number}: one of the two was written anew" if last.number else "an empty audit: what stood before it was taken out"
        )
        return Broken(place, Fault.UNLINKED, f"row {place} does not follow {before}")
    return None


def _fits(row: AuditRow) -> bool:
    try:
        return row.hash == hash_of(row)
    except UnicodeEncodeError:
        return False  # somebody wrote bytes that are no text


def _forged(agreed: Head, kept: Head) -> Broken:
    """The rows fit each other, but not the head that was kept: the first row that can differ is the one after the last head that agrees."""
    place = agreed.number + 1
    where = f"row {kept.number}" if place >= kept.number else f"a row from {place} to {kept.number}"
    why = f"the rows fit each other, but the head of row {kept.number} that was exported is another"
    return Broken(min(place, kept.number), Fault.FORGED, f"{where} was replaced, and the hashes were computed anew: {why}")


def _cut(last: Head, kept: Head) -> Broken:
    place = last.number + 1
    ends = f"the audit ends with row {last.number}" if last.number else "the audit is empty"
    return Broken(place, Fault.CUT, f"row {place} and all after it were cut off: {ends}, but a head of row {kept.number} was exported")


def _detail(deed: Deed) -> str:
    try:
        encoded = msgspec.json.encode(deed.detail, order="deterministic")
        same = msgspec.json.decode(encoded) == deed.detail
    except (TypeError, ValueError, OverflowError, RecursionError):
        same = False
    if not same:
        wanted = "texts, finite numbers, true, false, null, lists, and objects with texts as keys"
        raise AuditError(f"the detail of {deed.act!r} is not plain JSON: write {wanted}")
    return encoded.decode()


def _check_texts(row: AuditRow) -> None:
    for name in ("actor", "act", "subject", "key"):
        text = getattr(row, name)
        if text is None and name == "key":
            continue
        if not isinstance(text, str) or "\0" in text or not _is_unicode(text):
            raise AuditError(f"the {name} of a deed is {text!r}: write a text without NUL and without half a surrogate pair")


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
