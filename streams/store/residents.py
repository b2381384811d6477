"""Imports residents: who lives in which zone and reads which language."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import msgspec
from sqlalchemy import Connection, Engine, delete, insert

from streams.city.model import City
from streams.messages.texts import known_languages
from streams.store.engine import alone, writing
from streams.store.phone import refusal
from streams.store.schema import RESIDENTS

NEEDED = ("phone", "language", "zone_id")

Row = dict[str, str]


class ResidentsError(ValueError):
    """A file that cannot be read as residents: what is wrong, where, and what to do; it never quotes a row (law 10)."""


class ImportedResidents(msgspec.Struct, frozen=True):
    """How many rows were taken, and how many were refused for which reason."""

    accepted: int
    refused: dict[str, int]


def import_residents(engine: Engine, file: Path, city: City) -> ImportedResidents:
    """Put the residents of a file into the store, in place of those that were there.

    The file is the whole list: who is not in it is taken out. A file of which nothing can be accepted changes nothing.
    A resident is known by R and the number of the row in the file, so the same file gives the same ids on every machine, and nothing
    that a register gave (`resident_id`) gets any further. Only id, zone and language are kept. The telephone number is checked and
    dropped: the dry run needs none, and it will be kept only encrypted at rest (law 10); the same goes for `lon`, `lat`, `floor` and
    `mobility`.

    Parameters
    ----------
    file
        CSV in UTF-8, with or without a byte order mark, with a header: ``resident_id,phone,language,zone_id[,lon,lat,floor,mobility]``;
        only `phone`, `language` and `zone_id` are needed, in any order.
    city
        Its zones, its languages, and whether it is live: a city that is not takes only +999 and +15005550xxx, a live one neither.

    Raises
    ------
    ResidentsError
        Where the file as a whole cannot be read.
    """
    accepted, refused = _sort_out(file, city)
    if accepted:
        with writing(engine) as connection:
            alone(connection, "residents")
            _replace(connection, accepted)
    return ImportedResidents(len(accepted), dict(sorted(refused.items())))


def _sort_out(file: Path, city: City) -> tuple[list[Row], Counter[str]]:
    accepted: list[Row] = []
    refused: Counter[str] = Counter()
    zones, languages = {zone.zone_id for zone in city.zones}, _Languages(city)
    seen: set[tuple[str, str]] = set()
    for number, (phone, language, zone) in enumerate(_rows(file), start=1):
        why = "unknown_zone" if zone not in zones else "repeated" if (phone, zone) in seen else refusal(phone, city)
        if why:
            refused[why] += 1
            continue
        seen.add((phone, zone))
        accepted.append({"resident": f"R{number:06d}", "zone": zone, "language": languages.of(language)})
    return accepted, refused


def _replace(connection: Connection, rows: list[Row]) -> None:
    connection.execute(delete(RESIDENTS))
    connection.execute(insert(RESIDENTS), rows)


class _Languages:
    """The languages that a text can come in."""

    def __init__(self, city: City):
        self._spoken = [language for language in city.languages if language in known_languages()]
        self._first = next(iter(city.languages), "en")

    def of(self, wished: str) -> str:
        """The language wished for, else the same without its region (zh-CN), else the city's first."""
        wished = wished.lower().replace("_", "-")
        return next((name for name in (wished, wished.split("-")[0]) if name in self._spoken), self._first)


def _rows(file: Path) -> Iterator[tuple[str, str, str]]:
    """Number, language and zone of each row; a row that is too short has empty ones."""
    reader = csv.reader(io.StringIO(_text(file), newline=""))
    try:
        header = [name.strip().lower() for name in next(reader, [])]
        missing = [name for name in NEEDED if name not in header]
        if missing:
            raise ResidentsError(f"{file}: the header has no {', '.join(missing)}: the first line must name the columns, comma-separated")
        places = [header.index(name) for name in NEEDED]
        for row in reader:
            if row:
                phone, language, zone = (row[place].strip() if place < len(row) else "" for place in places)
                yield phone, language, zone
    except csv.Error as error:
        raise ResidentsError(f"{file}, line {reader.line_num}: not CSV ({error})") from error


def _text(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise ResidentsError(f"{file}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        # "from None": the error carries the bytes, and they are about people
        raise ResidentsError(f"{file}: not UTF-8 at byte {error.start}: save it as CSV UTF-8") from None
