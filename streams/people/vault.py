"""Seals telephone numbers and addresses at rest, with a key that lies in a file and not in the database, and finds a number again."""

from __future__ import annotations

import base64
import hmac
import os
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from streams.key_file import KEY_BYTES, NoKey, new_key, read_key, write_secret

HOW_TO = "make one with `lowpoint residents key FILE` and name it with --key or LOWPOINT_RESIDENTS_KEY"
_NONCE_BYTES, _MARK_BYTES = 12, 6


class PeopleVaultError(ValueError):
    """A key that is missing, is none, or does not open what is kept: what is wrong, where, and what to do."""


class PeopleVault:
    """Seals what is known of one resident: moved to another resident's row it opens no more.

    Parameters
    ----------
    key
        32 bytes. Each use has a key of its own that is derived from it.
    """

    def __init__(self, key: bytes):
        self._lookup_key = _derived(key, b"lookup", KEY_BYTES)
        self._seal = AESGCM(_derived(key, b"seal", KEY_BYTES))
        self._mark = _text(_derived(key, b"mark", _MARK_BYTES))

    @classmethod
    def for_once(cls) -> PeopleVault:
        """A vault whose key is kept nowhere."""
        return cls(os.urandom(KEY_BYTES))

    def lookup(self, phone: str) -> str:
        """What a number (E.164) is found by: equal for equal numbers, and without the key nobody can tell which number it is."""
        return self._hash(b"phone", phone)

    def lookup_other(self, text: str) -> str:
        """What a person without a telephone is found by; never equal to that of a number."""
        return self._hash(b"other", text)

    def made(self, lookup: str) -> bool:
        """Whether a lookup was made with this key: each begins with a mark of its key."""
        return lookup.startswith(self._mark)

    def seal(self, resident: str, text: str) -> bytes:
        """A resident's number, address or words as the database may keep them."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._seal.encrypt(nonce, text.encode("utf-8"), resident.encode("utf-8"))

    def unseal(self, resident: str, sealed: bytes) -> str:
        """What was sealed for a resident.

        Raises
        ------
        PeopleVaultError
            Where it was sealed with another key or for another resident, or was changed.
        """
        try:
            opened = self._seal.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], resident.encode("utf-8"))
        except (InvalidTag, ValueError):  # ValueError: too short to be anything
            raise PeopleVaultError(
                f"what is kept of {resident} was sealed with another key or for another resident: name the key file it was imported with"
            ) from None
        return opened.decode("utf-8")

    def _hash(self, kind: bytes, text: str) -> str:
        return self._mark + _text(hmac.digest(self._lookup_key, kind + b"\0" + text.encode("utf-8"), "sha256"))


def open_people_vault(file: Path | None) -> PeopleVault:
    """Read the key file.

    Raises
    ------
    PeopleVaultError
        Where none is configured, or it cannot be read, or is no key.
    """
    if file is None:
        raise PeopleVaultError(f"there is no key to encrypt residents' numbers with: {HOW_TO}")
    try:
        return PeopleVault(read_key(file))
    except OSError as error:
        raise PeopleVaultError(f"{file}: the key cannot be read ({error.strerror}): {HOW_TO}") from None
    except NoKey as error:
        raise PeopleVaultError(f"{error}: {HOW_TO}") from None


def write_people_key(file: Path) -> None:
    """Write a new random key, for its owner's eyes only.

    Raises
    ------
    PeopleVaultError
        Where the file is there already, or cannot be written.
    """
    try:
        write_secret(file, new_key())
    except FileExistsError:
        raise PeopleVaultError(f"{file} is there already, and stays: without it no number could be read; name another file") from None
    except OSError as error:
        raise PeopleVaultError(f"{file}: the key cannot be written ({error.strerror})") from None


def _derived(key: bytes, use: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length, salt=None, info=b"lowpoint residents " + use).derive(key)


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")
