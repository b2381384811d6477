"""An account: who somebody is, without anything that must stay secret."""

from __future__ import annotations

import re
import unicodedata

import msgspec

from streams.officers.roles import Role

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}", re.ASCII)
RESERVED = frozenset({"rule"})
"""What the audit calls somebody who is nobody: a written rule."""
LONGEST_DISPLAY_NAME = 100


class AccountError(ValueError):
    """An account or a key that cannot be made, found or changed: what is wrong, and what to do."""


class Officer(msgspec.Struct, frozen=True):
    """Somebody who can sign in, of whatever role."""

    name: str
    display_name: str
    role: Role
    disabled: bool = False


class Credentials(msgspec.Struct, frozen=True):
    """What an attempt to sign in is held against; only the store and the sign-in see it."""

    officer: Officer
    password_hash: str
    sealed_secret: bytes
    last_step: int

    def __repr__(self) -> str:
        # a hash or a secret must reach no log by way of a traceback
        return f"Credentials({self.officer.name})"


def same_name(name: str) -> str:
    """A name as it is kept: people type it with capitals, full-width letters and spaces around it."""
    return unicodedata.normalize("NFKC", name).strip().lower()


def is_name(name: str) -> bool:
    """Whether an account can have this name."""
    return _NAME.fullmatch(name) is not None and name not in RESERVED


def checked_name(name: str) -> str:
    """The name of a new account, as it is kept.

    Raises
    ------
    AccountError
        Where it cannot be one.
    """
    kept = same_name(name)
    if not is_name(kept):
        how = "write 1 to 64 of a-z, 0-9, dot, dash and underscore, a letter or digit first, and not 'rule'"
        raise AccountError(f"{name!r} cannot be a name: {how}")
    return kept


def checked_display_name(name: str) -> str:
    """What the others see of a new account, or of a key its owner.

    Raises
    ------
    AccountError
        Where it cannot be one.
    """
    kept = " ".join(name.split())
    if not kept or len(kept) > LONGEST_DISPLAY_NAME or not kept.isprintable():
        raise AccountError(f"{name!r} cannot be shown as a name: write 1 to {LONGEST_DISPLAY_NAME} characters that can be printed")
    return kept
