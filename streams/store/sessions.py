"""Sessions in the store: who holds a token is known by its digest."""

from __future__ import annotations

from sqlalchemy import Connection, Engine, delete, insert, or_, select, update

from streams.observation.moments import MINUTE_US
from streams.officers.account import Officer
from streams.officers.digest import digest
from streams.officers.roles import Role
from streams.officers.session import IDLE_US, LONGEST_US, over
from streams.store.engine import reading, writing
from streams.store.officers_schema import OFFICERS, SESSIONS

SEEN_EVERY_US = MINUTE_US
"""A look is written down this often at most: a session ends between 29 and 30 minutes after the last."""


def begin_session(connection: Connection, name: str, token: str, now_us: int) -> None:
    """Store a new session, and drop those that are over."""
    ended = or_(SESSIONS.c.started_us <= now_us - LONGEST_US, SESSIONS.c.seen_us <= now_us - IDLE_US)
    connection.execute(delete(SESSIONS).where(ended))
    connection.execute(insert(SESSIONS).values(token_digest=digest(token), name=name, started_us=now_us, seen_us=now_us))


def officer_of(engine: Engine, token: str, now_us: int, *, active: bool = True) -> Officer | None:
    """Who holds a token, None where its session is over or never was.

    Parameters
    ----------
    active
        Whether a person asks. What a page does by itself, such as staying connected, does not keep a session alive.
    """
    columns = (OFFICERS.c.name, OFFICERS.c.display_name, OFFICERS.c.role, OFFICERS.c.disabled, SESSIONS.c.started_us, SESSIONS.c.seen_us)
    query = select(*columns).select_from(SESSIONS.join(OFFICERS)).where(SESSIONS.c.token_digest == digest(token))
    with reading(engine) as connection:
        row = connection.execute(query).first()
    if row is None or row.disabled or over(row.started_us, row.seen_us, now_us):
        return None
    if active and now_us - row.seen_us >= SEEN_EVERY_US:
        with writing(engine) as connection:
            connection.execute(update(SESSIONS).where(SESSIONS.c.token_digest == digest(token)).values(seen_us=now_us))
    return Officer(row.name, row.display_name, Role(row.role))


def sign_out(engine: Engine, token: str) -> None:
    """End a session."""
    with writing(engine) as connection:
        connection.execute(delete(SESSIONS).where(SESSIONS.c.token_digest == digest(token)))


def end_sessions(connection: Connection, name: str) -> None:
    """End all sessions of an account."""
    connection.execute(delete(SESSIONS).where(SESSIONS.c.name == name))
