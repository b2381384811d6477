"""A PostgreSQL server of a trial's own, on a unix socket in a temporary folder, that can be stopped and started again."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, text

_USER = "postgres"


class NoServer(Exception):
    """Why there is none here."""


class Server:
    """One server, in its folder."""

    def __init__(self, folder: Path, binaries: Path, safe: bool):
        self._folder, self._binaries, self._safe, self._count = folder, binaries, safe, 0

    def new_database(self) -> str:
        """The address of an empty database."""
        self._count += 1
        name = f"trial_{self._count}"
        engine = create_engine(f"postgresql+psycopg://lowpoint@/postgres?host={self._folder}", isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        engine.dispose()
        return f"postgresql+psycopg://lowpoint@/{name}?host={self._folder}"

    def make(self) -> None:
        """Make its files."""
        self._run("initdb", "-D", self._data, "-U", "lowpoint", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")

    def start(self) -> None:
        """Start it; it is there when this returns."""
        options = f"-c listen_addresses='' -c unix_socket_directories='{self._folder}'" + ("" if self._safe else " -c fsync=off")
        self._run("pg_ctl", "-D", self._data, "-l", self._folder / "log", "-w", "-o", options, "start")

    def stop(self) -> None:
        """Stop it at once, whoever is connected."""
        self._run("pg_ctl", "-D", self._data, "-m", "immediate", "stop")

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    def _run(self, program: str, *arguments: object) -> None:
        command = [*_as_somebody_else(), str(self._binaries / program), *map(str, arguments)]
        quiet = subprocess.DEVNULL  # not a pipe: the server would keep it open
        done = subprocess.run(command, cwd=self._folder, stdin=quiet, stdout=quiet, stderr=quiet, check=False, timeout=60)
        if done.returncode:
            raise NoServer(f"{program} failed with code {done.returncode}")


@contextmanager
def own_server(*, safe: bool = True) -> Iterator[Server]:
    """A running server while a block lasts.

    Parameters
    ----------
    safe
        Whether what is committed outlasts a power cut, as in an installation; a test has no use for that.

    Raises
    ------
    NoServer
        Where none is installed, or none will start.
    """
    binaries = _binaries()
    # a short path, for a socket's may have 107 characters at most
    folder = Path(tempfile.mkdtemp(prefix="lowpoint-pg-", dir="/tmp"))
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, _USER, _USER)
        server = Server(folder, binaries, safe)
        server.make()
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _binaries() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    on_path = shutil.which("initdb")
    if not found and not on_path:
        raise NoServer("no PostgreSQL server is installed (package postgresql)")
    return (found[-1] if found else Path(str(on_path))).parent


def _as_somebody_else() -> list[str]:
    """A server refuses to run as root."""
    if os.geteuid() != 0:
        return []
    if shutil.which("runuser"):
        return ["runuser", "-u", _USER, "--"]
    if shutil.which("setpriv"):
        return ["setpriv", f"--reuid={_USER}", f"--regid={_USER}", "--clear-groups"]
    raise NoServer("root cannot run a PostgreSQL server, and there is neither runuser nor setpriv")
