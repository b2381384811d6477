"""Tries to sign in, kept so that a wait survives a restart. A try counts as failed until it has succeeded."""

from __future__ import annotations

from sqlalchemy import Connection, Engine, delete, insert, select

from streams.officers.account import same_name
from streams.officers.digest import digest
from streams.officers.lock_out import KEPT_US, waits_until_us
from streams.store.engine import alone, writing
from streams.store.officers_schema import TRIES


def begin_try(engine: Engine, name: str, now_us: int) -> int | None:
    """Count a try before anything is compared, so that many at once get no more than their number; until when to wait, if it is refused.

    A name that nobody has waits like any other: a wait does not tell that there is an account.
    """
    with writing(engine) as connection:
        alone(connection, "tries")
        connection.execute(delete(TRIES).where(TRIES.c.at_us < now_us - KEPT_US))
        until_us = waits_until_us(connection.scalars(select(TRIES.c.at_us).where(TRIES.c.name_digest == _key(name))), now_us)
        if until_us is None:
            connection.execute(insert(TRIES).values(name_digest=_key(name), at_us=now_us))
        return until_us


def forget_tries(connection: Connection, name: str) -> None:
    """Let a name begin afresh."""
    connection.execute(delete(TRIES).where(TRIES.c.name_digest == _key(name)))


def _key(name: str) -> str:
    return digest(same_name(name))
