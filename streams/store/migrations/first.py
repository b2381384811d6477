"""All tables as they were before stores had a version: never changed, whatever becomes of the tables of today."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Connection,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    event,
)

FIRST = MetaData()
_STATES = ("pending", "claimed", "sent", "delivered", "failed", "withdrawn")
_ROLES = ("viewer", "forecaster", "officer", "administrator")
_ROW_NO = BigInteger().with_variant(Integer, "sqlite")

Table(
    "residents",
    FIRST,
    Column("resident", String, primary_key=True),
    Column("zone", String, nullable=False),
    Column("language", String, nullable=False),
    Index("residents_of_zone", "zone"),
)

Table(
    "dispatches",
    FIRST,
    Column("identifier", String, primary_key=True),
    Column("incident", String, nullable=False),
    Column("version", Integer, nullable=False),
    Column("msg_type", String, nullable=False),
    Column("zone", String, nullable=False),
    Column("level", SmallInteger, nullable=False),
    Column("state", String, nullable=False),
    Column("issued_us", BigInteger, nullable=False),
    Column("rows", Integer, nullable=False),
)

Table(
    "dispatch_texts",
    FIRST,
    Column("identifier", String, ForeignKey("dispatches.identifier"), primary_key=True),
    Column("language", String, primary_key=True),
    Column("text", Text, nullable=False),
    Column("segments", Integer, nullable=False),
)

Table(
    "outbox",
    FIRST,
    Column("id", _ROW_NO, primary_key=True, autoincrement=True),
    Column("identifier", String, ForeignKey("dispatches.identifier"), nullable=False),
    Column("incident", String, nullable=False),
    Column("version", Integer, nullable=False),
    Column("resident", String, nullable=False),
    Column("channel", String, nullable=False),
    Column("language", String, nullable=False),
    Column("priority", SmallInteger, nullable=False),
    Column("state", String, nullable=False),
    Column("reason", String, nullable=False, default=""),
    Column("changed_us", BigInteger, nullable=False),
    Column("owner", String, nullable=False, default=""),
    Column("claimed_us", BigInteger),
    UniqueConstraint("incident", "version", "resident", "channel", name="once_per_version"),
    CheckConstraint(f"state IN {_STATES}", name="known_state"),
    Index("outbox_due", "state", "channel", "priority", "id"),
)

Table(
    "points_now",
    FIRST,
    Column("low_point", String, primary_key=True),
    Column("level", SmallInteger),
    Column("held_level", SmallInteger),
    Column("basis", String, nullable=False),
    Column("unconfirmed", Boolean, nullable=False),
    Column("depth_m", Float),
    Column("observed_us", BigInteger),
    Column("as_of_us", BigInteger, nullable=False),
)

Table(
    "warnings",
    FIRST,
    Column("key", String, primary_key=True),
    Column("low_point", String, nullable=False),
    Column("issued_us", BigInteger, nullable=False),
    Column("number", Integer, nullable=False),
    Column("level", SmallInteger),
    Column("basis", String, nullable=False),
    Column("unconfirmed", Boolean, nullable=False),
    Column("reason", Text, nullable=False),
    Column("depth_m", Float, nullable=False),
    Column("readings", LargeBinary, nullable=False),
    Index("warnings_by_time", "issued_us"),
)

Table(
    "orders",
    FIRST,
    Column("identifier", String, primary_key=True),
    Column("incident", String, nullable=False),
    Column("version", Integer, nullable=False),
    Column("msg_type", String, nullable=False),
    Column("references", LargeBinary, nullable=False),
    Column("zone", String, nullable=False),
    Column("level", SmallInteger, nullable=False),
    Column("basis", String, nullable=False),
    Column("state", String, nullable=False),
    Column("issued_us", BigInteger, nullable=False),
    Column("expires_us", BigInteger, nullable=False),
    Column("texts", LargeBinary, nullable=False),
    Index("orders_of_incident", "incident", "version"),
)

Table(
    "forecasts_now",
    FIRST,
    Column("low_point", String, primary_key=True),
    Column("issued_us", BigInteger, nullable=False),
    Column("line", LargeBinary, nullable=False),
)

Table(
    "districts_now",
    FIRST,
    Column("district", String, primary_key=True),
    Column("as_of_us", BigInteger, nullable=False),
    Column("rain_mm_30min", Float, nullable=False),
)

Table(
    "districts_heard",
    FIRST,
    Column("district", String, primary_key=True),
    Column("up_to_us", BigInteger, nullable=False),
    Column("written_us", BigInteger, nullable=False),
)

Table(
    "model_changes",
    FIRST,
    Column("key", String, primary_key=True),
    Column("district", String, nullable=False),
    Column("issued_us", BigInteger, nullable=False),
    Column("number", Integer, nullable=False),
    Column("what", String, nullable=False),
    Column("model", String, nullable=False),
    Column("other", String, nullable=False),
    Column("reason", Text, nullable=False),
)

Table(
    "dead_letters",
    FIRST,
    Column("id", String, primary_key=True),
    Column("reason", String, nullable=False),
    Column("file", Text, nullable=False),
    Column("line", BigInteger, nullable=False),
    Column("bytes", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Index("dead_letters_by_reason", "reason"),
)

Table(
    "order_states",
    FIRST,
    Column("identifier", String, primary_key=True),
    Column("number", Integer, nullable=False),
    Column("district", String, nullable=False),
    Column("state", String, nullable=False),
    Column("reason", Text, nullable=False),
    Column("unconfirmed", Boolean, nullable=False),
    Column("signed_by", LargeBinary, nullable=False),
    Column("decided_us", BigInteger),
    Column("decision", Text, nullable=False),
    Column("texts", LargeBinary, nullable=False),
    Column("low_point", String, nullable=False),
)

Table(
    "decided",
    FIRST,
    Column("key", String, primary_key=True),
    Column("act_id", String, nullable=False),
    Column("district", String, nullable=False),
    Column("issued_us", BigInteger, nullable=False),
    Column("officer", String, nullable=False),
    Column("act", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("outcome", String, nullable=False),
    Column("words", Text, nullable=False),
    Index("decided_by_act", "act_id"),
)

Table(
    "districts_say",
    FIRST,
    Column("district", String, primary_key=True),
    Column("as_of_us", BigInteger, nullable=False),
    Column("level", SmallInteger, nullable=False),
    Column("signal", String, nullable=False),
    Column("unknown_points", Integer, nullable=False),
    Column("zones", LargeBinary, nullable=False),
)

Table(
    "rain_signals",
    FIRST,
    Column("key", String, primary_key=True),
    Column("district", String, nullable=False),
    Column("issued_us", BigInteger, nullable=False),
    Column("signal", String, nullable=False),
    Column("rain_mm", Float, nullable=False),
    Column("hours", Float, nullable=False),
    Column("reason", Text, nullable=False),
)

Table(
    "acts",
    FIRST,
    Column("act_id", String, primary_key=True),
    Column("officer", String, nullable=False),
    Column("act", String, nullable=False),
    Column("asked_us", BigInteger, nullable=False),
    Column("digest", String, nullable=False),
    Column("pieces", LargeBinary, nullable=False),
)

Table(
    "officers",
    FIRST,
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

Table(
    "officer_sessions",
    FIRST,
    Column("token_digest", String, primary_key=True),
    Column("name", String, ForeignKey("officers.name"), nullable=False),
    Column("started_us", BigInteger, nullable=False),
    Column("seen_us", BigInteger, nullable=False),
    Index("sessions_of_officer", "name"),
)

Table(
    "officer_tries",
    FIRST,
    Column("id", _ROW_NO, primary_key=True, autoincrement=True),
    Column("name_digest", String, nullable=False),
    Column("at_us", BigInteger, nullable=False),
    Index("tries_of_name", "name_digest", "at_us"),
    Index("tries_by_time", "at_us"),
)

Table(
    "api_keys",
    FIRST,
    Column("key_id", String, primary_key=True),
    Column("key_digest", String, nullable=False, unique=True),
    Column("owner", String, nullable=False),
    Column("role", String, nullable=False),
    Column("made_us", BigInteger, nullable=False),
    Column("revoked_us", BigInteger),
    CheckConstraint(f"role IN {_ROLES}", name="known_role_of_key"),
)

_AUDIT = Table(
    "audit",
    FIRST,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("at", String, nullable=False),
    Column("actor", String, nullable=False),
    Column("act", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("detail", Text, nullable=False),
    Column("key", String, unique=True),
    Column("previous", String, nullable=False),
    Column("hash", String, nullable=False),
)

_REFUSAL = "a row of the audit is never changed or taken out"
_GUARDS = {
    "sqlite": [
        f"CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END",
        f"CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END",
        "CREATE TRIGGER audit_no_replace BEFORE INSERT ON audit"
        " WHEN EXISTS (SELECT 1 FROM audit WHERE number = NEW.number OR key = NEW.key)"
        f" BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END",
    ],
    "postgresql": [
        "CREATE OR REPLACE FUNCTION audit_refuses() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN RAISE EXCEPTION '{_REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; END $$",
        "CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_refuses()",
    ],
}


@event.listens_for(_AUDIT, "after_create")
def _guard(_: Table, connection: Connection, **__: Any) -> None:
    for statement in _GUARDS[connection.dialect.name]:
        connection.exec_driver_sql(statement)
