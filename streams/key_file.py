"""Writes a file that holds a secret: once, and for its owner's eyes only."""

from __future__ import annotations

import os
from pathlib import Path


def write_secret(file: Path, secret: bytes) -> None:
    """Write a new file; one that is there stays as it is.

    Raises
    ------
    FileExistsError
        Where it is there already: what was encrypted with it could never be read again.
    OSError
        Where it cannot be written.
    """
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(secret + b"\n")
