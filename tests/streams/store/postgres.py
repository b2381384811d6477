"""A PostgreSQL server of the tests' own: started once, on a unix socket in a temporary folder, stopped at the end."""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import tempfile
from functools import cache
from itertools import count
from pathlib import Path

from sqlalchemy import create_engine, text

_NUMBERS = count(1)
_USER = "postgres"


class NoServer(Exception):
    """Why there is none here."""


def new_database() -> str:
    """The address of an empty database."""
    folder = _server()
    name = f"t{os.getpid()}_{next(_NUMBERS)}"
    engine = create_engine(f"postgresql+psycopg://lowpoint@/postgres?host={folder}", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return f"postgresql+psycopg://lowpoint@/{name}?host={folder}"


@cache
def _started() -> Path | str:
    try:
        return _start()
    except NoServer as why:
        return str(why)


def _server() -> Path:
    started = _started()
    if isinstance(started, str):
        raise NoServer(started)
    return started


def _start() -> Path:
    binaries = _binaries()
    # a short path, for a socket's may have 107 characters at most
    folder = Path(tempfile.mkdtemp(prefix="lowpoint-pg-", dir="/tmp"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    if os.geteuid() == 0:
        shutil.chown(folder, _USER, _USER)
    data = folder / "data"
    _run(folder, binaries / "initdb", "-D", data, "-U", "lowpoint", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
    quick = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync=off"
    _run(folder, binaries / "pg_ctl", "-D", data, "-l", folder / "log", "-w", "-o", quick, "start")
    atexit.register(_run, folder, binaries / "pg_ctl", "-D", data, "-m", "immediate", "stop")
    return folder


def _binaries() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    on_path = shutil.which("initdb")
    if not found and not on_path:
        raise NoServer("no PostgreSQL server is installed (package postgresql)")
    return (found[-1] if found else Path(str(on_path))).parent


def _run(folder: Path, *command: object) -> None:
    done = subprocess.run(
        [*_as_somebody_else(), *map(str, command)],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,  # not a pipe: the server would keep it open
        stderr=subprocess.DEVNULL,
        check=False,
        timeout=60,
    )
    if done.returncode:
        raise NoServer(f"{Path(str(command[0])).name} failed with code {done.returncode}")


def _as_somebody_else() -> list[str]:
    """A server refuses to run as root."""
    if os.geteuid() != 0:
        return []
    if shutil.which("runuser"):
        return ["runuser", "-u", _USER, "--"]
    if shutil.which("setpriv"):
        return ["setpriv", f"--reuid={_USER}", f"--regid={_USER}", "--clear-groups"]
    raise NoServer("root cannot run a PostgreSQL server, and there is neither runuser nor setpriv")
