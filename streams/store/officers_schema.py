"""The tables of accounts, sessions, tries to sign in and keys of machines. Times are whole microseconds since 1970 UTC (`..._us`)."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, ForeignKey, Index, Integer, LargeBinary, String, Table

from streams.officers.roles import Role
from streams.store.schema import METADATA

_ROLES = tuple(str(role) for role in Role)
_ROW_NO = BigInteger().with_variant(Integer, "sqlite")  # only INTEGER counts up by itself in SQLite

OFFICERS = Table(
    "officers",
    METADATA,
    Column("name", String, primary_key=True),
    Column("display_name", String, nullable=False),
    Column("role", String, nullable=False),
    Column("password_hash", String, nullable=False),
    Column("sealed_secret", LargeBinary, nullable=False),
    Column("last_step", BigInteger, nullable=False),
    Column("disabled", Boolean, nullable=False),
    Column("added_us", BigInteger, nullable=False),
    CheckConstraint(f"role IN {_ROLES}", name="known_role_of_officer"),
)

SESSIONS = Table(
    "officer_sessions",
    METADATA,
    Column("token_digest", String, primary_key=True),
    Column("name", String, ForeignKey("officers.name"), nullable=False),
    Column("started_us", BigInteger, nullable=False),
    Column("seen_us", BigInteger, nullable=False),
    Index("sessions_of_officer", "name"),
)

TRIES = Table(
    "officer_tries",
    METADATA,
    Column("id", _ROW_NO, primary_key=True, autoincrement=True),
    Column("name_digest", String, nullable=False),  # not the name: it may be a password typed into the wrong field
    Column("at_us", BigInteger, nullable=False),
    Index("tries_of_name", "name_digest", "at_us"),
    Index("tries_by_time", "at_us"),
)

API_KEYS = Table(
    "api_keys",
    METADATA,
    Column("key_id", String, primary_key=True),
    Column("key_digest", String, nullable=False, unique=True),
    Column("owner", String, nullable=False),
    Column("role", String, nullable=False),
    Column("made_us", BigInteger, nullable=False),
    Column("revoked_us", BigInteger),
    CheckConstraint(f"role IN {_ROLES}", name="known_role_of_key"),
)
