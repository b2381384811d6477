"""Who wants no texts, kept by the lookup of the number: it outlasts an import, and a resident who is deleted."""

from __future__ import annotations

from sqlalchemy import Connection, Engine, delete, func, select

from streams.audit.row import Deed
from streams.observation.moments import to_text
from streams.store.audit import append
from streams.store.engine import insert_into, reading, writing
from streams.store.people_schema import OPT_OUTS, RESIDENTS

NOBODY = "nobody in the list"
"""The subject in the audit where the number is no resident's."""


def opt_out(engine: Engine, lookup: str, now_us: int, how: str, by: str) -> bool:
    """Send a number no texts any more; whether that is new.

    Parameters
    ----------
    how
        What they opted out by: text | officer | provider.
    by
        Who did it, for the audit.
    """
    with writing(engine) as connection:
        new = insert_into(connection, OPT_OUTS).values(lookup=lookup, since_us=now_us, how=how).on_conflict_do_nothing()
        if not connection.execute(new, execution_options={"preserve_rowcount": True}).rowcount:
            return False
        append(connection, [Deed(to_text(now_us), by, "opted_out", _whose(connection, lookup), {"how": how})])
        return True


def opt_in(engine: Engine, lookup: str, now_us: int, how: str, by: str) -> bool:
    """Send a number texts again; whether it had opted out. The parameters are those of `opt_out`."""
    with writing(engine) as connection:
        if not connection.execute(delete(OPT_OUTS).where(OPT_OUTS.c.lookup == lookup)).rowcount:
            return False
        append(connection, [Deed(to_text(now_us), by, "opted_in", _whose(connection, lookup), {"how": how})])
        return True


def opted_out(engine: Engine) -> int:
    """How many numbers opted out, be they in the list or not."""
    with reading(engine) as connection:
        return connection.scalars(select(func.count()).select_from(OPT_OUTS)).one()


def _whose(connection: Connection, lookup: str) -> str:
    return connection.scalars(select(RESIDENTS.c.resident).where(RESIDENTS.c.lookup == lookup)).first() or NOBODY
