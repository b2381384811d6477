"""Accounts in the store. What changes one stands in the audit, in the same transaction."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Engine, Row, insert, select, update
from sqlalchemy.exc import IntegrityError

from streams.audit.row import Deed
from streams.observation.moments import to_text
from streams.officers.account import AccountError, Credentials, Officer, is_name, same_name
from streams.officers.roles import Role
from streams.officers.second_factor import NO_STEP
from streams.store.audit import append
from streams.store.engine import reading, writing
from streams.store.officers_schema import OFFICERS
from streams.store.sessions import begin_session, end_sessions
from streams.store.tries import forget_tries


def add_officer(engine: Engine, officer: Officer, password_hash: str, sealed_secret: bytes, now_us: int, by: str) -> None:
    """Store a new account.

    Raises
    ------
    AccountError
        Where there is one of this name.
    """
    row = {
        "name": officer.name,
        "display_name": officer.display_name,
        "role": str(officer.role),
        "password_hash": password_hash,
        "sealed_secret": sealed_secret,
        "last_step": NO_STEP,
        "disabled": officer.disabled,
        "added_us": now_us,
    }
    try:
        with writing(engine) as connection:
            connection.execute(insert(OFFICERS).values(**row))
            append(connection, [Deed(to_text(now_us), by, "officer_added", officer.name, {"role": str(officer.role)})])
    except IntegrityError:
        raise AccountError(f"there is an account {officer.name!r} already: choose another name, or enable that one") from None


def disable_officer(engine: Engine, name: str, now_us: int, by: str) -> None:
    """Keep somebody out, from this moment on.

    Raises
    ------
    AccountError
        Where there is no account of this name.
    """
    with writing(engine) as connection:
        officer = _officer(connection, name)
        connection.execute(update(OFFICERS).where(OFFICERS.c.name == officer.name).values(disabled=True))
        end_sessions(connection, officer.name)
        append(connection, [Deed(to_text(now_us), by, "officer_disabled", officer.name)])


def enable_officer(engine: Engine, name: str, now_us: int, by: str) -> None:
    """Let somebody in again, at once: a wait after too many tries ends too.

    Raises
    ------
    AccountError
        Where there is no account of this name.
    """
    with writing(engine) as connection:
        officer = _officer(connection, name)
        connection.execute(update(OFFICERS).where(OFFICERS.c.name == officer.name).values(disabled=False))
        forget_tries(connection, officer.name)
        append(connection, [Deed(to_text(now_us), by, "officer_enabled", officer.name)])


def change_password(engine: Engine, name: str, password_hash: str, now_us: int, by: str, sealed_secret: bytes | None = None) -> None:
    """Store a new password, and a new second factor where one is given; whoever was signed in with the old ones is out.

    Raises
    ------
    AccountError
        Where there is no account of this name.
    """
    changed: dict[str, object] = {"password_hash": password_hash}
    if sealed_secret is not None:
        changed |= {"sealed_secret": sealed_secret, "last_step": NO_STEP}
    with writing(engine) as connection:
        officer = _officer(connection, name)
        connection.execute(update(OFFICERS).where(OFFICERS.c.name == officer.name).values(**changed))
        end_sessions(connection, officer.name)
        forget_tries(connection, officer.name)
        detail = {"second_factor": sealed_secret is not None}
        append(connection, [Deed(to_text(now_us), by, "password_changed", officer.name, detail)])


def find_officer(engine: Engine, name: str) -> Officer:
    """The account of a name.

    Raises
    ------
    AccountError
        Where there is none.
    """
    with reading(engine) as connection:
        return _officer(connection, name)


def officers(engine: Engine) -> list[Officer]:
    """All accounts, by name."""
    with reading(engine) as connection:
        return sorted(map(_as_officer, connection.execute(select(OFFICERS))), key=lambda officer: officer.name)


def credentials(engine: Engine, name: str) -> Credentials | None:
    """What to hold an attempt to sign in against, None where there is no such account."""
    with reading(engine) as connection:
        row = _row(connection, name)
    return Credentials(_as_officer(row), row.password_hash, row.sealed_secret, row.last_step) if row else None


def any_credentials(engine: Engine) -> Credentials | None:
    """Those of one account, to try a key file on; None where there are no accounts."""
    with reading(engine) as connection:
        name = connection.scalars(select(OFFICERS.c.name).limit(1)).first()
    return credentials(engine, name) if name is not None else None


def let_in(engine: Engine, checked: Credentials, step: int, token: str, now_us: int, new_hash: str | None = None) -> bool:
    """Begin the session of somebody whose password and code were right; False where they are not good any more.

    In one statement the code is used up and the account is looked at again: meanwhile another may have signed in with the same code, the
    password may have been changed or the account disabled.

    Parameters
    ----------
    new_hash
        Hash of the same password at today's cost, where the one that is stored is outdated.
    """
    name = checked.officer.name
    still = (OFFICERS.c.last_step < step) & OFFICERS.c.disabled.is_(False) & (OFFICERS.c.password_hash == checked.password_hash)
    use = update(OFFICERS).where(OFFICERS.c.name == name, still, OFFICERS.c.sealed_secret == checked.sealed_secret)
    with writing(engine) as connection:
        if not connection.execute(use.values(last_step=step, password_hash=new_hash or checked.password_hash)).rowcount:
            return False
        begin_session(connection, name, token, now_us)
        forget_tries(connection, name)
        append(connection, [Deed(to_text(now_us), name, "signed_in", name)])
        return True


def _row(connection: Connection, name: str) -> Row[Any] | None:
    kept = same_name(name)
    if not is_name(kept):
        return None  # and is not asked for: a database may choke on what people send
    return connection.execute(select(OFFICERS).where(OFFICERS.c.name == kept)).first()


def _officer(connection: Connection, name: str) -> Officer:
    row = _row(connection, name)
    if row is None:
        raise AccountError(f"there is no account {name!r}: `lowpoint officers list` names those there are")
    return _as_officer(row)


def _as_officer(row: Row[Any]) -> Officer:
    return Officer(row.name, row.display_name, Role(row.role), row.disabled)
