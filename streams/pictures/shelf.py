"""Keeps pictures by what is in them: a file's name is its content's digest, and what was put there survives a power cut."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from streams import whole_file

FREE_BYTES = 512 * 1024 * 1024
"""What must be free: a disk that is full stops more than pictures."""
NEW = ".new-"

_NAME = re.compile(r"[0-9a-f]{64}")


class ShelfFull(OSError):
    """No room for one more picture; the message says where, and what to do."""


class Shelf:
    """A folder of pictures, `ab/cd/DIGEST.jpg`. Several processes may use one at the same time.

    Parameters
    ----------
    folder
        Made where it is missing.
    free_bytes
        How much of its disk stays free.
    """

    def __init__(self, folder: Path, free_bytes: int = FREE_BYTES):
        self.folder, self._free_bytes = folder, free_bytes
        folder.mkdir(parents=True, exist_ok=True)

    def put(self, jpeg: bytes) -> str:
        """Put a picture there; twice is one. When this returns, it would survive a power cut.

        Returns
        -------
        str
            Its name: SHA-256 in hexadecimal.

        Raises
        ------
        ShelfFull
            Where there is no room.
        OSError
            Where it cannot be written.
        """
        name = hashlib.sha256(jpeg).hexdigest()
        file = self._file(name)
        with self._guard(fcntl.LOCK_SH):
            if self._is_there(file):
                whole_file.settle(file.parent)  # another may have just put it there, and not yet come so far
            else:
                self._write(file, jpeg)
        return name

    def get(self, name: str) -> bytes | None:
        """A picture; None where there is none of that name, and for what is no name at all."""
        if not is_name(name):
            return None
        try:
            return self._file(name).read_bytes()
        except FileNotFoundError:
            return None

    def has(self, name: str) -> bool:
        """Whether there is a picture of that name."""
        return is_name(name) and self._file(name).exists()

    def drop_before(self, name: str, put_before_us: int) -> bool:
        """Take a picture away unless it was put there, or put there again, at or after a moment; whether it went."""
        if not is_name(name):
            return False
        file = self._file(name)
        with self._guard(fcntl.LOCK_EX):
            try:
                if file.stat().st_mtime_ns // 1000 >= put_before_us:
                    return False
                file.unlink()
            except FileNotFoundError:
                return False
        return True

    def _file(self, name: str) -> Path:
        return self.folder / name[:2] / name[2:4] / f"{name}.jpg"

    def _is_there(self, file: Path) -> bool:
        """A picture that comes again counts as new: what takes old ones away must not take it from under a row that is being written."""
        try:
            os.utime(file)
        except FileNotFoundError:
            return False
        return True

    def _write(self, file: Path, jpeg: bytes) -> None:
        if shutil.disk_usage(self.folder).free < self._free_bytes + len(jpeg):
            raise ShelfFull(f"no room for pictures in {self.folder}: less than {self._free_bytes >> 20} MiB would be free; make room there")
        try:
            write_whole(self.folder, file, jpeg)
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise ShelfFull(f"no room for pictures in {self.folder}: make room there") from error
            raise

    @contextmanager
    def _guard(self, how: int) -> Iterator[None]:
        """Who puts goes beside others who put; who takes away is alone: nobody finds a picture there that is gone a moment later."""
        with (self.folder / ".guard").open("ab") as guard:
            fcntl.flock(guard, how)
            yield


def is_name(text: str) -> bool:
    """Whether a text is the name of a picture, there or not: 64 small hexadecimal digits, and so never a path."""
    return _NAME.fullmatch(text) is not None


def write_whole(top: Path, file: Path, content: bytes) -> None:
    """Write a file so that it is there whole or not at all; the folders between `top` and it are made, and known to the disk."""
    for folder in reversed(file.parents[: len(file.relative_to(top).parts) - 1]):
        if not folder.is_dir():
            folder.mkdir(exist_ok=True)
            whole_file.settle(folder.parent)
    # what a power cut leaves half written lies in one place, where it is found and taken away
    new = top / f"{NEW}{secrets.token_hex(8)}"
    whole_file.write_whole(file, content, mode=whole_file.OF_ITS_OWNER, sync=True, temporary=new)
