"""Opens the store for a command that is over soon, and says in one line what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:  # the database is loaded by a command that is called, not by --help
    from sqlalchemy import Engine

STORE = click.option("--store", required=True, help="database address, for example sqlite:///lowpoint.db")


class StoreFailed(click.ClickException):
    """A store that cannot be used: another exit code than that of a finding."""

    exit_code = 2


@contextmanager
def opened(store: str, *, existing: bool = False) -> Iterator[Engine]:
    """Open a store and close it.

    Parameters
    ----------
    existing
        Refuse an SQLite file that is not there, instead of making an empty one that looks as if nothing had ever happened.
    """
    from sqlite3 import Error as SqliteError

    from sqlalchemy.exc import DBAPIError

    from streams.store.engine import StoreError, check_address

    try:
        check_address(store)
        if existing:
            _check_file(store)
        engine = _open(store)
        try:
            yield engine
        finally:
            engine.dispose()
    except StoreError as error:
        raise StoreFailed(str(error)) from error
    except (DBAPIError, SqliteError) as error:  # SQLite's own where a file is no database: it is found while connecting
        why = str(error.orig if isinstance(error, DBAPIError) else error)
        raise StoreFailed(f"the store cannot be used: {why.splitlines()[0]}") from error


def _open(store: str) -> Engine:
    from streams.store.engine import open_store

    try:
        return open_store(store)
    except OSError as error:
        raise StoreFailed(f"the store cannot be opened: {error}") from error


def _check_file(store: str) -> None:
    from sqlalchemy import make_url

    address = make_url(store)
    if address.get_backend_name() == "sqlite" and not Path(str(address.database)).is_file():
        raise StoreFailed(f"there is no store at {address.database}: name the file that the services write to")
