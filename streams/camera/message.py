"""A reading as an observation of the contract."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec

from streams.camera.picture import Reading


class CameraDepth(msgspec.Struct, frozen=True, omit_defaults=True):
    """One observation of kind `camera_depth`."""

    station: str
    time: str
    value: float
    confidence: float
    kind: str = ""
    image: str | None = None

    def with_image(self, name: str) -> CameraDepth:
        """The same with a picture's name."""
        return msgspec.structs.replace(self, image=name)


def observation(station: str, taken_us: int, reading: Reading, image: str | None = None) -> CameraDepth:
    """The observation of a reading.

    Parameters
    ----------
    taken_us
        When its last frame was taken, microseconds UTC.
    """
    return CameraDepth(station, told_time(taken_us), reading.depth_m, reading.confidence, "camera_depth", image)


def told_time(at_us: int) -> str:
    """RFC 3339 in UTC."""
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at_us)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def encoded(message: CameraDepth) -> bytes:
    """One JSON object."""
    return msgspec.json.encode(message)
