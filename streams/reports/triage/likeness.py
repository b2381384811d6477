"""How alike two pictures are, by their perceptual hashes."""

from __future__ import annotations

from collections.abc import Iterable

ALIKE_BITS = 10
"""Of 64: saved again, shrunk or a little lighter, a picture moves up to 6 bits; another scene moves about half of them."""


def alike(one: str, other: str) -> bool:
    """Whether two likenesses (16 hexadecimal digits) are of the same picture; one that cannot be read is like itself alone."""
    if one == other:
        return True
    try:
        return (int(one, 16) ^ int(other, 16)).bit_count() <= ALIKE_BITS
    except ValueError:
        return False


def distinct(likenesses: Iterable[str]) -> list[str]:
    """One likeness of each picture that is not like one before it, in their order."""
    found: list[str] = []
    for likeness in likenesses:
        if not any(alike(likeness, known) for known in found):
            found.append(likeness)
    return found
