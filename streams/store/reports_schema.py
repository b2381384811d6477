"""Tables of what citizens report and of pictures. Who reported is nowhere: devices and addresses stand as keyed digests (law 10)."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Float, Index, Integer, SmallInteger, String, Table, Text

from streams.store.schema import METADATA

REPORTS = Table(
    "reports",
    METADATA,
    Column("report", String, primary_key=True),  # opaque
    Column("card", String, nullable=False, unique=True),  # digest of the card it was written on: a card is good for one report
    Column("code", String, nullable=False, unique=True),  # digest of the code by which its writer follows it
    Column("made_us", BigInteger, nullable=False),  # when it was received
    Column("observed_us", BigInteger, nullable=False),  # when the water was seen, as its writer says
    Column("language", String, nullable=False),
    Column("channel", String, nullable=False),  # web | mms
    Column("training", SmallInteger, nullable=False),  # 1: of an exercise, and never an observation
    Column("lon", Float),
    Column("lat", Float),
    Column("place_by", String, nullable=False),  # map | position | plate | point | photo | "" where it is not known
    Column("place_error_m", Float),
    Column("low_point", String),  # the one it is about, where it is about one
    Column("depth", String, nullable=False),  # the word that was chosen, "" for none
    Column("depth_m", Float),
    Column("words", Text, nullable=False),
    Column("picture", String),  # the cleaned picture's name on the shelf
    Column("likeness", String),  # its perceptual hash, 16 hexadecimal digits
    Column("taken_us", BigInteger),  # of the picture's own data, where its writer agreed
    Column("taken_lon", Float),
    Column("taken_lat", Float),
    Column("device", String, nullable=False),  # keyed digest, "" where it keeps no cookie
    Column("address", String, nullable=False),  # keyed digest
    Column("group_id", String, nullable=False),  # the first report of those of one place and time
    Column("state", String, nullable=False),  # new | accepted | hidden | merged | asked
    Column("state_us", BigInteger, nullable=False),
    Column("decided_by", String, nullable=False),  # "" where nobody has, "rule" where the city's written rule did
    Column("reason", Text, nullable=False),
    Column("question", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Index("reports_by_time", "made_us"),
    Index("reports_of_group", "group_id"),
    Index("reports_of_state", "state", "made_us"),
    Index("reports_of_point", "low_point", "made_us"),
)

REPORT_READINGS = Table(
    "report_readings",
    METADATA,
    Column("reading", String, primary_key=True),  # the observation's id: sent twice it is heard once
    Column("report", String, nullable=False),
    Column("station", String, nullable=False),
    Column("owner", String, nullable=False),
    Column("line", Text, nullable=False),  # the observation as it is written to the owner's topic
    Column("made_us", BigInteger, nullable=False),
    Column("sent_us", BigInteger),
    Index("report_readings_to_send", "sent_us", "made_us"),
)

PICTURES = Table(
    "pictures",
    METADATA,
    Column("picture", String, primary_key=True),  # sha256 of the cleaned file, hexadecimal
    Column("kind", String, nullable=False),  # report | camera
    Column("made_us", BigInteger, nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("bytes", Integer, nullable=False),
    Column("likeness", String, nullable=False),
    Column("public", SmallInteger, nullable=False),  # 1: the public page may show the copy that was searched for faces and plates
    Index("pictures_by_time", "made_us"),
)

STATION_PICTURES = Table(
    "station_pictures",
    METADATA,
    Column("station", String, primary_key=True),
    Column("observed_us", BigInteger, primary_key=True),
    Column("low_point", String, nullable=False),
    Column("picture", String, nullable=False),  # a name on the shelf, or an address elsewhere
    Column("depth_m", Float, nullable=False),
    Column("confidence", Float),
    Column("reading", String, nullable=False),
    Index("station_pictures_of_point", "low_point", "observed_us"),
)
