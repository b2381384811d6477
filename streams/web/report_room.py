"""What may be on its way to this office: of the disk, of an address, and of the network around it.

All of it goes by the wall clock, as the files of pictures on their way do: a simulated city plays its storm by another.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

import msgspec

from streams import clock
from streams.reports.reports import Reports
from streams.reports.uploads import NoRoom


class Whose(msgspec.Struct, frozen=True):
    """Whose a report is, as digests: a device, an address as limits count it, and the network around it (of IPv6 the /48)."""

    device: str
    address: str
    source: str = ""

    @property
    def network(self) -> str:
        """By what fair turns and shares of all room go: a household with many networks is one."""
        return self.source or self.address


class Room:
    """Tells whether there is room, and counts what takes it; all of it blocks."""

    def __init__(self, reports: Reports):
        self._reports = reports

    def is_left(self) -> bool:
        """Whether any more pictures may come in; what nobody came back to is deleted now and then."""
        return self._reports.uploads.has_room(clock.now_us())

    def may_grow(self, slot: str, whose: Whose, size: int, more: int) -> bool:
        """Whether a picture may become so large, in bytes, by so many more; counts it if so."""
        uploads, limits = self._reports.uploads, self._reports.limits
        return uploads.shares.may_grow(slot, whose.address, size, clock.now_us(), whose.network) and limits.may_upload(
            whose.address, more // 1024
        )

    def may_pass(self, whose: Whose, size: int) -> bool:
        """Whether so many bytes of an address, which become no picture on its way, are within what it may send; counts them."""
        return self._reports.limits.may_upload(whose.address, size // 1024)

    def throw_away(self, picture: Path, whose: Whose) -> None:
        """Delete the picture of a form unless it is that of its card by now; what came counts all the same."""
        with contextlib.suppress(FileNotFoundError):
            self.may_pass(whose, picture.stat().st_size)
            picture.unlink()

    def adopt(self, slot: str, picture: Path, whose: Whose) -> None:
        """Make the picture of a form that of its card.

        Raises
        ------
        NoRoom
            Where it is more than its address or the network around it may have on its way, or may send.
        OSError
            Where the disk does not take it.
        """
        size = picture.stat().st_size
        if not self.may_grow(slot, whose, size, size):
            raise NoRoom(too_large=False)
        self._reports.uploads.adopt(slot, picture)
