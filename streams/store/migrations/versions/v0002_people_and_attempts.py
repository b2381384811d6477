"""Residents may have several homes and a sealed number; the outbox knows attempts, and calls suppressed what it called withdrawn."""

from __future__ import annotations

import re

import sqlalchemy as sa
from alembic import op

from streams.store.migrations.first import FIRST

revision = "0002"
down_revision = "0001"

_STATES = ("pending", "claimed", "unknown", "accepted", "sent", "delivered", "failed", "suppressed")
_ROW_NO = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """From 0001; nothing is lost."""
    _residents()
    _people()
    _dispatches()
    _outbox()
    _senders()


def _residents() -> None:
    """The number of an old resident is unknown, so they are texted only once they are imported again."""
    with op.batch_alter_table("residents") as residents:
        residents.drop_index("residents_of_zone")
        residents.add_column(sa.Column("reachable", sa.SmallInteger, nullable=False, server_default="1"))
        residents.add_column(sa.Column("lookup", sa.String))
        residents.add_column(sa.Column("phone", sa.LargeBinary))
        residents.add_column(sa.Column("details", sa.LargeBinary))
    with op.batch_alter_table("residents") as residents:  # in a second go, for what is there already needs the default
        residents.alter_column("reachable", server_default=None)
        residents.create_unique_constraint("residents_lookup_key", ["lookup"])
    op.create_table(
        "homes",
        sa.Column("resident", sa.String, sa.ForeignKey("residents.resident", ondelete="CASCADE"), primary_key=True),
        sa.Column("zone", sa.String, primary_key=True),
        sa.Column("lon", sa.Float),
        sa.Column("lat", sa.Float),
        sa.Column("floor", sa.SmallInteger),
        sa.Column("mobility", sa.String, nullable=False),
    )
    op.execute("INSERT INTO homes (resident, zone, mobility) SELECT resident, zone, '' FROM residents")
    op.create_index("homes_of_zone", "homes", ["zone"])
    op.drop_column("residents", "zone")


def _people() -> None:
    op.create_table(
        "opt_outs",
        sa.Column("lookup", sa.String, primary_key=True),
        sa.Column("since_us", sa.BigInteger, nullable=False),
        sa.Column("how", sa.String, nullable=False),
    )
    numbers = op.create_table(
        "resident_numbers",
        sa.Column("only", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("next", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "replies",
        sa.Column("reply", sa.String, primary_key=True),
        sa.Column("resident", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("received_us", sa.BigInteger, nullable=False),
        sa.Column("words", sa.LargeBinary),
        sa.Column("handled_us", sa.BigInteger),
        sa.Column("handled_by", sa.String, nullable=False),
    )
    op.create_index("replies_open", "replies", ["handled_us", "received_us"])
    _count_on(numbers)


def _count_on(numbers: sa.Table) -> None:
    """No id that anybody ever had, in the list or in the outbox, is given again."""
    bind = op.get_bind()
    residents, outbox = FIRST.tables["residents"].c.resident, FIRST.tables["outbox"].c.resident
    ids = sa.union(sa.select(residents), sa.select(outbox)).subquery()
    given = bind.scalars(sa.select(ids.c.resident).where(ids.c.resident.like("R%")))
    last = max((int(one[1:]) for one in given if re.fullmatch("R[0-9]{1,18}", one)), default=0)
    if last:
        bind.execute(numbers.insert().values(only=1, next=last + 1))


def _dispatches() -> None:
    # SQLite cannot drop these defaults without making the table anew, which others refer to
    op.add_column("dispatches", sa.Column("status", sa.String, nullable=False, server_default="Test"))
    op.add_column("dispatches", sa.Column("expires_us", sa.BigInteger, nullable=False, server_default="0"))
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column("dispatches", "status", server_default=None)
        op.alter_column("dispatches", "expires_us", server_default=None)
    op.execute(
        "UPDATE dispatches SET expires_us = (SELECT expires_us FROM orders WHERE orders.identifier = dispatches.identifier)"
        " WHERE EXISTS (SELECT 1 FROM orders WHERE orders.identifier = dispatches.identifier)"
    )
    op.create_index("dispatches_of_incident", "dispatches", ["incident", "version"])


def _outbox() -> None:
    with op.batch_alter_table("outbox", copy_from=FIRST.tables["outbox"]) as outbox:
        outbox.drop_constraint("known_state", type_="check")
        outbox.drop_index("outbox_due")
        outbox.add_column(sa.Column("rank", sa.Integer, nullable=False, server_default="0"))
        outbox.add_column(sa.Column("not_before_us", sa.BigInteger, nullable=False, server_default="0"))
        outbox.add_column(sa.Column("attempts", sa.Integer, nullable=False, server_default="0"))
        outbox.add_column(sa.Column("accepted_us", sa.BigInteger))
        outbox.add_column(sa.Column("delivered_us", sa.BigInteger))
    op.execute("UPDATE outbox SET state = 'suppressed' WHERE state = 'withdrawn'")
    # claims of the sender before had no attempts, and it was a dry run: nothing of theirs has left
    op.execute("UPDATE outbox SET state = 'pending', owner = '', claimed_us = NULL WHERE state = 'claimed'")
    op.execute("UPDATE outbox SET priority = 4 - priority")  # it was the level, 0 for an all-clear
    with op.batch_alter_table("outbox") as outbox:
        for name in ("rank", "not_before_us", "attempts"):
            outbox.alter_column(name, server_default=None)
        outbox.create_check_constraint("known_state", f"state IN {_STATES}")
        outbox.create_index("outbox_due", ["state", "channel", "priority", "rank", "id"])
        outbox.create_index("outbox_of_resident", ["resident"])
    op.create_table(
        "attempts",
        sa.Column("attempt", sa.String, primary_key=True),
        sa.Column("row_id", _ROW_NO, sa.ForeignKey("outbox.id"), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("provider", sa.String, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("code", sa.String, nullable=False),
        sa.Column("provider_id", sa.String),
        sa.Column("posted_us", sa.BigInteger, nullable=False),
        sa.Column("changed_us", sa.BigInteger, nullable=False),
        sa.Column("looked_us", sa.BigInteger, nullable=False),
        sa.Column("looks", sa.Integer, nullable=False),
    )
    op.create_index("attempts_of_row", "attempts", ["row_id"])
    op.create_index("attempts_by_provider_id", "attempts", ["provider_id"])
    op.create_index("attempts_open", "attempts", ["state", "posted_us"])


def _senders() -> None:
    op.create_table(
        "senders",
        sa.Column("owner", sa.String, primary_key=True),
        sa.Column("line", sa.String, primary_key=True),
        sa.Column("since_us", sa.BigInteger, nullable=False),
        sa.Column("beat_us", sa.BigInteger, nullable=False),
    )
