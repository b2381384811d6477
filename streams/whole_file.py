"""Writes a file so that whoever reads it finds the old one or the new one, whole, and never a part of either."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from streams import clock

OF_ITS_OWNER = 0o600
"""For secrets and for what names people: nobody else may read it, not even while it is being written."""
AS_USUAL = 0o666
"""What a file is made with that says nothing of its own; the process's mask takes its part off."""
LEFT_S = 3600
"""What a write of the same name has not touched for so long was left by a process that was killed; before, another may be at it."""
_RANDOM_BYTES = 8


@contextmanager
def open_whole(
    file: Path, *, mode: int = AS_USUAL, sync: bool = False, over: bool = True, temporary: Path | None = None
) -> Iterator[BinaryIO]:
    """A stream for a file that has its name only when the block ends, and not at all where the block fails.

    Parameters
    ----------
    file
        In a folder that is there.
    mode
        Permissions of the new file from its first byte on, less what the process's mask takes off; those of the old one do not count.
    sync
        Whether content and name are to survive a power cut once this is over. Without, the file is whole after a crash of the process
        alone: enough for what is written again within seconds, and nothing waits for the disk.
    over
        Whether one of that name is replaced.
    temporary
        Where the content lies until then, on the same disk; by default beside the file, under a hidden name that nobody else takes. What
        killed processes left under such names of the same file over an hour ago is removed first.

    Raises
    ------
    FileExistsError
        Where one of that name is there and is to stay.
    OSError
        Where it cannot be written.
    """
    if temporary is None:
        _sweep(file)
    new = temporary or file.with_name(f".{file.name}.{secrets.token_hex(_RANDOM_BYTES)}.part")
    # "exclusive" follows no link and takes over no file that somebody else has left there with other permissions
    opened = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(opened, "wb") as out:
            yield out
            out.flush()
            if sync:
                os.fsync(out.fileno())
        if over:
            new.replace(file)
        else:
            file.hardlink_to(new)  # the one way to give a name that does not take it from another
    finally:
        new.unlink(missing_ok=True)
    if sync:
        settle(file.parent)


def write_whole(
    file: Path, content: bytes, *, mode: int = AS_USUAL, sync: bool = False, over: bool = True, temporary: Path | None = None
) -> None:
    """Write a file; as :func:`open_whole`, for what is in memory."""
    with open_whole(file, mode=mode, sync=sync, over=over, temporary=temporary) as out:
        out.write(content)


def _sweep(file: Path) -> None:
    """Remove what was left beside a file; what cannot be stays, for it is in nobody's way."""
    left = re.compile(rf"\.{re.escape(file.name)}\.[0-9a-f]{{{2 * _RANDOM_BYTES}}}\.part")
    before_s = clock.now_us() / 1e6 - LEFT_S
    with suppress(OSError), os.scandir(file.parent) as entries:
        for entry in entries:
            if left.fullmatch(entry.name):
                with suppress(OSError):  # another writer may sweep at this moment too
                    if entry.is_file(follow_symlinks=False) and entry.stat(follow_symlinks=False).st_mtime < before_s:
                        Path(entry.path).unlink()


def settle(folder: Path) -> None:
    """Have the disk know what a folder holds."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
