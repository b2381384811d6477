"""Knows which version of the tables a store has, and makes or upgrades them."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Column, Connection, MetaData, PrimaryKeyConstraint, String, Table, insert, inspect, select

from streams.store.migrations.first import FIRST
from streams.store.tables import METADATA

if TYPE_CHECKING:  # loaded by who has a step to take
    from alembic.config import Config

HEAD = "0005"
"""The last step in `versions`; written here too, so that alembic is loaded only by who has a step to take."""

_ONE_AT_A_TIME = threading.Lock()  # what alembic calls its context belongs to the process

# as alembic makes it, which keeps the version here from its first step on
_VERSION = Table(
    "alembic_version", MetaData(), Column("version_num", String(32)), PrimaryKeyConstraint("version_num", name="alembic_version_pkc")
)


class NewerStore(ValueError):
    """A store of a Lowpoint that is newer than this one: what to do."""


def version_of(connection: Connection) -> str | None:
    """The version of a store's tables; None where none is written. Fails where nothing of alembic is there yet."""
    return connection.scalars(select(_VERSION.c.version_num)).first()


def bring_up(connection: Connection) -> None:
    """Make the tables of an empty store; upgrade those of an older one, step by step, in the transaction of this connection.

    Raises
    ------
    NewerStore
        Where the store is of a version that is not known here.
    """
    tables = set(inspect(connection).get_table_names())
    version = version_of(connection) if _VERSION.name in tables else None
    if version == HEAD:
        return  # another process was faster
    if version is not None or tables & set(FIRST.tables):
        _upgrade(connection, version)
        return
    METADATA.create_all(connection)
    _VERSION.create(connection, checkfirst=True)
    connection.execute(insert(_VERSION).values(version_num=HEAD))


def alembic_config(connection: Connection | None = None) -> Config:
    """What alembic needs to know, in place of an alembic.ini."""
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _upgrade(connection: Connection, version: str | None) -> None:
    from alembic import command
    from alembic.script import ScriptDirectory

    config = alembic_config(connection)
    known = {step.revision for step in ScriptDirectory.from_config(config).walk_revisions()}
    if version is not None and version not in known:
        raise NewerStore(
            f"the store has tables of version {version}, and this Lowpoint knows those up to {HEAD}: a newer one made it;"
            " install that, or name another store"
        )
    # without a version it begins with the first step, which makes what a store older still may lack
    with _ONE_AT_A_TIME:
        command.upgrade(config, "head")
