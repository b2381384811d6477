"""When a picture was taken, by the name of its file."""

from __future__ import annotations

import re
from datetime import UTC, datetime, tzinfo
from pathlib import Path

_MOMENT = re.compile(r"(?<!\d)(20\d\d)-?(\d\d)-?(\d\d)[T_ -]?(\d\d)[-:.]?(\d\d)[-:.]?(\d\d)(?:[.,](\d{1,6}))?(Z)?(?!\d)")


def named_us(name: str, zone: tzinfo) -> int | None:
    """The moment that a name such as ``20210720T083100.8Z.jpg`` or ``2021-07-20_16-31-00.jpg`` says, microseconds UTC.

    Parameters
    ----------
    zone
        Of names without a Z.
    """
    found = _MOMENT.search(name)
    if not found:
        return None
    year, month, day, hour, minute, second = (int(part) for part in found.groups()[:6])
    fraction = int((found[7] or "0").ljust(6, "0"))
    try:
        moment = datetime(year, month, day, hour, minute, second, fraction, UTC if found[8] else zone)
        return _us(moment)
    except (ValueError, OverflowError):
        return None


def taken_us(file: Path, zone: tzinfo) -> int:
    """The moment a file's name says, else when it was last written, microseconds UTC.

    Raises
    ------
    OSError
        Where the file is not there.
    """
    named = named_us(file.name, zone)
    return named if named is not None else file.stat().st_mtime_ns // 1000


def _us(moment: datetime) -> int:
    since = moment.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
