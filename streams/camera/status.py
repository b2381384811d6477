"""What a camera's reading is doing, in a file for others to look at."""

from __future__ import annotations

from collections import Counter

import msgspec

from streams.camera.message import told_time
from streams.camera.picture import CannotSee, Reading
from streams.camera.sender import Counts


class Status:
    """Counts of one run."""

    def __init__(self, station: str):
        self._station = station
        self.looks = self.readings = self.pictures = self.troubles = 0
        self.cannot_see: Counter[str] = Counter()
        self._last_frame_us: int | None = None
        self._last: tuple[int, Reading] | None = None
        self._last_reason = self._last_trouble = ""

    def saw(self, taken_us: int, verdict: Reading | CannotSee) -> None:
        """Count a look."""
        self.looks += 1
        self._last_frame_us = taken_us
        if isinstance(verdict, Reading):
            self.readings += 1
            self._last = taken_us, verdict
            self._last_reason = ""
        else:
            self.cannot_see[str(verdict.why)] += 1
            self._last_reason = f"{verdict.why}: {verdict.detail}"

    def had_trouble(self, told: str) -> None:
        """Count a frame that did not come, or was no picture."""
        self.troubles += 1
        self._last_trouble = told

    def told(self, counts: Counts | None, trouble: str) -> bytes:
        """The file's text: one JSON object."""
        looks = max(self.looks, 1)
        last = self._last
        reading = {"time": told_time(last[0]), "depth_m": last[1].depth_m, "confidence": last[1].confidence} if last else None
        state = {
            "station": self._station,
            "last_frame": told_time(self._last_frame_us) if self._last_frame_us is not None else None,
            "last_reading": reading,
            "looks": self.looks,
            "readings": self.readings,
            "cannot_see": dict(sorted(self.cannot_see.items())),
            "cannot_see_share": {why: round(number / looks, 4) for why, number in sorted(self.cannot_see.items())},
            "last_cannot_see": self._last_reason or None,
            "frames_missing": self.troubles,
            "last_frame_trouble": self._last_trouble or None,
            "pictures_kept": self.pictures,
            "sending": {**counts._asdict(), "trouble": trouble or None} if counts else None,
        }
        return msgspec.json.format(msgspec.json.encode(state), indent=1) + b"\n"
