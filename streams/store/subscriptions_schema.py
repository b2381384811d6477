"""Tables of subscriptions. No number is here: people are in the residents' tables, sealed as everybody's are (law 10)."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, SmallInteger, String, Table

from streams.store.schema import METADATA

SUBSCRIPTIONS = Table(
    "subscriptions",
    METADATA,
    Column("resident", String, ForeignKey("residents.resident", ondelete="CASCADE"), primary_key=True),
    Column("kind", String, primary_key=True),  # road | zone
    Column("place", String, primary_key=True),  # id of the low point or of the zone
    Column("since_us", BigInteger, nullable=False),  # when it was confirmed
    Column("made_home", SmallInteger, nullable=False),  # 1: the home in that zone is of this subscription, and ends with it
    Index("subscriptions_of_place", "kind", "place"),
)

SUBSCRIBE_ASKS = Table(
    "subscribe_asks",
    METADATA,
    Column("ticket", String, primary_key=True),  # opaque: it stands in addresses in place of the number
    Column("lookup", String, nullable=False),
    Column("resident", String, nullable=False),  # "" where nobody was texted
    Column("act", String, nullable=False),  # subscribe | leave | leave_all
    Column("kind", String, nullable=False),
    Column("place", String, nullable=False),
    Column("language", String, nullable=False),
    Column("made_us", BigInteger, nullable=False),
    Column("digest", String),  # keyed hash of the code; NULL where no code goes with it
    Column("coded_us", BigInteger, nullable=False),  # when that code was texted
    Column("texted", SmallInteger, nullable=False),  # 1: the code was texted for this very ask
    Column("tries", SmallInteger, nullable=False),
    Column("done_us", BigInteger),
    Index("subscribe_asks_of_number", "lookup", "made_us"),
    Index("subscribe_asks_by_time", "made_us"),
)
