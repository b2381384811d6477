"""Tables of what was: water, rain, forecasts and verdicts of the last days, for the console. The projector takes out what is too old."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Float, Index, LargeBinary, SmallInteger, String, Table, Text

from streams.store.schema import METADATA

POINT_HISTORY = Table(
    "point_history",
    METADATA,
    Column("low_point", String, primary_key=True),
    Column("at_us", BigInteger, primary_key=True, autoincrement=False),
    Column("level", SmallInteger),
    Column("depth_m", Float),
    Column("basis", String, nullable=False),
    Column("unconfirmed", Boolean, nullable=False),
    Column("number", BigInteger, nullable=False),  # of what was said of one instant: the highest stands
    Index("point_history_by_time", "at_us"),
)

RAIN_HISTORY = Table(
    "rain_history",
    METADATA,
    Column("district", String, primary_key=True),
    Column("at_us", BigInteger, primary_key=True, autoincrement=False),
    Column("rain_mm_30min", Float, nullable=False),
    Column("signal", String, nullable=False),
    Index("rain_history_by_time", "at_us"),
)

FORECASTS_KEPT = Table(
    "forecasts_kept",
    METADATA,
    Column("low_point", String, primary_key=True),
    Column("issued_us", BigInteger, primary_key=True, autoincrement=False),
    Column("line", LargeBinary, nullable=False),
    Index("forecasts_kept_by_time", "issued_us"),
)

VERDICTS = Table(
    "verdicts",
    METADATA,
    Column("key", String, primary_key=True),
    Column("station", String, nullable=False),
    Column("reading", String, nullable=False),
    Column("at_us", BigInteger, nullable=False),
    Column("flags", Text, nullable=False),  # a list in JSON
    Column("reason", Text, nullable=False),
    Index("verdicts_of_station", "station", "at_us"),
    Index("verdicts_by_time", "at_us"),
)
