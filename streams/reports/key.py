"""The key of the reports: it signs cards, makes codes, and digests whose a report is, so that the store alone tells nobody."""

from __future__ import annotations

import contextlib
import hmac
from pathlib import Path

from streams.key_file import NoKey, new_key, read_key
from streams.whole_file import OF_ITS_OWNER, write_whole

NAME = "key"


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
        return ReportsKey(read_key(file))
    except OSError as error:
        raise ReportsKeyError(f"{file}: the key of the reports cannot be read or made ({error.strerror}): see to the folder") from None
    except NoKey as error:
        raise ReportsKeyError(f"{error}: put the one back that was there, from your backup") from None


def _make(file: Path) -> None:
    # on the disk before it is used: a code that somebody wrote down must find its report after a power cut
    with contextlib.suppress(FileExistsError):  # another process was first, and its key is whole
        write_whole(file, new_key() + b"\n", mode=OF_ITS_OWNER, sync=True, over=False)
