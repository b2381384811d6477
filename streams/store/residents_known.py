"""Looks residents up: by the lookup of a number, and how many there are."""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection, Engine, func, select

from streams.people.resident import Home, Resident
from streams.store.engine import reading
from streams.store.people_schema import HOMES, OPT_OUTS, RESIDENTS


class Counted(msgspec.Struct, frozen=True):
    """How many residents there are, how many of them have no telephone, how many opted out, and how many homes they have."""

    residents: int
    without_phone: int
    opted_out: int
    homes: int


def find_resident(engine: Engine, lookup: str) -> Resident | None:
    """Who has the number that a lookup was made of; None where nobody in the store has."""
    with reading(engine) as connection:
        resident = connection.scalars(select(RESIDENTS.c.resident).where(RESIDENTS.c.lookup == lookup)).first()
        return None if resident is None else resident_of(connection, resident)


def resident_of(connection: Connection, resident: str) -> Resident | None:
    """The resident of an id; None where there is none."""
    row = connection.execute(
        select(RESIDENTS.c.language, RESIDENTS.c.reachable, OPT_OUTS.c.lookup)
        .select_from(RESIDENTS.outerjoin(OPT_OUTS, OPT_OUTS.c.lookup == RESIDENTS.c.lookup))
        .where(RESIDENTS.c.resident == resident)
    ).first()
    if row is None:
        return None
    homes = connection.execute(
        select(*(HOMES.c[name] for name in Home.__struct_fields__)).where(HOMES.c.resident == resident).order_by(HOMES.c.zone)
    )
    return Resident(resident, row.language, bool(row.reachable), row.lookup is not None, tuple(Home(*home) for home in homes))


def count_residents(engine: Engine) -> Counted:
    """How many there are; opted out counts those of the list only."""
    opted_out = select(func.count()).select_from(RESIDENTS.join(OPT_OUTS, OPT_OUTS.c.lookup == RESIDENTS.c.lookup))
    with reading(engine) as connection:
        return Counted(
            connection.scalars(select(func.count()).select_from(RESIDENTS)).one(),
            connection.scalars(select(func.count()).select_from(RESIDENTS).where(RESIDENTS.c.reachable == 0)).one(),
            connection.scalars(opted_out).one(),
            connection.scalars(select(func.count()).select_from(HOMES)).one(),
        )
