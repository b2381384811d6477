"""What the console shows: histories, verdicts and forecasts that are kept, stations and water as they stand, and the duty log."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_KINDS = ("note", "hand_over", "take_over")
_ROW_NO = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """From 0002: new tables; when a dead letter was written; warnings are found by their point."""
    _histories()
    _verdicts()
    _now()
    _duty_log()
    op.add_column("dead_letters", sa.Column("written_us", sa.BigInteger))
    op.create_index("dead_letters_by_time", "dead_letters", ["written_us"])
    op.create_index("warnings_of_point", "warnings", ["low_point", "issued_us"])


def _histories() -> None:
    op.create_table(
        "point_history",
        sa.Column("low_point", sa.String, primary_key=True),
        sa.Column("at_us", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("level", sa.SmallInteger),
        sa.Column("depth_m", sa.Float),
        sa.Column("basis", sa.String, nullable=False),
        sa.Column("unconfirmed", sa.Boolean, nullable=False),
        sa.Column("number", sa.BigInteger, nullable=False),
    )
    op.create_index("point_history_by_time", "point_history", ["at_us"])
    op.create_table(
        "rain_history",
        sa.Column("district", sa.String, primary_key=True),
        sa.Column("at_us", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("rain_mm_30min", sa.Float, nullable=False),
        sa.Column("signal", sa.String, nullable=False),
    )
    op.create_index("rain_history_by_time", "rain_history", ["at_us"])
    op.create_table(
        "forecasts_kept",
        sa.Column("low_point", sa.String, primary_key=True),
        sa.Column("issued_us", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("line", sa.LargeBinary, nullable=False),
    )
    op.create_index("forecasts_kept_by_time", "forecasts_kept", ["issued_us"])


def _verdicts() -> None:
    op.create_table(
        "verdicts",
        sa.Column("key", sa.String, primary_key=True),
        sa.Column("station", sa.String, nullable=False),
        sa.Column("reading", sa.String, nullable=False),
        sa.Column("at_us", sa.BigInteger, nullable=False),
        sa.Column("flags", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
    )
    op.create_index("verdicts_of_station", "verdicts", ["station", "at_us"])
    op.create_index("verdicts_by_time", "verdicts", ["at_us"])


def _now() -> None:
    op.create_table(
        "stations_now",
        sa.Column("station", sa.String, primary_key=True),
        sa.Column("district", sa.String, primary_key=True),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("observed_us", sa.BigInteger),
        sa.Column("value", sa.Float),
        sa.Column("as_of_us", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "water_now",
        sa.Column("district", sa.String, primary_key=True),
        sa.Column("part", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("as_of_us", sa.BigInteger, nullable=False),
        sa.Column("memory", sa.LargeBinary, nullable=False),
    )


def _duty_log() -> None:
    op.create_table(
        "duty_log",
        sa.Column("entry", _ROW_NO, primary_key=True, autoincrement=True),
        sa.Column("at_us", sa.BigInteger, nullable=False),
        sa.Column("officer", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("refers", sa.String, nullable=False),
        sa.CheckConstraint(f"kind IN {_KINDS}", name="known_kind_of_entry"),
    )
    op.create_index("duty_log_by_time", "duty_log", ["at_us"])
