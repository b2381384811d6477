"""Whether a key is the one that the people in the store were sealed with."""

from __future__ import annotations

from sqlalchemy import Connection, Engine, select

from streams.people.vault import PeopleVault, PeopleVaultError
from streams.store.engine import reading
from streams.store.people_schema import OPT_OUTS, RESIDENTS


def check_people_key(engine: Engine, vault: PeopleVault) -> None:
    """See that a key opens what is kept, before anything is done with it: with another, whoever opted out would not be known again.

    Raises
    ------
    PeopleVaultError
        Where it is another key.
    """
    with reading(engine) as connection:
        check_key(connection, vault)


def check_key(connection: Connection, vault: PeopleVault | None) -> None:
    """See that a key opens what is kept; no key does only where nothing is kept under one.

    Raises
    ------
    PeopleVaultError
        Where it is another key.
    """
    for lookup in (RESIDENTS.c.lookup, OPT_OUTS.c.lookup):
        kept = connection.scalars(select(lookup).where(lookup.is_not(None)).limit(1)).first()
        if kept is not None and (vault is None or not vault.made(kept)):
            raise PeopleVaultError("the people in this store were sealed with another key: name the key file they were imported with")
    if vault is None:
        return
    for column in (RESIDENTS.c.phone, RESIDENTS.c.details):
        row = connection.execute(select(RESIDENTS.c.resident, column).where(column.is_not(None)).limit(1)).first()
        if row is not None:
            vault.unseal(row[0], row[1])
