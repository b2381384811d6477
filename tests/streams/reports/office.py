"""An office that takes reports of a small town: a clock that stands, pictures that are easy to take, and wishes."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image
from sqlalchemy import Engine, func, select

from streams.city.model import City
from streams.observation.moments import SECOND_US
from streams.pictures.intake import PictureRefused, Refusal, Taken
from streams.reports.limits import Limits
from streams.reports.reports import Reports
from streams.reports.wish import Wish
from streams.store.engine import reading
from streams.store.reports_schema import REPORTS
from tests.streams.towns import town as make_town

NOW_US = 1_784_535_744 * SECOND_US
TOWN = make_town(points=3)
LON, LAT = 113.6, 34.7
"""Of P0; P1 lies 1 km north of it."""
DEVICE, ADDRESS = "d" * 32, "a" * 32


class Clock:
    """A wall clock that a test turns."""

    def __init__(self) -> None:
        self.now_us = NOW_US

    def __call__(self) -> int:
        return self.now_us

    def pass_s(self, seconds: float) -> None:
        self.now_us += round(seconds * SECOND_US)


class Easy:
    """Takes whatever begins as a JPEG, without a look at it: what pictures hold is tested elsewhere."""

    def __init__(self) -> None:
        self.asked: list[tuple[bytes, bool]] = []
        self.place: tuple[float, float] | None = None

    def take(self, raw: bytes, consent: bool, zone: str | None = None) -> Taken:
        self.asked.append((raw, consent))
        if not raw.startswith(b"\xff\xd8"):
            raise PictureRefused(Refusal.NOT_A_PICTURE, "no")
        lon, lat = self.place if self.place and consent else (None, None)
        return Taken(raw, hashlib.sha256(raw).hexdigest(), 64, 48, "0" * 16, NOW_US if consent else None, lon, lat)

    def close(self) -> None:
        """Nothing to end."""


def office(url: str, folder: Path, clock: Callable[[], int] | None = None, city: City = TOWN, **changes: Any) -> Reports:
    """Takes reports."""
    taker, limits = changes.get("taker") or Easy(), changes.get("limits") or Limits()
    return Reports(city, url, folder, taker, "https://page.example", clock or Clock(), limits)


def photo(colour: int = 0, size: tuple[int, int] = (64, 48)) -> bytes:
    """A small picture, another for each colour."""
    buffer = io.BytesIO()
    Image.new("RGB", size, (colour * 37 % 256, 120, 60)).save(buffer, "JPEG")
    return buffer.getvalue()


def taken(colour: int = 0) -> Taken:
    return Easy().take(photo(colour), consent=False)


def wish(**changes: Any) -> Wish:
    """Knee-deep water at P0."""
    return Wish(**{"language": "en", "low_point": "P0", "lon": LON, "lat": LAT, "place_by": "point", "depth": "knee", **changes})


def count(engine: Engine) -> int:
    """How many reports there are."""
    with reading(engine) as connection:
        return int(connection.scalars(select(func.count()).select_from(REPORTS)).one())
