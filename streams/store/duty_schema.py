"""The table of the duty log: what officers write down, and who hands over to whom. Every entry is a row of the audit too."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, Integer, String, Table, Text

from streams.store.schema import METADATA

KINDS = ("note", "hand_over", "take_over")

DUTY_LOG = Table(
    "duty_log",
    METADATA,
    Column("entry", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("at_us", BigInteger, nullable=False),
    Column("officer", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("text", Text, nullable=False),
    Column("refers", String, nullable=False),
    CheckConstraint(f"kind IN {KINDS}", name="known_kind_of_entry"),
    Index("duty_log_by_time", "at_us"),
)
