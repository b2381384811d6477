"""Passwords: which are taken, and how they are kept (Argon2id) and compared."""

from __future__ import annotations

import secrets
import unicodedata

import msgspec
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST = 12
LONGEST = 1000


class Cost(msgspec.Struct, frozen=True):
    """What one comparison costs; the defaults are the second choice of RFC 9106, which takes 64 MiB."""

    rounds: int = 3
    memory_kib: int = 65_536
    lanes: int = 4


class Passwords:
    """Makes and compares hashes; whether there is something to compare with cannot be told from how long it takes."""

    def __init__(self, cost: Cost | None = None):
        cost = cost or Cost()
        self._hasher = PasswordHasher(time_cost=cost.rounds, memory_cost=cost.memory_kib, parallelism=cost.lanes)
        self._nobodys = self._hasher.hash(secrets.token_urlsafe(32))

    def hash(self, password: str) -> str:
        """What is kept of a password."""
        return self._hasher.hash(_bytes(password))

    def right(self, kept: str | None, password: str) -> bool:
        """Whether this is the password that a hash was made of; without a hash it is compared with nobody's, and wrong."""
        try:
            return self._hasher.verify(self._nobodys if kept is None else kept, _bytes(password)) and kept is not None
        except (VerificationError, InvalidHashError):
            return False

    def outdated(self, kept: str) -> bool:
        """Whether a hash was made at another cost than today's."""
        return self._hasher.check_needs_rehash(kept)


def why_refused(password: str, name: str, display_name: str) -> str | None:
    """What is wrong with a new password and what to do; None where it is taken."""
    if len(unicodedata.normalize("NFKC", password)) < SHORTEST:
        return f"the password is too short: write at least {SHORTEST} characters; a few words that do not belong together are easy to keep"
    if len(password) > LONGEST:
        return f"the password is too long: write at most {LONGEST} characters"
    if _plain(password) in (_plain(name), _plain(display_name)):
        return "the password is the name: write one that nobody guesses"
    return None


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def _bytes(password: str) -> bytes:
    # NFKC, as NIST SP 800-63B says: the same keys pressed give the same bytes on every machine
    # surrogatepass: half a surrogate pair is a wrong password, and no crash
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
