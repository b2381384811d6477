"""Deeds as officers and rules do them, and the chains that tell them."""

from __future__ import annotations

import msgspec
from hypothesis import strategies as st

from streams.audit.chain import chained, hash_of
from streams.audit.row import NO_ROWS, AuditRow, Deed, Head

AT = "2021-07-20T08:31:00Z"
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
PLAIN = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | TEXTS
DETAILS = st.dictionaries(TEXTS, PLAIN | st.lists(PLAIN, max_size=3) | st.dictionaries(TEXTS, PLAIN, max_size=2), max_size=3)
DEEDS = st.builds(Deed, st.just(AT), TEXTS, TEXTS, TEXTS, DETAILS, st.none() | TEXTS)


def chain(deeds: list[Deed]) -> list[AuditRow]:
    return list(chained(deeds))


def chains(shortest: int = 1) -> st.SearchStrategy[list[AuditRow]]:
    return st.lists(DEEDS, min_size=shortest, max_size=8).map(chain)


def deeds(many: int) -> list[Deed]:
    return [Deed(AT, "li.wei", "signed", f"order-{number}", {"recipients": number}) for number in range(1, many + 1)]


def head_of(rows: list[AuditRow]) -> Head:
    return Head(rows[-1].number, rows[-1].hash) if rows else NO_ROWS


def forged(row: AuditRow, **changes: object) -> AuditRow:
    """A row with other contents and the hash that belongs to them."""
    changed = msgspec.structs.replace(row, **changes)
    return msgspec.structs.replace(changed, hash=hash_of(changed))
