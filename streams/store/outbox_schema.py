"""Tables of the outbox: one row a resident, order version and channel; one attempt a post to a provider. No number is here (law 10)."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from streams.store.schema import METADATA

STATES = ("pending", "claimed", "unknown", "accepted", "sent", "delivered", "failed", "suppressed")
"""Of a row; their counts add up to all who were targeted at every moment. What DESIGN calls withdrawn is "suppressed"."""

_ROW_NO = BigInteger().with_variant(Integer, "sqlite")  # only INTEGER counts up by itself in SQLite

DISPATCHES = Table(
    "dispatches",
    METADATA,
    Column("identifier", String, primary_key=True),
    Column("incident", String, nullable=False),
    Column("version", Integer, nullable=False),
    Column("msg_type", String, nullable=False),
    Column("zone", String, nullable=False),
    Column("level", SmallInteger, nullable=False),
    Column("state", String, nullable=False),
    Column("status", String, nullable=False, default="Test"),  # Actual | Exercise | Test: only Actual reaches a real channel
    Column("issued_us", BigInteger, nullable=False),
    Column("expires_us", BigInteger, nullable=False, default=0),
    Column("rows", Integer, nullable=False),
    Index("dispatches_of_incident", "incident", "version"),
)

DISPATCH_TEXTS = Table(
    "dispatch_texts",
    METADATA,
    Column("identifier", String, ForeignKey("dispatches.identifier"), primary_key=True),
    Column("language", String, primary_key=True),
    Column("text", Text, nullable=False),
    Column("segments", Integer, nullable=False),
)

OUTBOX = Table(
    "outbox",
    METADATA,
    Column("id", _ROW_NO, primary_key=True, autoincrement=True),
    Column("identifier", String, ForeignKey("dispatches.identifier"), nullable=False),
    Column("incident", String, nullable=False),
    Column("version", Integer, nullable=False),
    Column("resident", String, nullable=False),
    Column("channel", String, nullable=False),  # sms | voice
    Column("language", String, nullable=False),
    Column("priority", SmallInteger, nullable=False),  # 0 the most urgent: 4 less the level; 4 an all-clear
    Column("rank", Integer, nullable=False, default=0),  # place in its order, most endangered first: orders take turns by it
    Column("state", String, nullable=False),
    Column("reason", String, nullable=False, default=""),
    Column("changed_us", BigInteger, nullable=False),
    Column("owner", String, nullable=False, default=""),
    Column("claimed_us", BigInteger),
    Column("not_before_us", BigInteger, nullable=False, default=0),
    Column("attempts", Integer, nullable=False, default=0),
    Column("accepted_us", BigInteger),
    Column("delivered_us", BigInteger),
    UniqueConstraint("incident", "version", "resident", "channel", name="once_per_version"),
    CheckConstraint(f"state IN {STATES}", name="known_state"),
    Index("outbox_due", "state", "channel", "priority", "rank", "id"),
    Index("outbox_of_resident", "resident"),
)

ATTEMPTS = Table(
    "attempts",
    METADATA,
    Column("attempt", String, primary_key=True),  # opaque: it stands in the callback address
    Column("row_id", _ROW_NO, ForeignKey("outbox.id"), nullable=False),
    Column("number", Integer, nullable=False),  # 1 for a row's first post
    Column("provider", String, nullable=False),
    Column("state", String, nullable=False),  # posting | unknown | refused | accepted | sent | delivered | failed
    Column("code", String, nullable=False, default=""),
    Column("provider_id", String),
    Column("posted_us", BigInteger, nullable=False),
    Column("changed_us", BigInteger, nullable=False),
    Column("looked_us", BigInteger, nullable=False, default=0),  # when the provider was last asked about it
    Column("looks", Integer, nullable=False, default=0),
    Index("attempts_of_row", "row_id"),
    Index("attempts_by_provider_id", "provider_id"),
    Index("attempts_open", "state", "posted_us"),
)

SENDERS = Table(
    "senders",
    METADATA,
    Column("owner", String, primary_key=True),
    Column("line", String, primary_key=True),  # what the pace is shared on
    Column("since_us", BigInteger, nullable=False),
    Column("beat_us", BigInteger, nullable=False),
)
