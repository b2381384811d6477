"""The table of the audit, and triggers that refuse to change it.

The triggers are a hurdle against mistakes: who owns the database can drop them. The proof is the chain and its exported heads.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, Connection, Integer, String, Table, Text, event

from streams.store.schema import METADATA

AUDIT = Table(
    "audit",
    METADATA,
    # INTEGER in SQLite, which takes any value in a column of another type
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("at", String, nullable=False),
    Column("actor", String, nullable=False),
    Column("act", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("detail", Text, nullable=False),  # text, not a JSON type: a database may write JSON anew, and the hash is over every character
    Column("key", String, unique=True),
    Column("previous", String, nullable=False),
    Column("hash", String, nullable=False),
)

REFUSAL = "a row of the audit is never changed or taken out"

_SQLITE = [
    f"CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
    f"CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
    # INSERT OR REPLACE takes rows out without a word to the trigger above
    "CREATE TRIGGER audit_no_replace BEFORE INSERT ON audit"
    " WHEN EXISTS (SELECT 1 FROM audit WHERE number = NEW.number OR key = NEW.key)"
    f" BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
]
_POSTGRESQL = [
    "CREATE OR REPLACE FUNCTION audit_refuses() RETURNS trigger LANGUAGE plpgsql AS"
    f" $$ BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; END $$",
    "CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_refuses()",
]

_STATEMENTS = {"sqlite": _SQLITE, "postgresql": _POSTGRESQL}


@event.listens_for(AUDIT, "after_create")
def _guard(_: Table, connection: Connection, **__: Any) -> None:
    for statement in _STATEMENTS[connection.dialect.name]:
        connection.exec_driver_sql(statement)
