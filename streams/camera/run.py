"""Reads a camera: looks in, observations out."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from pathlib import Path
from typing import IO

from streams.camera.keep import Changes, Shelf, encode
from streams.camera.message import encoded, observation
from streams.camera.picture import CannotSee, Reading
from streams.camera.sender import Job, Sender
from streams.camera.shots import Group
from streams.camera.status import Status
from streams.camera.waterline import Waterline
from streams.whole_file import write_whole

log = logging.getLogger(__name__)

REMEMBERS_US = 600_000_000
"""What was read longer ago says nothing about now."""


class Camera:
    """One camera's reading and where it goes.

    Parameters
    ----------
    out
        An open NDJSON file, one observation a line; None for none.
    sender
        To the gateway; None for none.
    shelf
        Folder of kept pictures; None keeps them for the gateway alone.
    status_file
        Written after each look; None for none.
    """

    def __init__(
        self,
        station: str,
        waterline: Waterline,
        changes: Changes,
        out: IO[bytes] | None = None,
        sender: Sender | None = None,
        shelf: Shelf | None = None,
        status_file: Path | None = None,
    ):
        self._station, self._waterline, self._changes = station, waterline, changes
        self._out, self._sender, self._shelf, self._status_file = out, sender, shelf, status_file
        self.status = Status(station)
        self._before: tuple[int, Reading] | None = None

    def run(self, groups: Iterable[Group]) -> None:
        """Read look after look, to the end."""
        for group in groups:
            for trouble in group.troubles:
                log.warning("no frame: %s", trouble)
                self.status.had_trouble(trouble)
            if group.pictures:
                self._look(group)
            self.tell()

    def _look(self, group: Group) -> None:
        verdict = self._waterline.read(group.pictures, self._remembered(group.taken_us))
        self.status.saw(group.taken_us, verdict)
        if isinstance(verdict, CannotSee):
            # no observation: the station grows silent, and its point unknown, never dry
            log.info("cannot see: %s (%s)", verdict.why, verdict.detail)
            return
        self._before = group.taken_us, verdict
        self._give(group, verdict)

    def _remembered(self, now_us: int) -> Reading | None:
        before = self._before
        return before[1] if before and 0 <= now_us - before[0] <= REMEMBERS_US else None

    def _give(self, group: Group, reading: Reading) -> None:
        picture = group.pictures[len(group.pictures) // 2]
        jpeg = encode(picture) if self._changes.to_keep(reading, group.taken_us) else None
        name = None
        if jpeg is not None:
            self.status.pictures += 1
            name = self._kept(jpeg)
        message = observation(self._station, group.taken_us, reading, name)
        if self._out:
            self._out.write(encoded(message) + b"\n")
            self._out.flush()
        if self._sender:
            self._sender.offer(Job(message, jpeg))

    def _kept(self, jpeg: bytes) -> str | None:
        if self._shelf is None:
            return None
        try:
            return self._shelf.keep(jpeg)
        except OSError as error:  # a full disk must not stop the reading
            log.error("the picture is not kept: %s", error)
            self.status.had_trouble(f"the picture is not kept: {error}")
            return None

    def tell(self) -> None:
        """Write the status file."""
        if self._status_file is None:
            return
        sender = self._sender
        try:
            write_whole(self._status_file, self.status.told(sender.counts if sender else None, sender.trouble if sender else ""))
        except OSError as error:
            log.error("the status file cannot be written: %s", error)
