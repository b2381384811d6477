"""Whether anything was written since the last look: one small question, so that an idle system costs next to nothing."""

from __future__ import annotations

from sqlalchemy import Connection, Engine, text

from streams.store.engine import reading

_SNAPSHOT = text("SELECT CAST(pg_current_snapshot() AS text)")
_VERSION = text("PRAGMA data_version")


class ChangeMark:
    """A mark that is another one after every commit of anybody else; what is asked after it sees at least what it stands for.

    PostgreSQL tells which transactions can be seen. SQLite counts the commits of others, but each connection counts its own way, so one
    is kept. For one thread at a time.
    """

    def __init__(self, engine: Engine):
        self._engine = engine
        self._kept: Connection | None = None
        self._opened = 0

    def read(self) -> tuple[int, str]:
        """The mark of this moment, to be compared with an earlier one of this same object."""
        if self._engine.dialect.name == "postgresql":
            with reading(self._engine) as connection:
                return 0, str(connection.execute(_SNAPSHOT).scalar_one())
        if self._kept is None:
            self._kept = self._engine.connect().execution_options(store_reads=True)
            self._opened += 1
        try:
            return self._opened, str(self._kept.execute(_VERSION).scalar_one())
        finally:
            self._kept.rollback()

    def close(self) -> None:
        """Let the connection go; the next mark is another one whatever was written."""
        kept, self._kept = self._kept, None
        if kept is not None:
            kept.close()
