"""Keys of machines that read the command centre: shown once, kept as a digest, with an owner who answers for it."""

from __future__ import annotations

import secrets

import msgspec

from streams.officers.roles import Role


class ApiKey(msgspec.Struct, frozen=True):
    """What is known of a key; not the key."""

    key_id: str
    owner: str
    role: Role
    made_us: int
    revoked_us: int | None = None


class NewKey(msgspec.Struct, frozen=True):
    """A key that was just made: the one moment at which it can be read."""

    key_id: str
    key: str

    def __repr__(self) -> str:
        return f"NewKey({self.key_id})"  # the key must reach no log by way of a traceback


def new_key() -> NewKey:
    """A random key of 256 bits that begins with its id, so that one which leaked can be found and revoked."""
    key_id = secrets.token_hex(6)
    return NewKey(key_id, f"lowpoint_{key_id}_{secrets.token_urlsafe(32)}")
