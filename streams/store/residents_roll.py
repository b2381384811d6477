"""Writes a list of residents over the one that is stored, some thousand at a time; who was known keeps their id."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, select, update

from streams.people.details import NO_DETAILS, Details, seal_details, unseal_details
from streams.people.resident import Home
from streams.people.vault import PeopleVault
from streams.store.engine import among, insert_into, put
from streams.store.people_schema import HOMES, RESIDENT_NUMBERS, RESIDENTS
from streams.store.residents_file import Entry
from streams.store.subscriptions import keep_subscribers
from streams.store.subscriptions_schema import SUBSCRIPTIONS

CHUNK = 5000
"""Rows at a time: SQLite takes 32,766 parameters in a statement."""
_RESIDENT = ("resident", "language", "reachable", "lookup", "phone", "details")
_HOME = ("resident", *Home.__struct_fields__)


@dataclass(slots=True)
class _Person:
    resident: str
    lookup: str
    language: str
    details: Details = NO_DETAILS
    phone: str = ""
    """Of a new person; that of a known one is stored already, for they were found by it."""
    new: bool = False
    changed: bool = False
    zones: set[str] = field(default_factory=set)
    """In which homes were written for this list."""


class Roll:
    """A new list in the making, in one transaction.

    Parameters
    ----------
    vault
        Hashes the numbers, and seals them where `keeps` is true.
    keeps
        Whether numbers, addresses and contacts are stored; else a person is told from others until the end of the list only.

    Attributes
    ----------
    people, without_phone, repeated, second_homes
        How many persons came by now, how many of them have no telephone, how many rows told again of a home that another had told of,
        and how many of one more home of somebody.
    """

    def __init__(self, connection: Connection, vault: PeopleVault, keeps: bool):
        self._connection, self._vault, self._keeps = connection, vault, keeps
        self._before = connection.scalars(select(RESIDENT_NUMBERS.c.next)).first() or 1
        self._next = self._before
        self.people = self.without_phone = self.repeated = self.second_homes = 0
        connection.execute(delete(HOMES))  # who has none when the list is through was not in it

    def take(self, entries: Sequence[Entry]) -> None:
        """Write some rows of the list."""
        lookups = [self._vault.lookup(entry.phone) if entry.phone else self._vault.lookup_other(entry.other_id) for entry in entries]
        people = self._known(set(lookups))
        homes: list[tuple[Any, ...]] = []
        for lookup, entry in zip(lookups, entries, strict=True):
            person = people.get(lookup) or self._newcomer(lookup, entry)
            people[lookup] = person
            if entry.home.zone in person.zones:
                self.repeated += 1
                continue
            self._tell(person, entry)
            person.zones.add(entry.home.zone)
            homes.append((person.resident, *msgspec.structs.astuple(entry.home)))
        told = [self._row(person) for person in people.values() if person.new or person.changed]
        put(self._connection, RESIDENTS, told, _RESIDENT, over=("language", "details"))
        put(self._connection, HOMES, homes, _HOME)

    def close(self) -> int:
        """Take out who is not in the list and has not subscribed on the public page, and return how many."""
        keep_subscribers(self._connection)
        subscription = select(SUBSCRIPTIONS.c.resident).where(SUBSCRIPTIONS.c.resident == RESIDENTS.c.resident)
        home = select(HOMES.c.resident).where(HOMES.c.resident == RESIDENTS.c.resident)
        gone = self._connection.execute(delete(RESIDENTS).where(~home.exists(), ~subscription.exists())).rowcount
        if not self._keeps:
            self._connection.execute(update(RESIDENTS).values(lookup=None))
        new = insert_into(self._connection, RESIDENT_NUMBERS).values(only=1, next=self._next)
        self._connection.execute(new.on_conflict_do_update(index_elements=[RESIDENT_NUMBERS.c.only], set_={"next": new.excluded.next}))
        return gone

    def _known(self, lookups: Collection[str]) -> dict[str, _Person]:
        """Who of these is stored, from before or by an earlier row of this list, by lookup."""
        kept = select(RESIDENTS.c.resident, RESIDENTS.c.lookup, RESIDENTS.c.language, RESIDENTS.c.details)
        people: dict[str, _Person] = {}
        of_these = among(self._connection, RESIDENTS.c.lookup, lookups)
        for resident, lookup, language, sealed in self._connection.execute(kept.where(of_these)):
            people[resident] = _Person(resident, lookup, language, unseal_details(self._vault, resident, sealed))
        if people:
            homes = select(HOMES.c.resident, HOMES.c.zone).where(among(self._connection, HOMES.c.resident, people))
            for resident, zone in self._connection.execute(homes):
                people[resident].zones.add(zone)
        return {person.lookup: person for person in people.values()}

    def _newcomer(self, lookup: str, entry: Entry) -> _Person:
        """Somebody with an id that nobody ever had: the number of the row, counted on from all ids before this list."""
        number = self._before - 1 + entry.number
        self._next = number + 1
        return _Person(f"R{number:06d}", lookup, entry.language, phone=entry.phone, new=True)

    def _tell(self, person: _Person, entry: Entry) -> None:
        """Take over what a row says of a person; the first of a person decides, and a later one adds doors to knock on."""
        language, details = person.language, entry.details
        if person.zones:
            self.second_homes += 1
            details = person.details.and_also(details)
        else:
            self.people += 1
            self.without_phone += not entry.phone
            language = entry.language
        if not self._keeps:
            details = NO_DETAILS
        person.changed |= (language, details) != (person.language, person.details)
        person.language, person.details = language, details

    def _row(self, person: _Person) -> tuple[Any, ...]:
        details = seal_details(self._vault, person.resident, person.details)
        if not person.new:
            return person.resident, person.language, 0, None, None, details  # the others stay as they are
        phone = self._vault.seal(person.resident, person.phone) if person.phone and self._keeps else None
        return person.resident, person.language, 1 if person.phone else 0, person.lookup, phone, details
