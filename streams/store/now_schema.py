"""Tables of what holds now beside the points: each station as its districts see it, and the model's water of each district."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Float, Integer, LargeBinary, String, Table, Text

from streams.store.schema import METADATA

STATIONS_NOW = Table(
    "stations_now",
    METADATA,
    Column("station", String, primary_key=True),
    Column("district", String, primary_key=True),
    Column("state", String, nullable=False),
    Column("why", Text, nullable=False),
    Column("observed_us", BigInteger),
    Column("value", Float),
    Column("as_of_us", BigInteger, nullable=False),
)

WATER_NOW = Table(
    "water_now",
    METADATA,
    Column("district", String, primary_key=True),
    Column("part", Integer, primary_key=True, autoincrement=False),
    Column("as_of_us", BigInteger, nullable=False),
    Column("memory", LargeBinary, nullable=False),  # the output itself, msgpack: points, pumps and members
)
