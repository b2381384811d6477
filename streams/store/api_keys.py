"""Keys of machines in the store: only digests."""

from __future__ import annotations

from sqlalchemy import Engine, insert, select, update

from streams.audit.row import Deed
from streams.observation.moments import to_text
from streams.officers.account import AccountError, checked_display_name
from streams.officers.api_key import ApiKey, NewKey, new_key
from streams.officers.digest import digest
from streams.officers.roles import Role
from streams.store.audit import append
from streams.store.engine import reading, writing
from streams.store.officers_schema import API_KEYS

_COLUMNS = [API_KEYS.c[name] for name in ApiKey.__struct_fields__]


def add_api_key(engine: Engine, owner: str, role: Role, now_us: int, by: str) -> NewKey:
    """Make a key; what is returned is the only place it can be read from.

    Raises
    ------
    AccountError
        Where the owner cannot be one.
    """
    new, owner = new_key(), checked_display_name(owner)
    row = {"key_id": new.key_id, "key_digest": digest(new.key), "owner": owner, "role": str(role), "made_us": now_us}
    with writing(engine) as connection:
        connection.execute(insert(API_KEYS).values(**row))
        append(connection, [Deed(to_text(now_us), by, "api_key_made", new.key_id, {"owner": owner, "role": str(role)})])
    return new


def revoke_api_key(engine: Engine, key_id: str, now_us: int, by: str) -> None:
    """End a key for good; revoking it again changes nothing.

    Raises
    ------
    AccountError
        Where there is none of this id.
    """
    with writing(engine) as connection:
        # what is no id is not asked for: a database may choke on what people send
        known = key_id.isascii() and key_id.isalnum() and connection.scalar(select(API_KEYS.c.made_us).where(API_KEYS.c.key_id == key_id))
        if not known:
            raise AccountError(f"there is no key {key_id!r}: `lowpoint officers list` names those there are")
        own = update(API_KEYS).where(API_KEYS.c.key_id == key_id, API_KEYS.c.revoked_us.is_(None))
        if connection.execute(own.values(revoked_us=now_us)).rowcount:
            append(connection, [Deed(to_text(now_us), by, "api_key_revoked", key_id)])


def holder_of(engine: Engine, key: str) -> ApiKey | None:
    """What is known of a key that a machine shows; None where it is none or was revoked."""
    query = select(*_COLUMNS).where(API_KEYS.c.key_digest == digest(key), API_KEYS.c.revoked_us.is_(None))
    with reading(engine) as connection:
        row = connection.execute(query).first()
    return ApiKey(row.key_id, row.owner, Role(row.role), row.made_us) if row else None


def api_keys(engine: Engine) -> list[ApiKey]:
    """All keys there ever were, the oldest first."""
    with reading(engine) as connection:
        rows = connection.execute(select(*_COLUMNS)).all()
    found = [ApiKey(row.key_id, row.owner, Role(row.role), row.made_us, row.revoked_us) for row in rows]
    return sorted(found, key=lambda key: (key.made_us, key.key_id))
