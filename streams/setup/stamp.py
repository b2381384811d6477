"""A stamp tells what a finished step was made from; without one, or with another, the step is done again."""

from __future__ import annotations

import hashlib
from pathlib import Path

from streams.whole_file import write_whole


def digest(*files: Path) -> str:
    """SHA-256 over the contents of files."""
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()


def read(stamp: Path) -> str:
    """Text of a stamp, empty if there is none."""
    try:
        return stamp.read_text("utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return ""


def write(stamp: Path, text: str) -> None:
    """Write a stamp whole or not at all."""
    stamp.parent.mkdir(parents=True, exist_ok=True)
    write_whole(stamp, text.encode("utf-8"))
