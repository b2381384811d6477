"""The tables of a store that has no version yet."""

from __future__ import annotations

from alembic import op

from streams.store.migrations.first import FIRST

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make those that are missing: before there were versions, opening a store did."""
    FIRST.create_all(op.get_bind())
