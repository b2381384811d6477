"""Opens the store, so that several processes can write to it at once; knows what differs between SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from sqlite3 import OperationalError
from typing import Any

from sqlalchemy import URL, Column, ColumnElement, Connection, Engine, String, Table, any_, create_engine, event, literal, make_url, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from tenacity import retry, retry_if_exception_type, stop_after_attempt, wait_random

from streams.store.migrations.upgrade import HEAD, NewerStore, bring_up, version_of

BUSY_S = 30
LOCKS = {
    "tables": 5_190_001,
    "residents": 5_190_002,
    "audit": 5_190_003,
    "tries": 5_190_004,
    "dispatch": 5_190_005,
    "duty": 5_190_006,
    "subscribe": 5_190_007,
    "reports": 5_190_008,
}

PATIENCE = {
    "connect_timeout": 5,
    "keepalives_idle": 5,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,  # in ms
}
"""For PostgreSQL: a network that was cut is told from a database that takes long within 20 s. Without it whoever has asked waits for hours,
and a page that waits does not come back when the network does."""

Insert = sqlite.Insert | postgresql.Insert

_MOMENT: ContextVar[tuple[Engine, Connection] | None] = ContextVar("moment", default=None)


class StoreError(ValueError):
    """A database that cannot be used: what is wrong with it or its address, and what to do."""


def open_store(url: str) -> Engine:
    """Open a store: make its tables if it has none, and bring those of an older Lowpoint up to today's, with what is in them.

    An engine belongs to the process that opened it: each process opens its own.

    Parameters
    ----------
    url
        ``sqlite:///FILE`` (its folder is made if it is missing) or ``postgresql+psycopg://...``.

    Raises
    ------
    StoreError
        Where the address is of no kind that is known here, or names no file, or the store is of a newer Lowpoint.
    """
    address = _address(url)
    engine = _sqlite(address) if address.get_backend_name() == "sqlite" else _postgresql(address)
    try:
        if not _is_of_today(engine):
            with writing(engine) as connection:
                alone(connection, "tables")
                bring_up(connection)
    except NewerStore as error:
        engine.dispose()
        raise StoreError(str(error)) from error
    except BaseException:
        engine.dispose()
        raise
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
    held = _MOMENT.get()
    if held is not None and held[0] is engine:
        yield held[1]
        return
    with engine.connect() as connection:
        yield connection.execution_options(store_reads=True)


@contextmanager
def one_moment(engine: Engine) -> Iterator[None]:
    """Several questions about one and the same moment: each `reading` inside sees what the first one saw, whatever is written meanwhile."""
    options: dict[str, Any] = {"store_reads": True}
    if engine.dialect.name == "postgresql":
        options["isolation_level"] = "REPEATABLE READ"
    with engine.connect() as connection:
        token = _MOMENT.set((engine, connection.execution_options(**options)))
        try:
            yield
        finally:
            _MOMENT.reset(token)


def alone(connection: Connection, what: str) -> None:
    """Wait until no other transaction does the same thing (a key of `LOCKS`); SQLite has one writer at a time anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCKS[what]})


def insert_into(connection: Connection, table: Any) -> Insert:
    """An insert that knows ON CONFLICT, in the words of the database at hand."""
    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)


def among(connection: Connection, column: Column[str], values: Collection[str]) -> ColumnElement[bool]:
    """Whether a column is one of thousands of values: PostgreSQL takes them as one parameter, SQLite at most 32,766 of them."""
    if connection.dialect.name == "postgresql":
        return column == any_(literal(list(values), postgresql.ARRAY(String)))
    return column.in_(values)


def put(connection: Connection, table: Table, rows: Sequence[Sequence[Any]], columns: Sequence[str], over: Sequence[str] = ()) -> None:
    """Insert many rows, many times faster than one by one; values are given as the driver takes them.

    Parameters
    ----------
    over
        Columns to change where a row of the same primary key is there already; without any, such a row is an error.
    """
    if not rows:
        return
    names = ", ".join(map(connection.dialect.identifier_preparer.quote, columns))
    clash = f" ON CONFLICT ({', '.join(table.primary_key.columns.keys())}) DO UPDATE SET " + ", ".join(
        f"{name} = excluded.{name}" for name in over
    )
    head, tail = f"INSERT INTO {table.name} ({names})", clash if over else ""
    if connection.dialect.name == "postgresql":
        types = [table.c[name].type.compile(connection.dialect) for name in columns]
        arrays = ", ".join(f"CAST(%s AS {kind}[])" for kind in types)
        values = tuple(map(list, zip(*rows, strict=True)))
        connection.exec_driver_sql(f"{head} SELECT * FROM unnest({arrays}){tail}", values)
    else:
        marks = ", ".join("?" * len(columns))
        connection.exec_driver_sql(f"{head} VALUES ({marks}){tail}", [tuple(row) for row in rows])


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


def _is_of_today(engine: Engine) -> bool:
    """One small query, for stores are opened often."""
    try:
        with reading(engine) as connection:
            return version_of(connection) == HEAD
    except DBAPIError as error:
        # a store that is new or has no version yet lacks the table; whatever else is wrong shows again where it is brought up
        if getattr(error.orig, "sqlstate", None) == "42P01" or "no such table" in str(error.orig):
            return False
        raise


def _postgresql(address: URL) -> Engine:
    # what the address itself says goes first
    patience = {name: value for name, value in PATIENCE.items() if name not in address.query}
    # hide_parameters: what is written is about people, and must not reach a log by way of an error (law 10)
    return create_engine(address, pool_pre_ping=True, hide_parameters=True, connect_args=patience)


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
