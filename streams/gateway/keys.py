"""Keys of the owners: the file holds the SHA-256 of each, so that reading the file gives nobody a key."""

from __future__ import annotations

import hashlib
import hmac
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_SHA256 = re.compile(r"[0-9a-f]{64}")


class KeysError(ValueError):
    """A file of keys that cannot be used: what is wrong, and what to do."""


class Keys:
    """Knows an owner by a key. An owner may have several, for the time in which an old one is replaced."""

    def __init__(self, digests_of: Mapping[str, tuple[str, ...]]):
        self._owners = [(digest.encode(), owner) for owner, digests in digests_of.items() for digest in digests]

    @property
    def owners(self) -> frozenset[str]:
        """Owners that have a key."""
        return frozenset(owner for _, owner in self._owners)

    def owner_of(self, key: str) -> str | None:
        """The owner of a key, None if it is nobody's; takes as long whichever it is."""
        asked = hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest().encode()
        found = [owner for digest, owner in self._owners if hmac.compare_digest(digest, asked)]
        return found[0] if found else None


def load_keys(file: Path) -> Keys:
    """Read a TOML file of `owner = "sha256 in hex"`, or a list of such.

    Raises
    ------
    KeysError
        Where it is not that.
    """
    try:
        table = tomllib.loads(file.read_text("utf-8"))
    except OSError as error:
        raise KeysError(f"{file} cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise KeysError(f"{file} is not TOML in UTF-8: {error}") from None
    keys = {owner: _digests(owner, value, file) for owner, value in table.items()}
    every = [digest for digests in keys.values() for digest in digests]
    if len(set(every)) != len(every):
        raise KeysError(f"{file}: the same key stands twice: give each owner one of its own")
    return Keys(keys)


def _digests(owner: str, value: Any, file: Path) -> tuple[str, ...]:
    digests = value if isinstance(value, list) else [value]
    if not owner.strip():
        raise KeysError(f"{file}: an owner without a name: write the owner as in stations.geojson")
    if not digests or not all(isinstance(digest, str) and _SHA256.fullmatch(digest.lower()) for digest in digests):
        raise KeysError(f"{file}: {owner!r}: write the SHA-256 of the key as 64 hex digits: printf %s KEY | sha256sum")
    return tuple(digest.lower() for digest in digests)
