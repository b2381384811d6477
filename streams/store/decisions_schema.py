"""Tables of what became of orders, of what officers decided, and of what a district says of its zones and its rain."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Float, Index, Integer, LargeBinary, SmallInteger, String, Table, Text

from streams.store.schema import METADATA

ORDER_STATES = Table(
    "order_states",
    METADATA,
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

DECIDED = Table(
    "decided",
    METADATA,
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

DISTRICTS_SAY = Table(
    "districts_say",
    METADATA,
    Column("district", String, primary_key=True),
    Column("as_of_us", BigInteger, nullable=False),
    Column("level", SmallInteger, nullable=False),
    Column("signal", String, nullable=False),
    Column("unknown_points", Integer, nullable=False),
    Column("zones", LargeBinary, nullable=False),
)

RAIN_SIGNALS = Table(
    "rain_signals",
    METADATA,
    Column("key", String, primary_key=True),
    Column("district", String, nullable=False),
    Column("issued_us", BigInteger, nullable=False),
    Column("signal", String, nullable=False),
    Column("rain_mm", Float, nullable=False),
    Column("hours", Float, nullable=False),
    Column("reason", Text, nullable=False),
)
