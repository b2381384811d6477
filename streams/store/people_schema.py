"""Tables of residents. A telephone number, an address and what a resident wrote are sealed, and found by a keyed hash only (law 10)."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Float, ForeignKey, Index, Integer, LargeBinary, SmallInteger, String, Table

from streams.store.schema import METADATA

RESIDENTS = Table(
    "residents",
    METADATA,
    Column("resident", String, primary_key=True),
    Column("language", String, nullable=False),
    Column("reachable", SmallInteger, nullable=False, default=1),  # 1: by telephone; 0: somebody has to knock
    Column("lookup", String, unique=True),  # keyed hash of the number, or of what else a person is known by
    Column("phone", LargeBinary),  # sealed; NULL in a replay, which texts nobody
    Column("details", LargeBinary),  # sealed: address, contact
)

HOMES = Table(
    "homes",
    METADATA,
    Column("resident", String, ForeignKey("residents.resident", ondelete="CASCADE"), primary_key=True),
    Column("zone", String, primary_key=True),
    Column("lon", Float),
    Column("lat", Float),
    Column("floor", SmallInteger),  # -1 a basement, 0 the ground floor, NULL unknown
    Column("mobility", String, nullable=False, default=""),  # walks | slow | needs_help | "" unknown
    Index("homes_of_zone", "zone"),
)

OPT_OUTS = Table(
    "opt_outs",
    METADATA,
    Column("lookup", String, primary_key=True),
    Column("since_us", BigInteger, nullable=False),
    Column("how", String, nullable=False),  # text | officer | provider
)

RESIDENT_NUMBERS = Table(
    "resident_numbers",
    METADATA,
    Column("only", Integer, primary_key=True, autoincrement=False),
    Column("next", BigInteger, nullable=False),  # an id is never given to a second person
)

REPLIES = Table(
    "replies",
    METADATA,
    Column("reply", String, primary_key=True),  # the provider's id of it
    Column("resident", String, nullable=False),  # "" where the number is nobody's
    Column("kind", String, nullable=False),  # opt_out | opt_in | help | rescue | other
    Column("received_us", BigInteger, nullable=False),
    Column("words", LargeBinary),  # sealed, with the number it came from
    Column("handled_us", BigInteger),
    Column("handled_by", String, nullable=False, default=""),
    Index("replies_open", "handled_us", "received_us"),
)
