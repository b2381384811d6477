"""Codes that people read and type: of a report, by which its writer follows it, and of a low point, which stands on its plate."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from hashlib import sha256

from streams.reports.card import Card
from streams.reports.key import ReportsKey

LETTERS = "34679ACDEFGHJKMNPQRTUVWXY"
"""No two look alike: neither 0 and O nor 1, I and L, nor 2 and Z, 5 and S, 8 and B."""
CODE_LENGTH, PLATE_LENGTH = 10, 6
"""25^10 codes are 2^46: with the tries that an address has, nobody finds another's report."""

_FILLING = re.compile(r"[\s\-\u2010-\u2015\u2212_.]+")
_WORD = re.compile(f"[{LETTERS}]{{3}}-?[{LETTERS}]{{3}}")


def code_of(key: ReportsKey, card: Card) -> str:
    """The code of a card's report: the same each time, for an answer that was lost on the way."""
    return _spelled(int.from_bytes(key.mac("code", card.nonce), "big"), CODE_LENGTH)


def code_digest(key: ReportsKey, code: str) -> str:
    """By what the store knows a code."""
    return key.digest("code digest", code)


def shown(code: str) -> str:
    """A code as people read it: `ABCDE-FGHJK`, and of a plate `ABC-DEF`."""
    half = len(code) // 2
    return f"{code[:half]}-{code[half:]}"


def typed(text: str, length: int = CODE_LENGTH) -> str | None:
    """The code that somebody typed, whatever its case, width and dashes; None where it can be none."""
    plain = _FILLING.sub("", unicodedata.normalize("NFKC", text[:64])).upper()
    return plain if len(plain) == length and set(plain) <= set(LETTERS) else None


def plate_of(low_point: str) -> str:
    """The code on the plate of a low point: no secret, and always the same."""
    return _spelled(int.from_bytes(sha256(b"lowpoint plate\0" + low_point.encode("utf-8")).digest(), "big"), PLATE_LENGTH)


def plates_of(low_points: Iterable[str]) -> dict[str, str]:
    """Low points by the code of their plate; two that have the same one are both left out, for a wrong place is worse than none."""
    found = [(plate_of(name), name) for name in low_points]
    count = Counter(plate for plate, _ in found)
    return {plate: name for plate, name in found if count[plate] == 1}


def plates_in(text: str) -> list[str]:
    """What may be codes of plates in what somebody wrote."""
    plain = unicodedata.normalize("NFKC", text).upper()
    return [found[0].replace("-", "") for found in _WORD.finditer(plain)]


def _spelled(number: int, length: int) -> str:
    signs = []
    for _ in range(length):
        number, at = divmod(number, len(LETTERS))
        signs.append(LETTERS[at])
    return "".join(signs)
