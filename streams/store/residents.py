"""Imports residents: who lives where, reads which language, and how they are reached."""

from __future__ import annotations

from collections import Counter
from itertools import islice
from pathlib import Path

import msgspec
from sqlalchemy import Engine

from streams.audit.row import Deed
from streams.city.model import City
from streams.observation.moments import to_text
from streams.people.vault import PeopleVault
from streams.store.audit import append
from streams.store.engine import alone, writing
from streams.store.residents_file import ResidentsError, ResidentsFile
from streams.store.residents_key import check_key
from streams.store.residents_roll import CHUNK, Roll

__all__ = ["ImportedResidents", "ResidentsError", "import_residents"]


class ImportedResidents(msgspec.Struct, frozen=True):
    """How a file was taken.

    Attributes
    ----------
    accepted
        Persons.
    refused
        Rows that were refused, by reason.
    notes
        What is worth knowing: a `second_home` of somebody, `no_phone`, what could not be kept, and how many were `taken_out` of the store.
    """

    accepted: int
    refused: dict[str, int]
    notes: dict[str, int] = {}


class _Nobody(Exception):
    """The file holds nobody, so what was begun is undone."""


def import_residents(
    engine: Engine,
    file: Path,
    city: City,
    vault: PeopleVault | None = None,
    now_us: int = 0,
    by: str = "",
    most_gone: float = 1.0,
) -> ImportedResidents:
    """Put the residents of a file into the store, in place of those that were there.

    The file is the whole list: who is not in it is taken out; who opted out stays so. A file of which nothing can be accepted changes
    nothing. A person is a telephone number, so rows of one number are one person with several homes; the first of them decides the
    language. In an empty store a resident is known by R and the number of the row in the file, so that the same file gives the same ids
    on every machine; who is known already keeps their id, and nobody gets an id that another had. Nothing that a register gave
    (`resident_id`) gets any further.

    Parameters
    ----------
    file
        CSV in UTF-8, with or without a byte order mark, with a header, the columns in any order: `phone`, `language`, `zone_id`, and if
        there are any `resident_id`, `lon`, `lat`, `floor`, `mobility`, `address`, `contact`. It is read once, not held.
    city
        Its zones, its languages, and whether it is live: a city that is not takes only +999 and +15005550xxx, a live one neither.
    vault
        Seals numbers, addresses and contacts. Without one they are checked and dropped, as for a replay, which texts nobody.
    now_us, by
        When and whose deed it is, for the audit; without somebody, nothing is told there.
    most_gone
        The greatest share of all people that may be taken out: half a file must not empty a city.

    Raises
    ------
    ResidentsError
        Where the file as a whole cannot be read; nothing was changed.
    PeopleVaultError
        Where the people in the store were sealed with another key; nothing was changed.
    """
    source = ResidentsFile(file, city)
    try:
        with writing(engine) as connection:
            alone(connection, "residents")
            check_key(connection, vault)
            roll = Roll(connection, vault or PeopleVault.for_once(), keeps=vault is not None)
            entries = source.entries()
            while chunk := list(islice(entries, CHUNK)):
                roll.take(chunk)
            if not roll.people:
                raise _Nobody
            gone = roll.close()
            if gone > most_gone * (gone + roll.people):
                raise ResidentsError(
                    f"{file}: {gone} residents who are in the store are not in it, and would be taken out: if the file is the whole list,"
                    " say so with --yes; nothing was changed"
                )
            done = _counts(source, roll, gone)
            if by:
                counts = {"accepted": done.accepted, "refused": sum(done.refused.values()), "taken_out": gone}
                append(connection, [Deed(to_text(now_us), by, "residents_imported", city.name, counts)])
    except _Nobody:
        return _counts(source, roll)
    return done


def _counts(source: ResidentsFile, roll: Roll, gone: int = 0) -> ImportedResidents:
    refused = source.refused | Counter(repeated=roll.repeated)
    notes = source.notes | Counter(second_home=roll.second_homes, no_phone=roll.without_phone, taken_out=gone)
    return ImportedResidents(roll.people, dict(sorted((+refused).items())), dict(sorted((+notes).items())))
