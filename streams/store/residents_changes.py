"""Changes and deletes residents; each time the audit tells it, in the same transaction, with the opaque id only."""

from __future__ import annotations

from collections.abc import Collection
from itertools import islice
from typing import Any

import msgspec
from sqlalchemy import Engine, delete, select, update

from streams.audit.row import Deed
from streams.city.model import City
from streams.observation.moments import to_text
from streams.people.resident import HIGHEST_FLOOR, LOWEST_FLOOR, MOBILITIES, Home, Resident
from streams.store.audit import append
from streams.store.engine import alone, among, writing
from streams.store.people_schema import HOMES, REPLIES, RESIDENTS
from streams.store.residents_file import Languages, ResidentsError
from streams.store.residents_known import resident_of

_CHUNK = 5000


class Change(msgspec.Struct, frozen=True):
    """What becomes different; None stays as it is.

    Attributes
    ----------
    zone
        Where they live from now on; the position and the floor of the home that they leave are forgotten.
    home
        The zone of the home that `zone`, `floor` and `mobility` are about; needed only for somebody with several.
    """

    language: str | None = None
    zone: str | None = None
    floor: int | None = None
    mobility: str | None = None
    home: str | None = None

    @property
    def named(self) -> set[str]:
        """What becomes different."""
        return {name for name in ("language", "zone", "floor", "mobility") if getattr(self, name) is not None}


def change_resident(engine: Engine, resident: str, change: Change, city: City, now_us: int, by: str) -> Resident:
    """Change what is known of one resident, until the next import, whose file decides again.

    Raises
    ------
    ResidentsError
        Where there is no such resident, home, zone, floor or mobility.
    """
    _check(change, city)
    with writing(engine) as connection:
        alone(connection, "residents")
        known = resident_of(connection, resident)
        if known is None:
            raise ResidentsError(f"there is no resident {resident!r}: `lowpoint residents find` tells the id of a number")
        if change.language is not None:
            given = Languages(city).of(change.language)
            connection.execute(update(RESIDENTS).where(RESIDENTS.c.resident == resident).values(language=given))
        if change.named - {"language"}:
            home = _home(known, change)
            this = (HOMES.c.resident == resident) & (HOMES.c.zone == home.zone)
            connection.execute(update(HOMES).where(this).values(**_of_home(home, change)))
        append(connection, [Deed(to_text(now_us), by, "resident_changed", resident, {"changed": sorted(change.named)})])
        after = resident_of(connection, resident)
    assert after is not None
    return after


def delete_residents(engine: Engine, residents: Collection[str] | None, now_us: int, by: str) -> int:
    """Delete residents, their homes and what is sealed of them, also in their replies; how many there were.

    Who opted out stays so, by the lookup of the number. Their ids are not given to anybody again, and what became of the texts to these
    ids stays in the outbox.

    Parameters
    ----------
    residents
        Their ids; None for all, and then the words of all replies go too, also of numbers that were nobody's.
    """
    with writing(engine) as connection:
        alone(connection, "residents")
        if residents is None:
            connection.execute(delete(HOMES))
            gone = connection.execute(delete(RESIDENTS)).rowcount
            connection.execute(update(REPLIES).where(REPLIES.c.words.is_not(None)).values(words=None))
            append(connection, [Deed(to_text(now_us), by, "residents_deleted", "all", {"residents": gone})])
            return gone
        deeds: list[Deed] = []
        rest = iter(sorted(residents))
        while chunk := list(islice(rest, _CHUNK)):
            there = connection.scalars(select(RESIDENTS.c.resident).where(among(connection, RESIDENTS.c.resident, chunk))).all()
            deeds += [Deed(to_text(now_us), by, "resident_deleted", resident) for resident in sorted(there)]
            connection.execute(delete(HOMES).where(among(connection, HOMES.c.resident, chunk)))
            connection.execute(delete(RESIDENTS).where(among(connection, RESIDENTS.c.resident, chunk)))
            connection.execute(update(REPLIES).where(among(connection, REPLIES.c.resident, chunk)).values(words=None))
        append(connection, deeds)
        return len(deeds)


def _check(change: Change, city: City) -> None:
    if change.zone is not None and change.zone not in {zone.zone_id for zone in city.zones}:
        raise ResidentsError(f"{city.name} has no zone {change.zone!r}: write one of its zones.geojson")
    if change.floor is not None and not LOWEST_FLOOR <= change.floor <= HIGHEST_FLOOR:
        raise ResidentsError(f"no house has a floor {change.floor}: write -1 for a basement, 0 for the ground floor, and so on")
    if change.mobility is not None and change.mobility not in MOBILITIES:
        raise ResidentsError(f"mobility is none of {', '.join(MOBILITIES)}: write one of them")
    if not change.named:
        raise ResidentsError("there is nothing to change: name a language, zone, floor or mobility")


def _home(known: Resident, change: Change) -> Home:
    homes = {home.zone: home for home in known.homes}
    if change.home is None and len(homes) > 1:
        raise ResidentsError(f"{known.resident} has homes in {', '.join(homes)}: name the zone of the one that is meant")
    home = known.homes[0] if change.home is None else homes.get(change.home)
    if home is None:
        raise ResidentsError(f"{known.resident} has no home in {change.home}, but in {', '.join(homes)}")
    if change.zone in homes and change.zone != home.zone:
        raise ResidentsError(f"{known.resident} has a home in {change.zone} already: leave the zone as it is")
    return home


def _of_home(home: Home, change: Change) -> dict[str, Any]:
    moves = change.zone is not None and change.zone != home.zone
    values: dict[str, Any] = {"zone": change.zone, "lon": None, "lat": None, "floor": None} if moves else {"zone": home.zone}
    if change.floor is not None:
        values["floor"] = change.floor
    if change.mobility is not None:
        values["mobility"] = change.mobility
    return values
