"""A PostgreSQL server of the tests' own: started once, stopped at the end."""

from __future__ import annotations

import atexit
from contextlib import ExitStack
from functools import cache

from streams.bench.postgres import NoServer, Server, own_server

__all__ = ["NoServer", "new_database"]


def new_database() -> str:
    """The address of an empty database."""
    started = _started()
    if isinstance(started, NoServer):
        raise started
    return started.new_database()


@cache
def _started() -> Server | NoServer:
    stack = ExitStack()
    try:
        server = stack.enter_context(own_server(safe=False))
    except NoServer as why:
        return why
    atexit.register(stack.close)
    return server
