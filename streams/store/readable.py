"""Makes any text one that a database takes."""

from __future__ import annotations


def readable(text: str) -> str:
    """The text with escapes for what bad input may hold and no database or audit takes: NUL, and halves of pairs."""
    return text.encode("utf-8", "backslashreplace").decode().replace("\0", "\\x00")
