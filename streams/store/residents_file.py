"""Reads a file of residents, row by row, and tells what cannot be kept of a row; it never quotes one (law 10)."""

from __future__ import annotations

import csv
import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from streams.city.model import City
from streams.messages.texts import known_languages
from streams.people.details import Details
from streams.people.resident import HIGHEST_FLOOR, LOWEST_FLOOR, MOBILITIES, Home
from streams.store.phone import checked_phone

MOST_LINES = 5
"""Lines of one row: an address may have a few."""
NEEDED = ("phone", "language", "zone_id")
_COLUMNS = (*NEEDED, "resident_id", "lon", "lat", "floor", "mobility", "address", "contact")
_FLOOR = re.compile(r"[+-]?[0-9]{1,3}")


class ResidentsError(ValueError):
    """Residents that cannot be read or changed: what is wrong, where, and what to do; it never quotes a row (law 10)."""


class Entry(NamedTuple):
    """A row that a city takes: a person and where they live.

    Attributes
    ----------
    number
        Of the row in the file, from 1.
    phone
        E.164, or the empty text.
    other_id
        What tells a person without a number from all others.
    """

    number: int
    phone: str
    other_id: str
    language: str
    home: Home
    details: Details


class Languages:
    """The languages that a text can come in."""

    def __init__(self, city: City):
        self._spoken = [language for language in city.languages if language in known_languages()]
        self._first = next(iter(city.languages), "en")
        self._given: dict[str, str] = {}

    def of(self, wished: str) -> str:
        """The language wished for, else the same without its region (zh-CN), else the city's first."""
        if wished in self._given:
            return self._given[wished]
        name = wished.lower().replace("_", "-")
        given = next((one for one in (name, name.split("-")[0]) if one in self._spoken), self._first)
        if len(self._given) < 1000:  # a file may hold anything where a language should be
            self._given[wished] = given
        return given


class ResidentsFile:
    """A file of residents as a city takes it.

    Attributes
    ----------
    refused
        How many rows were refused so far, by reason.
    notes
        How many rows were taken though something about them could not be kept, by what it was.
    """

    def __init__(self, file: Path, city: City):
        self._file, self._city, self._languages = file, city, Languages(city)
        self._zones = {zone.zone_id for zone in city.zones}
        self.refused: Counter[str] = Counter()
        self.notes: Counter[str] = Counter()

    def entries(self) -> Iterator[Entry]:
        """The rows that the city takes, in the order of the file, without holding them all.

        Raises
        ------
        ResidentsError
            Where the file as a whole cannot be read; some rows may have come by then.
        """
        for number, row in enumerate(_rows(self._file), start=1):
            phone, language, zone, resident_id, lon, lat, floor, mobility, address, contact = row
            if zone not in self._zones:
                self.refused["unknown_zone"] += 1
                continue
            if phone:
                phone, why = checked_phone(phone, self._city)
            else:
                why = None if address or contact else "no_phone_no_address"
            if why:
                self.refused[why] += 1
                continue
            home = Home(zone, *self._position(lon, lat), self._floor(floor), self._mobility(mobility))
            details = Details((address,) if address else (), (contact,) if contact else ())
            other_id = f"id {resident_id}" if resident_id else f"at {address}\n{contact}"
            yield Entry(number, phone, other_id, self._languages.of(language), home, details)

    def _position(self, lon: str, lat: str) -> tuple[float | None, float | None]:
        if not lon and not lat:
            return None, None
        try:
            east, north = float(lon), float(lat)
        except ValueError:
            east = north = math.nan
        if abs(east) <= 180 and abs(north) <= 90:
            return east, north
        self.notes["position_unknown"] += 1
        return None, None

    def _floor(self, text: str) -> int | None:
        if not text:
            return None
        floor = int(text) if _FLOOR.fullmatch(text) else None
        if floor is None or not LOWEST_FLOOR <= floor <= HIGHEST_FLOOR:
            self.notes["floor_unknown"] += 1
            return None
        return floor

    def _mobility(self, text: str) -> str:
        known = text.lower()
        if not text or known in MOBILITIES:
            return known
        self.notes["mobility_unknown"] += 1
        return ""


def _rows(file: Path) -> Iterator[Sequence[str]]:
    """What each row says in the columns of `_COLUMNS`; a column that is not there, or a row that is too short, has the empty text."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.reader(lines, strict=True)
            try:
                yield from _columns(file, reader)
            except csv.Error as error:
                raise ResidentsError(f"{file}, line {reader.line_num}: not CSV ({error})") from error
    except OSError as error:
        raise ResidentsError(f"{file}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError:
        # "from None": the error carries the bytes, and they are about people
        raise ResidentsError(f"{file}: not UTF-8{_where(file)}: save it as CSV UTF-8") from None


def _columns(file: Path, reader: Any) -> Iterator[Sequence[str]]:
    header = [name.strip().lower() for name in next(reader, [])]
    missing = [name for name in NEEDED if name not in header]
    if missing:
        raise ResidentsError(f"{file}: the header has no {', '.join(missing)}: the first line must name the columns, comma-separated")
    places = [header.index(name) if name in header else len(header) for name in _COLUMNS]
    begun = reader.line_num
    for row in reader:
        if reader.line_num - begun > MOST_LINES:
            raise ResidentsError(
                f"{file}, lines {begun + 1} to {reader.line_num}: one row over so many lines: a quotation mark is open, or stands alone"
            )
        begun = reader.line_num
        if row:
            row += [""] * (len(header) + 1 - len(row))
            row[len(header)] = ""  # where a column that is not in the header would be
            yield [row[place].strip() for place in places]


def _where(file: Path) -> str:
    """At which byte a file stops being UTF-8: a decoder that reads on and on counts from somewhere in between."""
    begin = 0
    with file.open("rb") as lines:
        for line in lines:
            try:
                line.decode("utf-8")
            except UnicodeDecodeError as error:
                return f" at byte {begin + error.start}"
            begin += len(line)
    return ""
