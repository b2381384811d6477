"""What citizens report, the observations made of it, and pictures: of reports and of cameras."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """From 0004; only new tables."""
    op.create_table(
        "reports",
        sa.Column("report", sa.String, primary_key=True),
        sa.Column("card", sa.String, nullable=False, unique=True),
        sa.Column("code", sa.String, nullable=False, unique=True),
        sa.Column("made_us", sa.BigInteger, nullable=False),
        sa.Column("observed_us", sa.BigInteger, nullable=False),
        sa.Column("language", sa.String, nullable=False),
        sa.Column("channel", sa.String, nullable=False),
        sa.Column("training", sa.SmallInteger, nullable=False),
        sa.Column("lon", sa.Float),
        sa.Column("lat", sa.Float),
        sa.Column("place_by", sa.String, nullable=False),
        sa.Column("place_error_m", sa.Float),
        sa.Column("low_point", sa.String),
        sa.Column("depth", sa.String, nullable=False),
        sa.Column("depth_m", sa.Float),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("picture", sa.String),
        sa.Column("likeness", sa.String),
        sa.Column("taken_us", sa.BigInteger),
        sa.Column("taken_lon", sa.Float),
        sa.Column("taken_lat", sa.Float),
        sa.Column("device", sa.String, nullable=False),
        sa.Column("address", sa.String, nullable=False),
        sa.Column("group_id", sa.String, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("state_us", sa.BigInteger, nullable=False),
        sa.Column("decided_by", sa.String, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
    )
    op.create_index("reports_by_time", "reports", ["made_us"])
    op.create_index("reports_of_group", "reports", ["group_id"])
    op.create_index("reports_of_state", "reports", ["state", "made_us"])
    op.create_index("reports_of_point", "reports", ["low_point", "made_us"])
    op.create_table(
        "report_readings",
        sa.Column("reading", sa.String, primary_key=True),
        sa.Column("report", sa.String, nullable=False),
        sa.Column("station", sa.String, nullable=False),
        sa.Column("owner", sa.String, nullable=False),
        sa.Column("line", sa.Text, nullable=False),
        sa.Column("made_us", sa.BigInteger, nullable=False),
        sa.Column("sent_us", sa.BigInteger),
    )
    op.create_index("report_readings_to_send", "report_readings", ["sent_us", "made_us"])
    op.create_table(
        "pictures",
        sa.Column("picture", sa.String, primary_key=True),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("made_us", sa.BigInteger, nullable=False),
        sa.Column("width", sa.Integer, nullable=False),
        sa.Column("height", sa.Integer, nullable=False),
        sa.Column("bytes", sa.Integer, nullable=False),
        sa.Column("likeness", sa.String, nullable=False),
        sa.Column("public", sa.SmallInteger, nullable=False),
    )
    op.create_index("pictures_by_time", "pictures", ["made_us"])
    op.create_table(
        "station_pictures",
        sa.Column("station", sa.String, primary_key=True),
        sa.Column("observed_us", sa.BigInteger, primary_key=True),
        sa.Column("low_point", sa.String, nullable=False),
        sa.Column("picture", sa.String, nullable=False),
        sa.Column("depth_m", sa.Float, nullable=False),
        sa.Column("confidence", sa.Float),
        sa.Column("reading", sa.String, nullable=False),
    )
    op.create_index("station_pictures_of_point", "station_pictures", ["low_point", "observed_us"])
