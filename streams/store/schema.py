"""Tables of what the districts say. Times are whole microseconds since 1970 UTC (`..._us`), depths metres, levels 0 to 4, NULL unknown."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
)

METADATA = MetaData()

POINTS_NOW = Table(
    "points_now",
    METADATA,
    Column("low_point", String, primary_key=True),
    Column("level", SmallInteger),
    Column("held_level", SmallInteger),
    Column("basis", String, nullable=False),
    Column("unconfirmed", Boolean, nullable=False),
    Column("depth_m", Float),
    Column("observed_us", BigInteger),
    Column("as_of_us", BigInteger, nullable=False),
)

WARNINGS = Table(
    "warnings",
    METADATA,
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
    Index("warnings_of_point", "low_point", "issued_us"),
)

ORDERS = Table(
    "orders",
    METADATA,
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

FORECASTS_NOW = Table(
    "forecasts_now",
    METADATA,
    Column("low_point", String, primary_key=True),
    Column("issued_us", BigInteger, nullable=False),
    Column("line", LargeBinary, nullable=False),
)

DISTRICTS_NOW = Table(
    "districts_now",
    METADATA,
    Column("district", String, primary_key=True),
    Column("as_of_us", BigInteger, nullable=False),
    Column("rain_mm_30min", Float, nullable=False),
)

DISTRICTS_HEARD = Table(
    "districts_heard",
    METADATA,
    Column("district", String, primary_key=True),
    Column("up_to_us", BigInteger, nullable=False),
    Column("written_us", BigInteger, nullable=False),
)

MODEL_CHANGES = Table(
    "model_changes",
    METADATA,
    Column("key", String, primary_key=True),
    Column("district", String, nullable=False),
    Column("issued_us", BigInteger, nullable=False),
    Column("number", Integer, nullable=False),
    Column("what", String, nullable=False),
    Column("model", String, nullable=False),
    Column("other", String, nullable=False),
    Column("reason", Text, nullable=False),
)

DEAD_LETTERS = Table(
    "dead_letters",
    METADATA,
    Column("id", String, primary_key=True),
    Column("reason", String, nullable=False),
    Column("file", Text, nullable=False),
    Column("line", BigInteger, nullable=False),
    Column("bytes", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("written_us", BigInteger),  # by the wall clock; NULL where an older Lowpoint wrote it
    Index("dead_letters_by_reason", "reason"),
    Index("dead_letters_by_time", "written_us"),
)
