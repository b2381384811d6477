"""The table of acts that were asked for at a desk, so that an answer can say what is still to come."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, LargeBinary, String, Table

from streams.store.schema import METADATA

ACTS = Table(
    "acts",
    METADATA,
    Column("act_id", String, primary_key=True),
    Column("officer", String, nullable=False),
    Column("act", String, nullable=False),
    Column("asked_us", BigInteger, nullable=False),
    Column("digest", String, nullable=False),
    Column("pieces", LargeBinary, nullable=False),
)
