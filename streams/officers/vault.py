"""Encrypts second factors at rest, with a key that lies in a file and not in the database."""

from __future__ import annotations

from pathlib import Path

import msgspec
from cryptography.fernet import Fernet, InvalidToken

from streams.key_file import write_secret

HOW_TO = "make one with `lowpoint officers key FILE` and name it with --key or LOWPOINT_OFFICERS_KEY"


class VaultError(ValueError):
    """A key that is missing, is none, or does not open what is kept: what is wrong, where, and what to do."""


class Vault:
    """Seals a secret for one account: moved to another account's row it opens no more."""

    def __init__(self, key: bytes):
        self._fernet = Fernet(key)

    def seal(self, name: str, secret: str) -> bytes:
        """The secret of an account as the database may keep it."""
        return self._fernet.encrypt(msgspec.json.encode([name, secret]))

    def unseal(self, name: str, sealed: bytes) -> str:
        """The secret of an account.

        Raises
        ------
        VaultError
            Where it was sealed with another key or for another account.
        """
        try:
            owner, secret = msgspec.json.decode(self._fernet.decrypt(sealed), type=tuple[str, str])
        except InvalidToken:
            raise VaultError(f"the second factor of {name} was sealed with another key: name the key file it was added with") from None
        if owner != name:
            raise VaultError(
                f"the second factor of {name} is another account's: make a new one, lowpoint officers password --second-factor"
            )
        return secret


def open_vault(file: Path | None) -> Vault:
    """Read the key file.

    Raises
    ------
    VaultError
        Where none is configured, or it cannot be read, or is no key.
    """
    if file is None:
        raise VaultError(f"there is no key to encrypt second factors with: {HOW_TO}")
    try:
        return Vault(file.read_bytes().strip())
    except OSError as error:
        raise VaultError(f"{file}: the key cannot be read ({error.strerror}): {HOW_TO}") from None
    except ValueError:
        # "from None": the error may quote the file
        raise VaultError(f"{file} holds no key: {HOW_TO}") from None


def write_key(file: Path) -> None:
    """Write a new random key, for its owner's eyes only.

    Raises
    ------
    VaultError
        Where the file is there already, or cannot be written.
    """
    try:
        write_secret(file, Fernet.generate_key())
    except FileExistsError:
        raise VaultError(f"{file} is there already, and stays: without it no second factor could be read; name another file") from None
    except OSError as error:
        raise VaultError(f"{file}: the key cannot be written ({error.strerror})") from None
