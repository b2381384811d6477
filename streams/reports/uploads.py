"""Pictures on their way: pieces in files of the pictures folder, one file for each card, so that an upload goes on after a lost line, a
reload, a restart of the web process, and by whichever web process it comes back to."""

from __future__ import annotations

import fcntl
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from streams.observation.moments import HOUR_US, MINUTE_US
from streams.reports.shares import IDLE_US, Shares

LARGEST_BYTES = 12 * 1024 * 1024
KEPT_US = 3 * HOUR_US
"""A picture that came whole with a form, whose writer has to mend a field, is deleted by then: its card is over."""
MOST_BYTES, MOST_FILES = 4 * 1024**3, 20_000
"""Of all that is on its way."""
LOOK_US = 2_000_000
SWEEP_EVERY_US = 2 * MINUTE_US
FREE_BYTES = 512 * 1024**2
"""So much of the disk stays free for reports that are whole."""

_NAME = re.compile(r"[0-9a-f]{32}")


class WrongOffset(Exception):
    """A piece does not go on where the picture ends; `offset` is where it does."""

    def __init__(self, offset: int):
        super().__init__(str(offset))
        self.offset = offset


class NoRoom(Exception):
    """A picture is larger than any may be (`too_large`), or the disk is full."""

    def __init__(self, too_large: bool):
        super().__init__("too large" if too_large else "no room")
        self.too_large = too_large


class Uploads:
    """The pictures that are on their way; names are digests of cards. All of it blocks: it is for threads."""

    def __init__(self, folder: Path):
        self._folder = folder
        self.shares = Shares()
        folder.mkdir(parents=True, exist_ok=True)
        self._looked_us, self._swept_us, self._room = 0, 0, True

    def offset(self, name: str) -> int:
        """How many bytes have come of a picture."""
        try:
            return self._file(name).stat().st_size
        except FileNotFoundError:
            return 0

    def append(self, name: str, offset: int, piece: bytes) -> int:
        """Add a piece, and return where the picture ends then.

        Two that write at once do not mix: a piece goes on exactly where the picture ends, or nowhere.

        Raises
        ------
        WrongOffset
            Where it does not go on there.
        NoRoom
            Where it makes the picture too large, or there is no room.
        """
        if offset + len(piece) > LARGEST_BYTES:
            raise NoRoom(too_large=True)
        with _alone(self._file(name)) as opened:
            end = opened.seek(0, os.SEEK_END)
            if end != offset:
                raise WrongOffset(end)
            try:
                opened.write(piece)
                opened.flush()
            except OSError:
                opened.truncate(end)
                raise NoRoom(too_large=False) from None
        return end + len(piece)

    def has_room(self, now_us: int) -> bool:
        """Whether more pictures may come in, as it was within the last 2 s; what nobody comes back to is deleted now and then."""
        if now_us - self._swept_us > SWEEP_EVERY_US:
            self._swept_us = now_us
            self.sweep(now_us)
        if not 0 <= now_us - self._looked_us < LOOK_US:
            self._looked_us, self._room = now_us, self._look()
        return self._room

    def read(self, name: str) -> bytes | None:
        """The picture as far as it has come; None where nothing has."""
        try:
            return self._file(name).read_bytes() or None
        except FileNotFoundError:
            return None

    def fresh(self) -> Path:
        """A file for the picture of a form, whose card is not known yet."""
        return self._folder / f"form-{secrets.token_hex(8)}.part"

    def adopt(self, name: str, file: Path) -> None:
        """Make the picture of a form that of its card, in place of one that was there."""
        told = file.stat()
        # it is whole, and nobody sends it again: it is idle from a later time on than one that comes in pieces
        os.utime(file, ns=(told.st_atime_ns, told.st_mtime_ns + (KEPT_US - IDLE_US) * 1000))
        file.replace(self._file(name))

    def move(self, name: str, to: str) -> None:
        """Hand the picture of a card on to another card; nothing where there is none."""
        self.shares.hand_on(name, to)
        try:
            self._file(name).replace(self._file(to))
        except FileNotFoundError:
            return

    def drop(self, name: str) -> None:
        """Forget a picture: it is on the shelf, or another was chosen."""
        self.shares.end(name)
        self._file(name).unlink(missing_ok=True)

    def sweep(self, now_us: int) -> int:
        """Delete what nobody has come back to for 20 min; how many."""
        self.shares.forget(now_us)
        count = 0
        for file, _, changed_us in self._all():
            if changed_us < now_us - IDLE_US:
                file.unlink(missing_ok=True)
                count += 1
        return count

    def _look(self) -> bool:
        disk = os.statvfs(self._folder)
        sizes = [size for _, size, _ in self._all()]
        return disk.f_bavail * disk.f_frsize >= FREE_BYTES and sum(sizes) < MOST_BYTES and len(sizes) < MOST_FILES

    def _file(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise ValueError("not the digest of a card")
        return self._folder / f"{name}.part"

    def _all(self) -> Iterator[tuple[Path, int, int]]:
        with os.scandir(self._folder) as entries:
            for entry in entries:
                try:
                    told = entry.stat(follow_symlinks=False)
                except FileNotFoundError:
                    continue
                if entry.name.endswith(".part"):
                    yield Path(entry.path), told.st_size, told.st_mtime_ns // 1000


@contextmanager
def _alone(file: Path) -> Iterator[BinaryIO]:
    """A file that no other process or thread writes to at the same time."""
    with os.fdopen(os.open(file, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600), "r+b") as opened:
        fcntl.flock(opened, fcntl.LOCK_EX)
        yield opened
