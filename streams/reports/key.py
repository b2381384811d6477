"""The key of the reports: it signs cards, makes codes, and digests whose a report is, so that the store alone tells nobody."""

from __future__ import annotations

import base64
import binascii
import hmac
import os
import secrets
from pathlib import Path

from streams.key_file import write_secret

NAME = "key"
_KEY_BYTES = 32


class ReportsKeyError(ValueError):
    """A key that cannot be read or made: where, and what to do."""


class ReportsKey:
    """Digests under a key; each use has a name of its own, so that one is never good for another."""

    def __init__(self, key: bytes):
        self._key = key

    def mac(self, use: str, data: bytes) -> bytes:
        """32 bytes that nobody can make without the key."""
        return hmac.digest(self._key, use.encode("ascii") + b"\0" + data, "sha256")

    def digest(self, use: str, text: str) -> str:
        """32 hexadecimal digits, equal for equal texts."""
        return self.mac(use, text.encode("utf-8")).hex()[:32]


def open_reports_key(folder: Path) -> ReportsKey:
    """Read the key of a pictures folder; it is made at the first start.

    Whichever of several processes is first makes it, whole or not at all. It must not be lost: codes that were handed out would find no
    report.

    Raises
    ------
    ReportsKeyError
        Where it cannot be read or made, or is none.
    """
    file = folder / NAME
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not file.exists():
            _make(file)
        key = base64.b64decode(file.read_bytes().strip(), altchars=b"-_", validate=True)
    except OSError as error:
        raise ReportsKeyError(f"{file}: the key of the reports cannot be read or made ({error.strerror}): see to the folder") from None
    except binascii.Error:
        key = b""
    if len(key) != _KEY_BYTES:
        raise ReportsKeyError(f"{file} holds no key: put the one back that was there, from your backup")
    return ReportsKey(key)


def _make(file: Path) -> None:
    own = file.with_name(f".{NAME}-{secrets.token_hex(8)}")
    write_secret(own, base64.urlsafe_b64encode(os.urandom(_KEY_BYTES)))
    try:
        _settle(own)
        file.hardlink_to(own)
        _settle(file.parent)
    except FileExistsError:
        pass  # another process was first, and its key is whole
    finally:
        own.unlink()


def _settle(path: Path) -> None:
    """Have it on the disk: a code that somebody wrote down must find its report after a power cut."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
