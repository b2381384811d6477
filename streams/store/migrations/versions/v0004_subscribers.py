"""Subscriptions of the public page, and who has asked for one and has not confirmed it yet."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """From 0003; only new tables."""
    op.create_table(
        "subscriptions",
        sa.Column("resident", sa.String, sa.ForeignKey("residents.resident", ondelete="CASCADE"), primary_key=True),
        sa.Column("kind", sa.String, primary_key=True),
        sa.Column("place", sa.String, primary_key=True),
        sa.Column("since_us", sa.BigInteger, nullable=False),
        sa.Column("made_home", sa.SmallInteger, nullable=False),
    )
    op.create_index("subscriptions_of_place", "subscriptions", ["kind", "place"])
    op.create_table(
        "subscribe_asks",
        sa.Column("ticket", sa.String, primary_key=True),
        sa.Column("lookup", sa.String, nullable=False),
        sa.Column("resident", sa.String, nullable=False),
        sa.Column("act", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("place", sa.String, nullable=False),
        sa.Column("language", sa.String, nullable=False),
        sa.Column("made_us", sa.BigInteger, nullable=False),
        sa.Column("digest", sa.String),
        sa.Column("coded_us", sa.BigInteger, nullable=False),
        sa.Column("texted", sa.SmallInteger, nullable=False),
        sa.Column("tries", sa.SmallInteger, nullable=False),
        sa.Column("done_us", sa.BigInteger),
    )
    op.create_index("subscribe_asks_of_number", "subscribe_asks", ["lookup", "made_us"])
    op.create_index("subscribe_asks_by_time", "subscribe_asks", ["made_us"])
