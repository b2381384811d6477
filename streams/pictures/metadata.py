"""Reads of a picture's own data what its sender agreed to: when and where it was taken, and no more."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from PIL import ExifTags, Image

_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
_LATEST = datetime(2100, 1, 1, tzinfo=UTC)


class Told(NamedTuple):
    """What a picture says of itself; None is what it does not say, or what cannot be.

    Attributes
    ----------
    orientation
        1 to 8 as EXIF counts; 1 is upright.
    taken_us
        Microseconds since 1970.
    lon, lat
        Degrees, WGS-84.
    """

    orientation: int = 1
    taken_us: int | None = None
    lon: float | None = None
    lat: float | None = None


def read(exif: bytes | None, consent: bool, zone: str | None = None) -> Told:
    """Read a block of EXIF (CIPA DC-008); whatever is wrong in it is left out, and the picture counts all the same.

    Parameters
    ----------
    consent
        Whether its sender agreed that time and place are read; the orientation always is, or the picture would lie on its side.
    zone
        Time zone by name, for a time that is written without its offset; without one such a time is not known.
    """
    if not exif:
        return Told()
    try:
        block = Image.Exif()
        block.load(exif)
        orientation = _orientation(block.get(ExifTags.Base.Orientation))
        if not consent:
            return Told(orientation)
        taken_us = _taken_us(block.get_ifd(ExifTags.IFD.Exif), zone)
        lon, lat = _place(block.get_ifd(ExifTags.IFD.GPSInfo)) or (None, None)
    except Exception:  # a stranger's bytes in a reader that raises what it likes
        return Told()
    return Told(orientation, taken_us, lon, lat)


def _orientation(value: object) -> int:
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def _taken_us(tags: Mapping[int, Any], zone: str | None) -> int | None:
    try:
        local = datetime.strptime(_text(tags.get(ExifTags.Base.DateTimeOriginal)), "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007 - the zone follows
    except ValueError:
        return None
    offset = _offset(_text(tags.get(ExifTags.Base.OffsetTimeOriginal)))
    if offset is None and zone is None:
        return None
    taken = local.replace(tzinfo=offset or ZoneInfo(str(zone)))
    return round(taken.timestamp() * 1_000_000) if _EARLIEST <= taken <= _LATEST else None


def _offset(text: str) -> timezone | None:
    """+08:00 as a zone; None for anything else, and for what no place on earth has."""
    if len(text) != 6 or text[0] not in "+-" or text[3] != ":" or not (text[1:3] + text[4:]).isdecimal():
        return None
    minutes = int(text[1:3]) * 60 + int(text[4:])
    return timezone(timedelta(minutes=minutes if text[0] == "+" else -minutes)) if minutes <= 14 * 60 else None


def _text(value: object) -> str:
    return value.strip("\x00 ") if isinstance(value, str) else ""


def _place(tags: Mapping[int, Any]) -> tuple[float, float] | None:
    """Longitude and latitude; a receiver without a fix writes zeros."""
    lat = _degrees(tags.get(ExifTags.GPS.GPSLatitude), _text(tags.get(ExifTags.GPS.GPSLatitudeRef)), "NS", 90.0)
    lon = _degrees(tags.get(ExifTags.GPS.GPSLongitude), _text(tags.get(ExifTags.GPS.GPSLongitudeRef)), "EW", 180.0)
    return None if lat is None or lon is None or (lat == 0.0 and lon == 0.0) else (lon, lat)


def _degrees(parts: object, half: str, halves: str, most: float) -> float | None:
    if not isinstance(parts, tuple) or len(parts) != 3 or half.upper() not in tuple(halves):
        return None
    degrees, minutes, seconds = (float(part) for part in parts)
    value = degrees + minutes / 60 + seconds / 3600
    if not math.isfinite(value) or min(degrees, minutes, seconds) < 0 or minutes >= 60 or seconds > 60 or value > most:
        return None
    return round(value if half.upper() == halves[0] else -value, 7)
