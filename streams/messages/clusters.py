"""Splits a text into signs as a reader sees them, as far as Twilio's counter of segments does.

Its `sms-segments-calculator` 1.3.0 keeps a flag, a family or a letter with its accents in one segment. Twilio bills what it counts, so
this follows that counter and not the newest Unicode: it knows the emoji of Unicode 10 (UAX 29, revision 31), and two slips of its are
marked below. Marks are told by their general category; letters of Korean that are written in parts, and the few signs of Arabic that
join what comes after them, are taken one by one, which no text of ours needs.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from enum import Enum, auto
from functools import lru_cache


class Kind(Enum):
    """How a character joins its neighbours."""

    CONTROL = auto()
    MARK = auto()
    JOINER = auto()
    FLAG = auto()  # half a flag: a regional indicator
    TONE = auto()
    TONED = auto()  # may take a skin tone
    GLUED = auto()  # may follow a joiner
    PERSON = auto()  # may do both
    OTHER = auto()


def _signs(ranges: str) -> frozenset[str]:
    bounds = [part.split("-") for part in ranges.split()]
    return frozenset(chr(code) for first, *last in bounds for code in range(int(first, 16), int((last or [first])[0], 16) + 1))


_SPECIAL = {
    Kind.MARK: _signs("200C FF9E-FF9F E0020-E007F"),
    Kind.JOINER: _signs("200D"),
    Kind.FLAG: _signs("1F1E6-1F1FF"),
    Kind.TONE: _signs("1F3FB-1F3FF"),
    Kind.TONED: _signs(
        "261D 26F9 270A-270D 1F385 1F3C2-1F3C4 1F3C7 1F3CA-1F3CC 1F442-1F443 1F446-1F450 1F46E 1F470-1F478 1F47C 1F481-1F483 1F485-1F487 "
        "1F4AA 1F574-1F575 1F57A 1F590 1F595-1F596 1F645-1F647 1F64B-1F64F 1F6A3 1F6B4-1F6B6 1F6C0 1F6CC 1F918-1F91C 1F91E-1F91F 1F926 "
        "1F930-1F939 1F93D-1F93E 1F9D1-1F9DD"
    ),
    Kind.GLUED: _signs(
        "2640 2642 2695-2696 2708 2764 1F308 1F33E 1F373 1F393 1F3A4 1F3A8 1F3EB 1F3ED 1F48B 1F4BB-1F4BC 1F527 1F52C 1F5E8 1F680 1F692"
    ),
    Kind.PERSON: _signs("1F466-1F469"),
}
_BY_CATEGORY = {
    **dict.fromkeys(("Mn", "Me", "Mc"), Kind.MARK),
    **dict.fromkeys(("Cc", "Cf", "Cs", "Zl", "Zp"), Kind.CONTROL),
}
_TAKES_TONE = (Kind.TONED, Kind.PERSON)


def cluster_units(text: str) -> list[int]:
    """How many UTF-16 units each sign of a text takes, in order."""
    units: list[int] = []
    cluster: list[Kind] = []
    for character in text:
        size = 2 if ord(character) > 0xFFFF else 1
        kind = _kind(character)
        if cluster and kind is not Kind.OTHER and _joins(cluster, kind):
            units[-1] += size
            cluster.append(kind)
        else:
            units.append(size)
            cluster = [kind]
    return units


def _joins(cluster: Sequence[Kind], then: Kind) -> bool:
    """Whether a character goes on with the sign before it."""
    last = cluster[-1]
    whole_flag = cluster[1:2] == [Kind.FLAG]
    if last is Kind.CONTROL or (whole_flag and last is not Kind.FLAG):  # a slip: a flag takes one mark, and not a second
        return False
    if then in (Kind.MARK, Kind.JOINER):
        return True
    if then is Kind.TONE:
        return _takes_tone(cluster)
    if then in (Kind.GLUED, Kind.PERSON):
        return last is Kind.JOINER
    return then is last is Kind.FLAG and not whole_flag


def _takes_tone(cluster: Sequence[Kind]) -> bool:
    if cluster[-1] is Kind.MARK:
        return len(cluster) > 1 and cluster[-2] in _TAKES_TONE
    # a slip: a mark anywhere before parts the second of a couple from its tone
    return cluster[-1] in _TAKES_TONE and Kind.MARK not in cluster


@lru_cache(maxsize=8192)
def _kind(character: str) -> Kind:
    for kind, characters in _SPECIAL.items():
        if character in characters:
            return kind
    return _BY_CATEGORY.get(unicodedata.category(character), Kind.OTHER)
