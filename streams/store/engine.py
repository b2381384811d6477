"""Opens the store, so that several processes can write to it at once; knows what differs between SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from sqlite3 import OperationalError
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, NoSuchModuleError
from tenacity import retry, retry_if_exception_type, stop_after_attempt, wait_random

from streams.store.tables import METADATA

BUSY_S = 30
LOCKS = {"tables": 5_190_001, "residents": 5_190_002, "audit": 5_190_003, "tries": 5_190_004}

Insert = sqlite.Insert | postgresql.Insert


class StoreError(ValueError):
    """A database address that cannot be used: what is wrong with it, and what to write instead."""


def open_store(url: str) -> Engine:
    """Open a store and create the tables that are missing.

    An engine belongs to the process that opened it: each process opens its own.

    Parameters
    ----------
    url
        ``sqlite:///FILE`` (its folder is made if it is missing) or ``postgresql+psycopg://...``.

    Raises
    ------
    StoreError
        Where the address is of no kind that is known here, or names no file.
    """
    address = _address(url)
    engine = _sqlite(address) if address.get_backend_name() == "sqlite" else _postgresql(address)
    with writing(engine) as connection:
        alone(connection, "tables")
        METADATA.create_all(connection)
    return engine


def check_address(url: str) -> None:
    """Tell an address that can never be opened from a database that is away: nothing is opened.

    Raises
    ------
    StoreError
        Where the address is of no kind that is known here, or names no file.
    """
    _address(url)


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction that writes; SQLite takes the write lock at its start, so it waits its turn and never fails halfway."""
    with engine.begin() as connection:
        yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """One transaction that only reads: it sees one moment, and in SQLite waits for no writer."""
    with engine.connect() as connection:
        yield connection.execution_options(store_reads=True)


def alone(connection: Connection, what: str) -> None:
    """Wait until no other transaction does the same thing (a key of `LOCKS`); SQLite has one writer at a time anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCKS[what]})


def insert_into(connection: Connection, table: Any) -> Insert:
    """An insert that knows ON CONFLICT, in the words of the database at hand."""
    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)


def _address(url: str) -> URL:
    try:
        address = make_url(url)
        kind = address.get_backend_name()
        address.get_dialect()
    except (ArgumentError, NoSuchModuleError) as error:
        raise StoreError("not a database address: write sqlite:///FILE or postgresql+psycopg://USER@HOST/DATABASE") from error
    if kind not in ("sqlite", "postgresql"):
        raise StoreError(f"the store cannot be {kind}: write sqlite:///FILE or postgresql+psycopg://USER@HOST/DATABASE")
    if kind == "sqlite" and address.database in (None, "", ":memory:"):
        raise StoreError("a store in memory cannot be shared between processes: name a file, sqlite:///FILE")
    return address.set(drivername="postgresql+psycopg") if kind == "postgresql" else address


def _postgresql(address: URL) -> Engine:
    # hide_parameters: what is written is about people, and must not reach a log by way of an error (law 10)
    return create_engine(address, pool_pre_ping=True, hide_parameters=True)


def _sqlite(address: URL) -> Engine:
    Path(str(address.database)).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(address, connect_args={"timeout": BUSY_S}, hide_parameters=True)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: Any, _: Any) -> None:
    """Each new connection: transactions are begun by `_begin`, not by the driver, which would begin them too late."""
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys = ON")
    _keep_log(connection)


# turning the write-ahead log on does not wait for its turn as a transaction does
@retry(retry=retry_if_exception_type(OperationalError), stop=stop_after_attempt(100), wait=wait_random(0.01, 0.2), reraise=True)
def _keep_log(connection: Any) -> None:
    if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        connection.execute("PRAGMA journal_mode = WAL")


def _begin(connection: Connection) -> None:
    reads = connection.get_execution_options().get("store_reads", False)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")
