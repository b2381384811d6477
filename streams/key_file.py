"""Files that hold a secret: written once, for their owner's eyes only, and keys read from them."""

from __future__ import annotations

import base64
import binascii
import os
from pathlib import Path

from streams.whole_file import OF_ITS_OWNER, settle

KEY_BYTES = 32


class NoKey(ValueError):
    """What a file holds is no key; it says nothing of what it holds instead."""


def write_secret(file: Path, secret: bytes) -> None:
    """Write a new file, which survives a power cut once this is over; one that is there stays as it is.

    Raises
    ------
    FileExistsError
        Where it is there already: what was encrypted with it could never be read again.
    OSError
        Where it cannot be written; nothing is left there then.
    """
    # made under its own name: a key may lie on a stick whose file system knows no second name for a file, as whole_file needs
    opened = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OF_ITS_OWNER)
    try:
        with os.fdopen(opened, "wb") as out:
            out.write(secret + b"\n")
            out.flush()
            os.fsync(out.fileno())
    except BaseException:
        file.unlink(missing_ok=True)
        raise
    settle(file.parent)


def new_key() -> bytes:
    """A random key as :func:`read_key` reads it from a file."""
    return base64.urlsafe_b64encode(os.urandom(KEY_BYTES))


def read_key(file: Path) -> bytes:
    """The 32 bytes of a key that stands in a file in base64 (RFC 4648, section 5: for addresses and file names).

    Raises
    ------
    NoKey
        Where it holds something else.
    OSError
        Where it cannot be read.
    """
    try:
        key = base64.b64decode(file.read_bytes().strip(), altchars=b"-_", validate=True)
    except binascii.Error:
        key = b""
    if len(key) != KEY_BYTES:
        raise NoKey(f"{file} holds no key")
    return key
