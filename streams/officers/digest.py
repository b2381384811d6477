"""SHA-256 of what is too random to be guessed: tokens and keys need no slow hash as passwords do."""

from __future__ import annotations

import hashlib


def digest(text: str) -> str:
    """SHA-256 in hex; anything that a client may send has one."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
